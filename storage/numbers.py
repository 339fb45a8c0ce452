"""Tracking numbers: what a number stands for, and for how long."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session
from ulid import ULID

from models.call import CallId
from models.errors import NotFound
from models.touchpoint import KeyKind, TrackingNumber
from storage import tables

_A_DAY = timedelta(days=1)
"""By so much, at most, a day begins earlier or later than in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedNumber:
    id: int
    public_id: str
    workspace_id: int
    number: TrackingNumber
    created_at: datetime
    removed: bool


def add(session: Session, number: TrackingNumber, *, workspace_id: int) -> SavedNumber:
    row = tables.TrackingNumber(
        workspace_id=workspace_id, public_id=str(ULID()), created_at=datetime.now(UTC), **asdict(number)
    )
    session.add(row)
    session.flush()
    return _saved(row)


def listed(session: Session, *, workspace_id: int, number: str | None = None) -> list[SavedNumber]:
    """By number and date."""
    table = tables.TrackingNumber
    wanted = [table.workspace_id == workspace_id, ~table.removed]
    rows = session.scalars(select(table).where(*wanted, *([table.number == number] if number else [])))
    found = [_saved(row) for row in rows]
    return sorted(found, key=lambda one: (one.number.number, one.number.first_day or date.min))


def dialled(session: Session, *, workspace_id: int, number: str, day: date) -> TrackingNumber | None:
    """What the number stood for on that day."""
    return _one(session, workspace_id=workspace_id, number=number, first_day=day, last_day=day)


def overlapping(session: Session, number: TrackingNumber, *, workspace_id: int) -> TrackingNumber | None:
    """The same number, that stands for something else on some of these days."""
    days = {"first_day": number.first_day, "last_day": number.last_day}
    return _one(session, workspace_id=workspace_id, number=number.number, **days)


def _one(
    session: Session, *, workspace_id: int, number: str, first_day: date | None, last_day: date | None
) -> TrackingNumber | None:
    table = tables.TrackingNumber
    wanted: list[ColumnElement[bool]] = [table.workspace_id == workspace_id, table.number == number, ~table.removed]
    if last_day is not None:
        wanted.append(or_(table.first_day.is_(None), table.first_day <= last_day))
    if first_day is not None:
        wanted.append(or_(table.last_day.is_(None), table.last_day >= first_day))
    row = session.scalar(select(table).where(*wanted).order_by(table.first_day, table.id).limit(1))
    return None if row is None else _saved(row).number


def remove(session: Session, *, workspace_id: int, public_id: str) -> None:
    """Raises NotFound."""
    table = tables.TrackingNumber
    wanted = (table.workspace_id == workspace_id, table.public_id == public_id, ~table.removed)
    row = session.scalar(select(table).where(*wanted))
    if row is None:
        raise NotFound(f"there is no tracking number with the id {public_id!r}; `earmark numbers list` shows them")
    row.removed, row.settled = True, False
    session.flush()


def unsettled(session: Session) -> list[SavedNumber]:
    """Those that are new or removed, whose calls have still to be made to follow."""
    table = tables.TrackingNumber
    return [_saved(row) for row in session.scalars(select(table).where(~table.settled).order_by(table.id))]


def settle(session: Session, one: SavedNumber) -> None:
    """Unless it was removed meanwhile."""
    table = tables.TrackingNumber
    same = (table.id == one.id, table.removed == one.removed)
    change = delete(table).where(*same) if one.removed else update(table).where(*same).values(settled=True)
    session.execute(change.execution_options(synchronize_session=False))


def calls_of(session: Session, one: SavedNumber) -> Sequence[CallId]:
    """Calls that may have dialled it while it stood for this."""
    key, call, number = tables.CallKey, tables.Call, one.number
    wanted = [
        key.workspace_id == one.workspace_id,
        key.kind == KeyKind.NUMBER.value,
        key.value == number.number,
    ]
    if number.first_day is not None:
        wanted.append(call.started_at >= _midnight(number.first_day) - _A_DAY)
    if number.last_day is not None:
        wanted.append(call.started_at < _midnight(number.last_day) + 2 * _A_DAY)
    found = select(key.call_id).join(call, call.id == key.call_id).where(*wanted).order_by(key.call_id)
    return [CallId(row) for row in session.scalars(found)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _saved(row: tables.TrackingNumber) -> SavedNumber:
    names = ("number", "channel", "source", "medium", "campaign", "first_day", "last_day")
    return SavedNumber(
        id=row.id,
        public_id=row.public_id,
        workspace_id=row.workspace_id,
        number=TrackingNumber(**{name: getattr(row, name) for name in names}),
        created_at=row.created_at,
        removed=row.removed,
    )
