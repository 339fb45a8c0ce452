"""Touchpoints that came by themselves, and which of them and which calls find each other.

They have a value in common: a session, a click, a number. `found` asks for a call, `calls_of` for touchpoints; what
`found` says of a call depends on nothing but the call and the touchpoints that are there, in whatever order they came.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Interval, Select, and_, delete, func, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from models.call import CallId, Touchpoint
from models.touchpoint import Key, KeyKind, MatchedBy, MatchedTouch, Visit
from storage import tables
from storage.vault import Vault

MOST = 1_000
"""Touches of one call, the latest: as many as may come with its own metadata."""
_LOCK = 0x7063
"""The first half of an advisory lock's number; the workspace's is the second."""
_BY = {
    KeyKind.CALL: MatchedBy.CALL_ID,
    KeyKind.SESSION: MatchedBy.SESSION,
    KeyKind.CLICK: MatchedBy.CLICK_ID,
    KeyKind.CALLER: MatchedBy.CALLER_NUMBER,
}
_BESIDE = (KeyKind.SESSION, KeyKind.VISITOR)
"""What touchpoints of one visitor have in common."""
_SURE = frozenset((MatchedBy.CALL_ID, MatchedBy.SESSION, MatchedBy.CLICK_ID))
"""Of this very visit: the number shown has nothing to add."""
_SENT = ("source", "medium", "campaign", "content", "keyword", "landing_page", "referrer")

Found = dict[int, MatchedBy]
"""Touchpoints by their numbers, and what binds them to the call."""


@dataclass(frozen=True, slots=True)
class NewTouchpoint:
    """One to be kept."""

    visit: Visit
    channel: str | None
    keys: frozenset[Key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeker:
    """What touchpoints are looked for by: a call."""

    workspace_id: int
    keys: frozenset[Key]
    started_at: datetime
    window: timedelta
    """For how long a number that was shown leads to the session that it was shown to."""


def lock(session: Session, *, workspace_id: int, alone: bool = False) -> None:
    """Until the transaction ends. Who writes a record holds it with others, who changes touchpoints holds it `alone`.

    So a touchpoint either is seen by a record that is being written, or comes after the commit and finds the call.
    SQLite has one writer, and needs none.
    """
    if session.get_bind().dialect.name == "postgresql":
        take = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        session.execute(select(take(_LOCK, workspace_id)))


def save(session: Session, vault: Vault, given: Sequence[NewTouchpoint], *, workspace_id: int) -> int:
    """Keep those whose ids are not known; how many. The others stay as they are."""
    insertion = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    table, now = tables.Touchpoint, datetime.now(UTC)
    rows = [_values(vault, one, workspace_id=workspace_id, received_at=now) for one in given]
    fresh = insertion(table).on_conflict_do_nothing(index_elements=["workspace_id", "sender_id"])
    made = session.execute(fresh.returning(table.id, table.sender_id), rows)
    ids = {row.sender_id: row.id for row in made}
    keys = [
        {"touchpoint_id": ids[one.visit.id], "workspace_id": workspace_id, "kind": kind.value, "value": value}
        for one in given
        if one.visit.id in ids
        for kind, value in one.keys
    ]
    if keys:
        session.execute(insert(tables.TouchKey), keys)
    return len(ids)


def _values(vault: Vault, one: NewTouchpoint, *, workspace_id: int, received_at: datetime) -> dict[str, Any]:
    visit = one.visit
    return {
        "workspace_id": workspace_id,
        "sender_id": visit.id,
        "at": visit.at,
        "channel": one.channel,
        **{name: getattr(visit.touch, name) for name in _SENT},
        "click_ids": dict(visit.touch.click_ids),
        "device": visit.device,
        "place": visit.place,
        "session_id": visit.session_id,
        "visitor_id": visit.visitor_id,
        "phone_cipher": None if visit.caller_number is None else vault.encrypt(visit.caller_number),
        "shown_number": visit.shown_number,
        "received_at": received_at,
        "settled": False,
        "erased": False,
    }


def set_call_keys(session: Session, keys: Iterable[Key], *, call_id: CallId, workspace_id: int) -> None:
    """By what touchpoints find the call from now on."""
    table = tables.CallKey
    known = {(row.kind, row.value) for row in session.execute(select(table).where(table.call_id == call_id)).scalars()}
    wanted = {(kind.value, value) for kind, value in keys}
    if known == wanted:
        return
    session.execute(delete(table).where(table.call_id == call_id))
    rows = [{"call_id": call_id, "workspace_id": workspace_id, "kind": k, "value": v} for k, v in sorted(wanted)]
    if rows:
        session.execute(insert(table), rows)


def unsettled(session: Session, *, workspace_id: int, limit: int) -> list[int]:
    """Touchpoints whose calls have still to be made to follow, the first to come first."""
    table = tables.Touchpoint
    wanted = select(table.id).where(table.workspace_id == workspace_id, ~table.settled)
    return list(session.scalars(wanted.order_by(table.id).limit(limit)))


def settle(session: Session, ids: Collection[int]) -> None:
    table = tables.Touchpoint
    fresh = update(table).where(table.id.in_(ids)).values(settled=True)
    session.execute(fresh.execution_options(synchronize_session=False))


def matched(session: Session, seeker: Seeker) -> list[MatchedTouch]:
    """The touches of a call up to its start, in order of time, at most the latest `MOST`."""
    by, table = found(session, seeker), tables.Touchpoint
    rows = [*session.scalars(select(table).where(table.id.in_(by)))] if by else []
    rows.sort(key=lambda row: (row.at, row.sender_id))
    return [MatchedTouch(touch=_touch(row), by=by[row.id]) for row in rows[-MOST:]]


def _touch(row: tables.Touchpoint) -> Touchpoint:
    sent = {name: getattr(row, name) for name in _SENT}
    return Touchpoint(at=row.at, click_ids=dict(row.click_ids), **sent)


def found(session: Session, seeker: Seeker) -> Found:
    """Up to the call's start."""
    until = seeker.started_at
    direct = _direct(session, seeker, until)
    shown = None if _SURE & set(direct.values()) else _nearest(session, seeker)
    guessed = _and_beside(session, [shown], until) if shown is not None else ()
    visitors = _and_beside(session, direct, until)
    return {**dict.fromkeys(guessed, MatchedBy.NUMBER_SHOWN), **dict.fromkeys(visitors, MatchedBy.VISITOR), **direct}


def concerning(session: Session, seeker: Seeker) -> set[int]:
    """Those found, and those of the same people after the call's start."""
    return {*found(session, seeker), *_and_beside(session, _direct(session, seeker, None), None)}


def _direct(session: Session, seeker: Seeker, until: datetime | None) -> Found:
    table, order, best = tables.TouchKey, list(MatchedBy), Found()
    values = {kind: [value for one, value in seeker.keys if one is kind] for kind in _BY}
    same = [and_(table.kind == kind.value, table.value.in_(some)) for kind, some in values.items() if some]
    if not same:
        return best
    wanted = select(table.touchpoint_id, table.kind).where(table.workspace_id == seeker.workspace_id, or_(*same))
    for number, kind in session.execute(_latest(wanted, table.touchpoint_id, until)):
        by = _BY[KeyKind(kind)]
        best[number] = min(best.get(number, by), by, key=order.index)
    return best


def _and_beside(session: Session, ids: Collection[int], until: datetime | None) -> set[int]:
    """With those of the same sessions and visitors."""
    if not ids:
        return set()
    one, other = tables.TouchKey, aliased(tables.TouchKey)
    same = and_(one.workspace_id == other.workspace_id, one.kind == other.kind, one.value == other.value)
    wanted = select(other.touchpoint_id, other.touchpoint_id).join(one, same)
    wanted = wanted.where(one.touchpoint_id.in_(ids), one.kind.in_([kind.value for kind in _BESIDE]))
    return {*ids, *session.scalars(_latest(wanted, other.touchpoint_id, until))}


def _latest(wanted: Any, column: Any, until: datetime | None) -> Select[Any]:
    table = tables.Touchpoint
    chosen = wanted.join(table, table.id == column).distinct().add_columns(table.at, table.sender_id)
    chosen = chosen if until is None else chosen.where(table.at <= until)
    ordered = chosen.order_by(table.at.desc(), table.sender_id.desc()).limit(2 * MOST).subquery()
    return select(ordered.c[0], ordered.c[1])


def _nearest(session: Session, seeker: Seeker) -> int | None:
    """The last one before the call that was shown the number dialled."""
    table, key = tables.Touchpoint, tables.TouchKey
    numbers = [value for kind, value in seeker.keys if kind is KeyKind.NUMBER]
    wanted = (
        select(table.id)
        .join(key, key.touchpoint_id == table.id)
        .where(
            key.workspace_id == seeker.workspace_id,
            key.kind == KeyKind.NUMBER.value,
            key.value.in_(numbers),
            table.at <= seeker.started_at,
            table.at >= seeker.started_at - seeker.window,
        )
        .order_by(table.at.desc(), table.sender_id.desc())
        .limit(1)
    )
    return session.scalar(wanted) if numbers else None


def calls_of(
    session: Session, ids: Collection[int], *, window: timedelta, since: datetime | None = None
) -> list[CallId]:
    """Calls that may find one of these touchpoints, or one of their visitors'. Rather too many than too few.

    `since`: only those that started at or after it.
    """
    group = _and_beside(session, ids, None)
    later = tables.Call.started_at >= since if since else tables.Call.id.is_not(None)
    direct = _calls(group, [kind.value for kind in _BY]).where(later)
    shown = _calls(group, [KeyKind.NUMBER.value]).where(later, _within(session, window))
    return sorted({CallId(found) for wanted in (direct, shown) for found in session.scalars(wanted)})


def _within(session: Session, window: timedelta) -> ColumnElement[bool]:
    """The call began while the number that was shown still led to its session."""
    at, started = tables.Touchpoint.at, tables.Call.started_at
    if session.get_bind().dialect.name == "postgresql":
        return and_(started >= at, started <= at + literal(window, Interval()))
    return and_(started >= at, func.julianday(started) <= func.julianday(at) + (window.total_seconds() + 1) / 86_400)


def _calls(group: Collection[int], kinds: Sequence[str]) -> Select[Any]:
    one, other = tables.TouchKey, tables.CallKey
    same = and_(one.workspace_id == other.workspace_id, one.kind == other.kind, one.value == other.value)
    return (
        select(other.call_id)
        .distinct()
        .join(one, same)
        .join(tables.Touchpoint, tables.Touchpoint.id == one.touchpoint_id)
        .join(tables.Call, tables.Call.id == other.call_id)
        .where(one.touchpoint_id.in_(group), one.kind.in_(kinds))
    )


def earliest(session: Session, ids: Collection[int]) -> datetime | None:
    return session.scalar(select(func.min(tables.Touchpoint.at)).where(tables.Touchpoint.id.in_(ids)))


def erase(session: Session, ids: Collection[int]) -> None:
    """Empty their rows; ids and times stay, so that what is sent again does not come back."""
    table = tables.Touchpoint
    emptied: dict[str, Any] = dict.fromkeys((*_SENT, "channel", "device", "place", "session_id", "visitor_id"))
    emptied |= {"phone_cipher": None, "shown_number": None, "click_ids": {}, "settled": True, "erased": True}
    session.execute(delete(tables.TouchKey).where(tables.TouchKey.touchpoint_id.in_(ids)))
    fresh = update(table).where(table.id.in_(ids)).values(emptied)
    session.execute(fresh.execution_options(synchronize_session=False))
