"""Calls and their recordings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import BigInteger, ColumnElement, literal, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from ulid import ULID

from models.call import BESIDE_THE_ROAD, Call, CallFacts, CallId, CallState, Stage, StartKnownFrom
from models.errors import NotFound
from storage import tables
from storage.call_facts import facts_of
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What makes two deliveries the same call: the id its phone system gave it, else its bytes, else nothing."""

    provider: str = ""
    external_id: str | None = None
    sha256: str | None = None


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
        select(tables.Call.id).where(tables.Call.workspace_id == workspace_id, *same).with_for_update(key_share=True)
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


def names_of(session: Session, call_id: CallId) -> list[str]:
    """Public ids that lead to the call: its own, and those of its doubles."""
    own = or_(tables.Call.id == call_id, tables.Call.duplicate_of == call_id)
    return list(session.scalars(select(tables.Call.public_id).where(own).order_by(tables.Call.id)))


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
        # With their types: else PostgreSQL takes the time for one in the zone of its session.
        place = literal(before[0], tables.UtcTime()), literal(before[1], BigInteger())
        wanted.append(tuple_(tables.Call.started_at, tables.Call.id) < tuple_(*place))
    if state is not None:
        wanted.append(tables.Call.state == state)
    if external_id is not None:
        wanted.append(or_(tables.Call.external_id == external_id, tables.Call.public_id == external_id))
    rows = session.scalars(
        select(tables.Call).where(*wanted).order_by(tables.Call.started_at.desc(), tables.Call.id.desc()).limit(limit)
    ).all()
    return _calls(session, vault, rows)


def newest_spoken(session: Session, *, workspace_id: int, limit: int | None = None) -> list[CallId]:
    """Calls whose speakers have been told apart, the newest first; at most `limit`."""
    rows = session.scalars(
        select(tables.Call.id)
        .where(tables.Call.workspace_id == workspace_id, tables.Call.current_conversation_id.is_not(None))
        .order_by(tables.Call.started_at.desc(), tables.Call.id.desc())
        .limit(limit)
    )
    return [CallId(row) for row in rows]


def _call(session: Session, vault: Vault, call: tables.Call) -> Call:
    return _calls(session, vault, [call])[0]


def _calls(session: Session, vault: Vault, rows: Sequence[tables.Call]) -> list[Call]:
    """In as many queries for a page as for one call."""
    work = _open_work(session, [row.id for row in rows])
    recordings = _by_id(session, tables.Recording, [row.recording_id for row in rows])
    callers = _by_id(session, tables.Caller, [row.caller_id for row in rows])
    transcripts = _transcripts(session, [row.current_transcript_id for row in rows])
    return [
        _shown(
            row,
            facts_of(vault, row, callers.get(row.caller_id)),
            work.get(row.id),
            recordings.get(row.recording_id),
            transcripts.get(row.current_transcript_id),
        )
        for row in rows
    ]


R = TypeVar("R", tables.Recording, tables.Caller)


def _by_id(session: Session, table: type[R], ids: Iterable[int | None]) -> dict[int | None, R]:
    wanted = {one for one in ids if one is not None}
    rows = session.scalars(select(table).where(table.id.in_(wanted))) if wanted else ()
    return {row.id: row for row in rows}


@dataclass(frozen=True, slots=True)
class _Heard:
    """Of a transcript all but its words."""

    engine: str
    language: str | None
    duration: float | None


def _transcripts(session: Session, ids: Iterable[int | None]) -> dict[int | None, _Heard]:
    table = tables.Transcript
    wanted = {one for one in ids if one is not None}
    chosen = select(table.id, table.engine, table.language, table.duration).where(table.id.in_(wanted))
    return {row.id: _Heard(row.engine, row.language, row.duration) for row in session.execute(chosen)} if wanted else {}


def _open_work(session: Session, ids: Sequence[int]) -> dict[int, tuple[Stage, float | None]]:
    """Of each call the stage that is due or runs, the first one where there are more, and its progress."""
    rows = session.execute(
        select(tables.Work.call_id, tables.Work.stage, tables.Work.progress)
        .where(
            tables.Work.call_id.in_(ids),
            tables.Work.state.in_(("due", "running")),
            tables.Work.stage.not_in(BESIDE_THE_ROAD),
        )
        .order_by(tables.Work.id.desc())
    )
    return {row.call_id: (Stage(row.stage), row.progress) for row in rows}


def _shown(
    call: tables.Call,
    facts: CallFacts,
    work: tuple[Stage, float | None] | None,
    recording: tables.Recording | None,
    heard: _Heard | None,
) -> Call:
    stage, progress = work or (None, None)
    return Call(
        id=CallId(call.id),
        public_id=call.public_id,
        workspace_id=call.workspace_id,
        facts=facts,
        state=CallState(call.state),
        stage=stage,
        progress=progress,
        reason=call.reason,
        received_at=call.received_at,
        updated_at=call.updated_at,
        has_recording=recording is not None,
        duration=recording.duration if recording else (heard.duration if heard else None),
        audio_channels=recording.channels if recording else None,
        language=heard.language if heard and heard.language else call.language,
        engine=heard.engine if heard else None,
        origin=call.origin,
    )


def set_state(session: Session, *, call_id: CallId, state: CallState, reason: str | None = None) -> None:
    call = row(session, call_id)
    if (call.state, call.reason) != (state, reason):
        call.state, call.reason = state, reason
        call.revision += 1
        call.updated_at = datetime.now(UTC)
        session.flush()


def lock(session: Session, call_id: CallId) -> None:
    """Until the transaction ends nobody else writes about this call: its results are written one after the other.

    Rows may be made that only refer to it: whoever folds the leads of its caller does not wait for it.
    """
    session.execute(select(tables.Call.id).where(tables.Call.id == call_id).with_for_update(key_share=True))
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


def identify(session: Session, *, call_id: CallId, identity: Identity) -> bool:
    """A call that came without an id has got one; False when another call of that id has appeared meanwhile."""
    call = row(session, call_id)
    if identity.external_id is None or call.external_id is not None:
        return True
    try:
        with session.begin_nested():
            call.provider, call.external_id = identity.provider, identity.external_id
    except IntegrityError:
        return False
    return True


def standing_for(session: Session, call_id: CallId) -> CallId:
    """The call itself, or the one that it turned out to be."""
    return CallId(row(session, call_id).duplicate_of or call_id)


def expect_url(session: Session, vault: Vault, *, call_id: CallId, url: str) -> None:
    """Where its recording is to be fetched from. The same address again is not fetched again: its link may have ended.

    An address that could not be fetched is still waited for, so telling of it again tries again.
    """
    call = row(session, call_id)
    url_hash = vault.hash(url)
    if call.url_hash == url_hash and (call.url_cipher is not None or call.recording_id is not None):
        return
    call.url_cipher, call.url_hash, call.object_key = vault.encrypt(url), url_hash, None
    session.flush()


def expect_object(session: Session, *, call_id: CallId, object_key: str | None) -> None:
    """An object that has landed and is to be read; None: nothing is waited for any more."""
    call = row(session, call_id)
    call.url_cipher, call.object_key = None, object_key
    session.flush()


def set_recording(session: Session, *, call_id: CallId, recording_id: int, sha256: str) -> None:
    call = row(session, call_id)
    call.url_cipher = call.object_key = None
    if call.recording_id != recording_id:
        call.recording_id, call.sha256 = recording_id, sha256
        call.revision += 1
    session.flush()


def set_duplicate(session: Session, *, call_id: CallId, of: CallId) -> None:
    """It turned out to be another call, which stands for both from now on, and for those that turned out to be this."""
    call = row(session, call_id)
    call.duplicate_of, call.state = of, CallState.FINISHED
    session.flush()
    session.execute(
        update(tables.Call)
        .where(tables.Call.duplicate_of == call_id)
        .values(duplicate_of=of)
        .execution_options(synchronize_session=False)
    )
