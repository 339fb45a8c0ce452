"""A workspace's trackers, and the calls that they are to be looked for in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, literal, null, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.call import CallState, Stage
from models.errors import NotFound
from models.tag import TagKind, TagStatus
from models.tracker import Phrase, SaidBy, Tracker
from storage import tables
from storage.database import moment

# The conditions of partial indexes stand in the queries as text: SQLite compares them before it knows a parameter.
INPUT_KEY = "trackers"
"""Of a call's stage `track`: it reads what is switched on when it runs, so there is one row for each call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTracker:
    tracker: Tracker
    is_on: bool
    updated_at: datetime


def listed(session: Session, *, workspace_id: int) -> list[SavedTracker]:
    """By name."""
    rows = session.scalars(
        select(tables.Tracker).where(tables.Tracker.workspace_id == workspace_id).order_by(tables.Tracker.name)
    )
    return [_saved(row) for row in rows]


def get(session: Session, *, workspace_id: int, name: str) -> SavedTracker:
    """Raises NotFound."""
    return _saved(_row(session, workspace_id, name))


def switched_on(session: Session, *, workspace_id: int) -> tuple[Tracker, ...]:
    """By name."""
    return tuple(saved.tracker for saved in listed(session, workspace_id=workspace_id) if saved.is_on)


def save(session: Session, tracker: Tracker, *, workspace_id: int, is_on: bool) -> None:
    """In place of the one of that name."""
    insertion = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"definition": _document(tracker), "is_on": is_on, "updated_at": datetime.now(UTC)}
    session.execute(
        insertion(tables.Tracker)
        .values(workspace_id=workspace_id, name=tracker.name, **values)
        .on_conflict_do_update(index_elements=["workspace_id", "name"], set_=values)
    )
    session.expire_all()


def switch(session: Session, *, workspace_id: int, name: str, is_on: bool) -> None:
    """Raises NotFound."""
    row = _row(session, workspace_id, name)
    row.is_on, row.updated_at = is_on, datetime.now(UTC)
    session.flush()


def remove(session: Session, *, workspace_id: int, name: str) -> None:
    """Raises NotFound."""
    session.delete(_row(session, workspace_id, name))
    session.flush()


def hits(session: Session, *, workspace_id: int) -> dict[str, int]:
    """How many calls have each tracker's tag."""
    tag = tables.Tag
    rows = session.execute(
        select(tag.value, func.count())
        .where(
            tag.workspace_id == workspace_id,
            tag.kind == TagKind.TRACKER.value,
            tag.value.is_not(None),
            tag.status != TagStatus.WITHHELD.value,
        )
        .group_by(tag.value)
    )
    return {str(row[0]): row[1] for row in rows}


def waiting(session: Session, *, workspace_id: int) -> int:
    """How many calls are still to be looked through."""
    work = tables.Work
    found = session.scalar(
        select(func.count()).where(
            work.workspace_id == workspace_id, text("stage = 'track'"), work.state.in_(("due", "running"))
        )
    )
    return found or 0


def look_again(session: Session, *, workspace_id: int, queue: str, lane: str, tagged: Sequence[str] | None) -> int:
    """Make the stage `track` due for every call that has been told apart; how many.

    `tagged`: only for those that have the tag of one of these trackers. Their messages go with the next sweep.
    The calls are locked first, as everywhere: a stage that ends meanwhile would wait for us, and we for it.
    """
    call, work = tables.Call, tables.Work
    wanted = [
        call.workspace_id == workspace_id,
        call.current_conversation_id.is_not(None),
        call.state != CallState.ERASED.value,
    ]
    if tagged is not None:
        said = select(tables.Opinion.conversation_id).where(
            tables.Opinion.workspace_id == workspace_id,
            text("kind = 'tracker'"),
            tables.Opinion.item.in_(tagged),
        )
        wanted.append(call.current_conversation_id.in_(said))
    locked = session.scalars(select(call.id).where(*wanted).order_by(call.id).with_for_update()).all()
    now = moment(session)
    fresh = {
        "state": literal("due"),
        "due_at": literal(now, tables.UtcTime()) if isinstance(now, datetime) else now,
        "sent_at": null(),
        "attempt": literal(0),
        "crashes": literal(0),
        "interruptions": literal(0),
        "progress": null(),
        "error": null(),
    }
    own = {"stage": Stage.TRACK.value, "input_key": INPUT_KEY, "queue": queue, "lane": lane, "fence": 0}
    values = {**{name: literal(value) for name, value in own.items()}, **fresh}
    insertion = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insertion(work)
        .from_select(
            ["workspace_id", "call_id", *values], select(call.workspace_id, call.id, *values.values()).where(*wanted)
        )
        .on_conflict_do_update(
            index_elements=["call_id", "stage", "input_key"], set_=fresh, where=work.state.in_(("done", "failed"))
        )
    )
    return len(locked)


def _row(session: Session, workspace_id: int, name: str) -> tables.Tracker:
    found = session.scalar(
        select(tables.Tracker).where(tables.Tracker.workspace_id == workspace_id, tables.Tracker.name == name)
    )
    if found is None:
        raise NotFound(f"there is no tracker {name!r}; `earmark trackers list` shows them")
    return found


def _saved(row: tables.Tracker) -> SavedTracker:
    return SavedTracker(tracker=_tracker(row.definition), is_on=row.is_on, updated_at=row.updated_at)


_LISTS = ("phrases", "all_of", "none_of")


def _document(tracker: Tracker) -> dict[str, Any]:
    return {**asdict(tracker), **{name: [asdict(one) for one in getattr(tracker, name)] for name in _LISTS}}


def _tracker(document: Mapping[str, Any]) -> Tracker:
    def phrases(name: str) -> Iterator[Phrase]:
        return (Phrase(**one) for one in document[name])

    lists = {name: tuple(phrases(name)) for name in _LISTS}
    return Tracker(**{**document, **lists, "said_by": SaidBy(document["said_by"])})
