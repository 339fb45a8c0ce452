"""The order of the stages, and which of them a change makes due.

A stage's `input_key` says what it reads: when it is the same as that of the result that is there, nothing is redone.
"""

import hashlib
import json

from sqlalchemy.orm import Session

from models.call import CallId, CallState, Stage
from storage import calls, recordings, roles, tables, trackers, transcripts, work

QUEUES: dict[Stage, str] = {
    Stage.FETCH: "text",
    Stage.TRANSCRIBE: "speech",
    Stage.DIARIZE: "speech",
    Stage.CLASSIFY: "text",
    Stage.TRACK: "text",
    Stage.FEED_BACK: "text",
    Stage.DELIVER: "deliver",
    Stage.FOLLOW: "text",
    Stage.RESTATE: "text",
}
"""Which queue a stage waits in: `speech` may sit on a machine of its own with a graphics card."""

LANES = ("live", "bulk")


def plan(session: Session, call_id: CallId) -> Stage | None:
    """Make due the first stage whose input has changed; the later ones follow from it. None: there is no speech."""
    call = calls.row(session, call_id)
    stage = _first_stale(session, call)
    if stage is None:
        return None
    if stage is not Stage.FEED_BACK or call.state == CallState.FAILED:
        calls.set_state(session, call_id=call_id, state=CallState.WORKING)
    make_due(session, call_id, stage)
    return stage


def make_due(session: Session, call_id: CallId, stage: Stage) -> None:
    call = calls.row(session, call_id)
    work.add(
        session,
        workspace_id=call.workspace_id,
        call_id=call_id,
        stage=stage,
        input_key=input_key(session, call_id, stage),
        queue=QUEUES[stage],
        lane=call.lane,
    )


def _first_stale(session: Session, call: tables.Call) -> Stage | None:
    call_id = CallId(call.id)
    if call.object_key is not None or call.url_cipher is not None:
        return Stage.FETCH
    if call.recording_id is not None:
        key = transcripts.key_of(session, transcript_id=call.current_transcript_id)
        if key != input_key(session, call_id, Stage.TRANSCRIBE):
            return Stage.TRANSCRIBE
    if call.current_transcript_id is None:
        return None
    key = transcripts.conversation_key_of(session, conversation_id=call.current_conversation_id)
    if key != input_key(session, call_id, Stage.DIARIZE):
        return Stage.DIARIZE
    key = input_key(session, call_id, Stage.CLASSIFY)
    if not work.is_done(session, call_id=call_id, stage=Stage.CLASSIFY, input_key=key):
        return Stage.CLASSIFY
    return Stage.FEED_BACK


def input_key(session: Session, call_id: CallId, stage: Stage) -> str:
    """What the stage would read now."""
    call = calls.row(session, call_id)
    match stage:
        case Stage.FETCH:
            return _digest(call.object_key, call.url_cipher.hex() if call.url_cipher else None)
        case Stage.TRANSCRIBE:
            recording = recordings.of_call(session, call_id=call_id)
            return _digest(recording.sha256 if recording else None, call.language)
        case Stage.DIARIZE:
            said = roles.corrected(session, call_id=call_id)
            person = () if said is None else (said.id,)
            return _digest(call.current_transcript_id, call.channel_roles, call.direction, *person)
        case Stage.CLASSIFY:
            return _digest(call.current_conversation_id)
        case Stage.TRACK:
            return trackers.INPUT_KEY
        case _:
            return str(call.revision)


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
