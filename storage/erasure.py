"""What is forgotten of a call."""

from datetime import UTC, datetime
from pathlib import PurePosixPath

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.call import CallId, CallState
from storage import recordings, tables
from storage.call_facts import release_caller


def erase(session: Session, *, call_id: CallId) -> list[str]:
    """Empty the call's rows; its ids and times stay as a tombstone. The keys of the objects that were its alone."""
    call = session.get_one(tables.Call, call_id)
    recording_id, caller_id, landed = call.recording_id, call.caller_id, call.object_key
    _forget_words(session, call_id)
    session.execute(delete(tables.CallKey).where(tables.CallKey.call_id == call_id))
    for name in (
        "recording_id",
        "caller_id",
        "business_number",
        "agent",
        "branch",
        "url_cipher",
        "url_hash",
        "object_key",
        "sha256",
        "reason",
    ):
        setattr(call, name, None)
    call.tracking, call.channel_roles, call.origin = {}, {}, ""
    call.state, call.updated_at = CallState.ERASED, datetime.now(UTC)
    session.flush()
    if caller_id is not None:
        release_caller(session, caller_id=caller_id)
    freed = None if recording_id is None else recordings.release(session, recording_id=recording_id)
    return [key for key in (freed, landed) if key is not None]


def dropped_for(session: Session, *, call_id: CallId) -> list[str]:
    """Objects that landed by themselves and were taken for the call, each with the `.json` beside it."""
    keys = list(session.scalars(select(tables.DroppedObject.key).where(tables.DroppedObject.call_id == call_id)))
    names = {f"{stem}.json" for key in keys for stem in (key, str(PurePosixPath(key).with_suffix("")))}
    beside = select(tables.DroppedObject.key).where(
        tables.DroppedObject.key.in_(names), tables.DroppedObject.call_id.is_(None)
    )
    return [*keys, *(session.scalars(beside) if names else ())]


def doubles_of(session: Session, *, call_id: CallId) -> list[CallId]:
    """Calls that turned out to be this one."""
    return [
        CallId(found) for found in session.scalars(select(tables.Call.id).where(tables.Call.duplicate_of == call_id))
    ]


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
    # Errors and answers may quote what was sent: a name, an address.
    session.execute(
        update(tables.Work).where(tables.Work.call_id == call_id, tables.Work.error.is_not(None)).values(error=None)
    )
    session.execute(update(tables.Delivery).where(tables.Delivery.call_id == call_id).values(answer=None))
