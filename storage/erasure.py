"""What is forgotten of a call."""

from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.call import CallId, CallState
from storage import tables


def erase(session: Session, *, call_id: CallId) -> str | None:
    """Empty the call's rows; its number, public id and times stay as a tombstone.

    The key of the object to delete, None when the recording is shared with another call or there is none.
    """
    call = session.get_one(tables.Call, call_id)
    recording_id, caller_id = call.recording_id, call.caller_id
    _forget_words(session, call_id)
    for name in (
        "recording_id",
        "caller_id",
        "business_number",
        "agent",
        "branch",
        "url_cipher",
        "object_key",
        "sha256",
    ):
        setattr(call, name, None)
    call.tracking, call.channel_roles, call.origin, call.reason = {}, {}, "", None
    call.state, call.updated_at = CallState.ERASED, datetime.now(UTC)
    session.flush()
    if caller_id is not None and not _uses(session, tables.Call.caller_id == caller_id):
        session.execute(delete(tables.Caller).where(tables.Caller.id == caller_id))
    if recording_id is None or _uses(session, tables.Call.recording_id == recording_id):
        return None
    recording = session.get_one(tables.Recording, recording_id)
    object_key = recording.object_key
    session.delete(recording)
    session.flush()
    return object_key


def _forget_words(session: Session, call_id: CallId) -> None:
    call = session.get_one(tables.Call, call_id)
    call.current_transcript_id = call.current_conversation_id = None
    session.flush()
    conversations = select(tables.Conversation.id).where(tables.Conversation.call_id == call_id)
    session.execute(delete(tables.Tag).where(tables.Tag.call_id == call_id))
    session.execute(delete(tables.Correction).where(tables.Correction.call_id == call_id))
    session.execute(delete(tables.Opinion).where(tables.Opinion.conversation_id.in_(conversations)))
    session.execute(delete(tables.Conversation).where(tables.Conversation.call_id == call_id))
    session.execute(delete(tables.Transcript).where(tables.Transcript.call_id == call_id))


def _uses(session: Session, condition: object) -> bool:
    statement = select(func.count()).select_from(tables.Call).where(condition)  # type: ignore[arg-type]
    return bool(session.scalar(statement))
