"""Calls and their recordings."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from ulid import ULID

from models.call import (
    Call,
    CallFacts,
    CallId,
    CallState,
    Direction,
    Stage,
    StartKnownFrom,
    Touchpoint,
    Tracking,
)
from models.conversation import Role
from models.errors import NotFound
from storage import tables
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What makes two deliveries the same call: the id its phone system gave it, else its bytes, else nothing."""

    provider: str = ""
    external_id: str | None = None
    sha256: str | None = None


PLAIN_FACTS = (
    "agent",
    "branch",
    "answered",
    "answered_at",
    "ring_seconds",
    "talk_seconds",
    "hold_seconds",
    "language",
    "direction",
)
"""Facts that are stored as they are."""


def find(session: Session, *, workspace_id: int, identity: Identity) -> CallId | None:
    """The call with this identity, locked until the transaction ends."""
    if identity.external_id is not None:
        same: list[ColumnElement[bool]] = [
            tables.Call.provider == identity.provider,
            tables.Call.external_id == identity.external_id,
        ]
    elif identity.sha256 is not None:
        same = [
            tables.Call.external_id.is_(None),
            tables.Call.sha256 == identity.sha256,
            tables.Call.duplicate_of.is_(None),
        ]
    else:
        return None
    found = session.scalar(
        select(tables.Call.id).where(tables.Call.workspace_id == workspace_id, *same).with_for_update()
    )
    return None if found is None else CallId(found)


def insert(session: Session, *, workspace_id: int, identity: Identity, lane: str, origin: str) -> CallId | None:
    """A new call; None when one of this identity has appeared meanwhile."""
    now = datetime.now(UTC)
    insertion = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = session.scalar(
        insertion(tables.Call)
        .values(
            workspace_id=workspace_id,
            public_id=str(ULID()),
            provider=identity.provider,
            external_id=identity.external_id,
            sha256=identity.sha256,
            channel_roles={},
            tracking={},
            started_at=now,
            started_from=StartKnownFrom.RECEIVED,
            lane=lane,
            origin=origin,
            state=CallState.WORKING,
            revision=0,
            received_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing()
        .returning(tables.Call.id)
    )
    return None if made is None else CallId(made)


def row(session: Session, call_id: CallId) -> tables.Call:
    """For this room and `pipeline`'s own transactions: the row itself."""
    return session.get_one(tables.Call, call_id)


def update_facts(session: Session, vault: Vault, *, call_id: CallId, facts: CallFacts, named: frozenset[str]) -> bool:
    """Set the facts that the sender named; True when anything changed."""
    call = row(session, call_id)
    before = _comparable(call)
    for name in PLAIN_FACTS:
        if name in named:
            setattr(call, name, getattr(facts, name))
    if "started_at" in named and facts.started_at is not None:
        call.started_at = facts.started_at
        call.started_from = facts.started_from or StartKnownFrom.METADATA
    if "channel_roles" in named:
        call.channel_roles = {str(channel): role.value for channel, role in facts.channel_roles.items()}
    _update_numbers(session, vault, call, facts, named)
    call.tracking = _merged_tracking(call.tracking, facts.tracking, named)
    changed = _comparable(call) != before
    if changed:
        call.revision += 1
        call.updated_at = datetime.now(UTC)
    session.flush()
    return changed


def _comparable(call: tables.Call) -> dict[str, Any]:
    names = (*PLAIN_FACTS, "started_at", "channel_roles", "caller_id", "business_number", "tracking", "recording_id")
    return {name: getattr(call, name) for name in names}


def _update_numbers(session: Session, vault: Vault, call: tables.Call, facts: CallFacts, named: frozenset[str]) -> None:
    """The person outside is the one who dialled, except on a call that the business made."""
    if not named & {"caller_number", "dialled_number", "direction"}:
        return
    known = _numbers(session, vault, call, outbound=call.direction == Direction.OUTBOUND)
    dialling = facts.caller_number if "caller_number" in named else known[0]
    dialled = facts.dialled_number if "dialled_number" in named else known[1]
    outside, ours = (dialled, dialling) if call.direction == Direction.OUTBOUND else (dialling, dialled)
    call.business_number = ours
    call.caller_id = None if outside is None else _caller(session, vault, call.workspace_id, outside)


def _numbers(session: Session, vault: Vault, call: tables.Call, *, outbound: bool) -> tuple[str | None, str | None]:
    """Who dialled, and what was dialled."""
    outside = None
    if call.caller_id is not None:
        outside = vault.decrypt(session.get_one(tables.Caller, call.caller_id).phone_cipher)
    return (call.business_number, outside) if outbound else (outside, call.business_number)


def _caller(session: Session, vault: Vault, workspace_id: int, number: str) -> int:
    insertion = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    phone_hash = vault.hash(number)
    session.execute(
        insertion(tables.Caller)
        .values(workspace_id=workspace_id, phone_hash=phone_hash, phone_cipher=vault.encrypt(number))
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(tables.Caller.id).where(
            tables.Caller.workspace_id == workspace_id, tables.Caller.phone_hash == phone_hash
        )
    ).one()


def _merged_tracking(stored: dict[str, Any], tracking: Tracking, named: frozenset[str]) -> dict[str, Any]:
    given = {name.removeprefix("tracking.") for name in named if name.startswith("tracking.")}
    fresh = tracking_document(tracking)
    return {**stored, **{name: fresh[name] for name in given}}


def tracking_document(tracking: Tracking) -> dict[str, Any]:
    """As JSON: times in ISO 8601."""
    document = asdict(tracking)
    document["touchpoints"] = [
        {**touch, "at": touch["at"].astimezone(UTC).isoformat() if touch["at"] else None}
        for touch in document["touchpoints"]
    ]
    return document


def read_tracking(document: Mapping[str, Any]) -> Tracking:
    """The opposite of `tracking_document`; missing members are not known."""
    touches = tuple(
        Touchpoint(**{**touch, "at": datetime.fromisoformat(touch["at"]) if touch.get("at") else None})
        for touch in document.get("touchpoints") or ()
    )
    return Tracking(**{**document, "touchpoints": touches})


def get(session: Session, vault: Vault, *, call_id: CallId) -> Call:
    """Raises NotFound."""
    call = session.get(tables.Call, call_id)
    if call is None:
        raise NotFound(f"there is no call number {call_id}")
    return _call(session, vault, call)


def get_public(session: Session, vault: Vault, *, workspace_id: int, public_id: str) -> Call:
    """By its public id; a call found to be another one's double is that other one. Raises NotFound."""
    call = session.scalar(
        select(tables.Call).where(tables.Call.workspace_id == workspace_id, tables.Call.public_id == public_id)
    )
    if call is not None and call.duplicate_of is not None:
        call = session.get(tables.Call, call.duplicate_of)
    if call is None:
        raise NotFound(f"there is no call {public_id!r} in this workspace; `GET /api/v1/calls` lists them")
    return _call(session, vault, call)


def page(
    session: Session,
    vault: Vault,
    *,
    workspace_id: int,
    limit: int,
    before: tuple[datetime, int] | None = None,
    state: CallState | None = None,
    external_id: str | None = None,
) -> list[Call]:
    """Newest first, at most `limit`, those that started before the call `before` (start, number)."""
    wanted = [tables.Call.workspace_id == workspace_id, tables.Call.duplicate_of.is_(None)]
    if before is not None:
        wanted.append(tuple_(tables.Call.started_at, tables.Call.id) < tuple_(*before))
    if state is not None:
        wanted.append(tables.Call.state == state)
    if external_id is not None:
        wanted.append(or_(tables.Call.external_id == external_id, tables.Call.public_id == external_id))
    rows = session.scalars(
        select(tables.Call).where(*wanted).order_by(tables.Call.started_at.desc(), tables.Call.id.desc()).limit(limit)
    )
    return [_call(session, vault, row) for row in rows]


def _call(session: Session, vault: Vault, call: tables.Call) -> Call:
    stage = session.execute(
        select(tables.Work.stage, tables.Work.progress)
        .where(
            tables.Work.call_id == call.id,
            tables.Work.state.in_(("due", "running")),
            tables.Work.stage != Stage.DELIVER,
        )
        .order_by(tables.Work.id)
        .limit(1)
    ).one_or_none()
    recording = None if call.recording_id is None else session.get_one(tables.Recording, call.recording_id)
    transcript = None
    if call.current_transcript_id is not None:
        transcript = session.execute(
            select(tables.Transcript.engine, tables.Transcript.language, tables.Transcript.duration).where(
                tables.Transcript.id == call.current_transcript_id
            )
        ).one()
    return Call(
        id=CallId(call.id),
        public_id=call.public_id,
        workspace_id=call.workspace_id,
        facts=_facts(session, vault, call),
        state=CallState(call.state),
        stage=Stage(stage.stage) if stage else None,
        progress=stage.progress if stage else None,
        reason=call.reason,
        received_at=call.received_at,
        updated_at=call.updated_at,
        has_recording=recording is not None,
        duration=recording.duration if recording else (transcript.duration if transcript else None),
        audio_channels=recording.channels if recording else None,
        language=transcript.language if transcript and transcript.language else call.language,
        engine=transcript.engine if transcript else None,
        origin=call.origin,
    )


def _facts(session: Session, vault: Vault, call: tables.Call) -> CallFacts:
    dialling, dialled = _numbers(session, vault, call, outbound=call.direction == Direction.OUTBOUND)
    return CallFacts(
        provider=call.provider,
        external_id=call.external_id,
        started_at=call.started_at,
        started_from=StartKnownFrom(call.started_from),
        direction=Direction(call.direction) if call.direction else None,
        caller_number=dialling,
        dialled_number=dialled,
        agent=call.agent,
        branch=call.branch,
        answered=call.answered,
        answered_at=call.answered_at,
        ring_seconds=call.ring_seconds,
        talk_seconds=call.talk_seconds,
        hold_seconds=call.hold_seconds,
        channel_roles={int(channel): Role(role) for channel, role in call.channel_roles.items()},
        language=call.language,
        tracking=read_tracking(call.tracking),
    )


def set_state(session: Session, *, call_id: CallId, state: CallState, reason: str | None = None) -> None:
    call = row(session, call_id)
    if (call.state, call.reason) != (state, reason):
        call.state, call.reason = state, reason
        call.revision += 1
        call.updated_at = datetime.now(UTC)
        session.flush()


def lock(session: Session, call_id: CallId) -> None:
    """Until the transaction ends nobody else writes about this call: its results are written one after the other."""
    session.execute(select(tables.Call.id).where(tables.Call.id == call_id).with_for_update())
    session.expire_all()


def touch(session: Session, *, call_id: CallId) -> None:
    """Something that the record shows has changed."""
    call = row(session, call_id)
    call.revision += 1
    call.updated_at = datetime.now(UTC)
    session.flush()


def set_current_transcript(session: Session, *, call_id: CallId, transcript_id: int) -> None:
    row(session, call_id).current_transcript_id = transcript_id
    session.flush()


def set_current_conversation(session: Session, *, call_id: CallId, conversation_id: int) -> None:
    row(session, call_id).current_conversation_id = conversation_id
    session.flush()


def current_transcript_id(session: Session, *, call_id: CallId) -> int:
    """Raises NotFound when there is none."""
    found = row(session, call_id).current_transcript_id
    if found is None:
        raise NotFound("this call has no transcript")
    return found


def current_conversation_id(session: Session, *, call_id: CallId) -> int:
    """Raises NotFound when there is none."""
    found = row(session, call_id).current_conversation_id
    if found is None:
        raise NotFound("this call has no conversation")
    return found


def identify(session: Session, *, call_id: CallId, identity: Identity) -> None:
    """A call that came without an id has got one."""
    call = row(session, call_id)
    if identity.external_id is not None and call.external_id is None:
        call.provider, call.external_id = identity.provider, identity.external_id
        session.flush()


def expect(
    session: Session, *, call_id: CallId, url_cipher: bytes | None = None, object_key: str | None = None
) -> None:
    """Where its recording is to be read from."""
    call = row(session, call_id)
    call.url_cipher, call.object_key = url_cipher, object_key
    session.flush()


def set_recording(session: Session, *, call_id: CallId, recording_id: int, sha256: str) -> None:
    call = row(session, call_id)
    call.url_cipher = call.object_key = None
    if call.recording_id != recording_id:
        call.recording_id, call.sha256 = recording_id, sha256
        call.revision += 1
    session.flush()


def set_duplicate(session: Session, *, call_id: CallId, of: CallId) -> None:
    """It turned out to be the same bytes as another call, which stands for both from now on."""
    call = row(session, call_id)
    call.url_cipher = call.object_key = None
    call.duplicate_of, call.state = of, CallState.FINISHED
    session.flush()
