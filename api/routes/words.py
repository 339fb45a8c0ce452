"""What was said in a call, what follows from it, and a person's word on that."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from api import bodies, shown
from api.dependencies import KEY_NEEDED, Key, Tools
from api.openapi import body_of, problems
from api.routes.calls import PREFIX
from api.schemas import CorrectionIn, RecordOut, RolesIn, SoundOut, TagsOut, TranscriptOut
from diarization.label import label_words
from models.call import Call, CallId, CallState
from models.errors import NotFound
from models.health import side_names
from pipeline.correct import correct_tag
from pipeline.name_speakers import name_speakers
from pipeline.review import machine_tags
from pipeline.toolbox import Toolbox
from storage import calls, recordings, records, tags, transcripts

router = APIRouter(prefix=PREFIX, tags=["words and tags"], dependencies=KEY_NEEDED)


@router.get("/calls/{call_id}/transcript", responses=problems(404))
def get_transcript(tools: Tools, key: Key, call_id: str) -> TranscriptOut:
    """Who said what and when, word by word."""
    with tools.sessions.read() as session:
        call = calls.get_public(session, tools.vault, workspace_id=key.workspace_id, public_id=call_id)
        return _transcript(session, call)


def _transcript(session: Session, call: Call) -> TranscriptOut:
    try:
        current = calls.current_conversation_id(session, call_id=call.id)
    except NotFound:
        return _unlabelled(session, call)
    saved = transcripts.get_conversation(session, conversation_id=current)
    transcript = transcripts.get(session, transcript_id=saved.transcript_id).transcript
    return shown.transcript_out(call.public_id, transcript, saved.conversation.turns, saved.conversation)


def _unlabelled(session: Session, call: Call) -> TranscriptOut:
    """Words whose speakers are still to be told apart: by audio channel."""
    try:
        current = calls.current_transcript_id(session, call_id=call.id)
    except NotFound:
        raise NotFound(f"call {call.public_id} has no transcript: {_why_not(call)}") from None
    transcript = transcripts.get(session, transcript_id=current).transcript
    return shown.transcript_out(call.public_id, transcript, label_words(transcript, None), None)


def _why_not(call: Call) -> str:
    if call.state is CallState.ERASED:
        return "it was erased"
    if call.state is CallState.WORKING:
        return f"it is worked on ({call.stage or 'waiting'}); ask again in a moment"
    return call.reason or "nothing was sent that could be read"


@router.get("/calls/{call_id}/sound", responses=problems(404))
def get_sound(tools: Tools, key: Key, call_id: str) -> SoundOut:
    """How good the recording is: levels, noise, music, tones, and whether tags are lowered or withheld for it."""
    with tools.sessions.read() as session:
        call = calls.get_public(session, tools.vault, workspace_id=key.workspace_id, public_id=call_id)
        recording = recordings.of_call(session, call_id=call.id)
    if recording is None or recording.health is None:
        raise NotFound(f"the recording of call {call.public_id} has not been heard: {_why_not(call)}")
    health = recording.health.named(side_names(call.facts.channel_roles))
    return shown.sound_out(call.public_id, recording.encoding, health)


@router.get("/calls/{call_id}/tags", responses=problems(404))
def get_tags(tools: Tools, key: Key, call_id: str) -> TagsOut:
    """The tags of a call with the words they stand on, and the corrections. A call without speech has none."""
    with tools.sessions.read() as session:
        call = calls.get_public(session, tools.vault, workspace_id=key.workspace_id, public_id=call_id)
        return _tags(session, tools, call.id, call.public_id)


def _tags(session: Session, tools: Toolbox, call_id: CallId, public_id: str) -> TagsOut:
    made_from = tags.conversation_id(session, call_id=call_id)
    saved = None if made_from is None else transcripts.get_conversation(session, conversation_id=made_from)
    return shown.tags_out(
        public_id,
        tags.of_call(session, call_id=call_id),
        tags.corrections(session, call_id=call_id),
        machine_tags(session, tools, call_id),
        saved.conversation if saved else None,
    )


@router.put(
    "/calls/{call_id}/tags/{kind}",
    responses=problems(400, 404, 409, 413, 415, 422),
    openapi_extra={"requestBody": body_of(CorrectionIn)},
)
def put_tag(
    tools: Tools, key: Key, call_id: str, kind: str, body: Annotated[bytes, Depends(bodies.json_body)]
) -> TagsOut:
    """Correct a kind of tag. The record follows, and every receiver that was told otherwise is told so."""
    given = bodies.model_of(body, CorrectionIn)
    with tools.sessions.read() as session:
        call = calls.get_public(session, tools.vault, workspace_id=key.workspace_id, public_id=call_id)
    correct_tag(tools, call_id=call.id, kind=kind, values=tuple(given.values), who=given.who or key.name, why=given.why)
    with tools.sessions.read() as session:
        return _tags(session, tools, call.id, call.public_id)


@router.put(
    "/calls/{call_id}/roles",
    responses=problems(400, 404, 409, 413, 415, 422),
    openapi_extra={"requestBody": body_of(RolesIn)},
)
def put_roles(tools: Tools, key: Key, call_id: str, body: Annotated[bytes, Depends(bodies.json_body)]) -> TranscriptOut:
    """Say who is agent and who is caller. The call is classified anew, and whoever was told otherwise is told so."""
    given = bodies.model_of(body, RolesIn)
    with tools.sessions.read() as session:
        call = calls.get_public(session, tools.vault, workspace_id=key.workspace_id, public_id=call_id)
    name_speakers(tools, call_id=call.id, given=given.roles, who=given.who or key.name, why=given.why)
    with tools.sessions.read() as session:
        return _transcript(session, call)


@router.get("/calls/{call_id}/record", responses=problems(404), tags=["attribution records"])
def get_record(tools: Tools, key: Key, call_id: str) -> RecordOut:
    """The attribution record of a call in its last state."""
    with tools.sessions.read() as session:
        call = calls.get_public(session, tools.vault, workspace_id=key.workspace_id, public_id=call_id)
        change = records.of_call(session, call_id=call.id)
    if change is None:
        raise NotFound(f"call {call.public_id} has no record yet: {_why_not(call)}")
    return shown.record_out(change)
