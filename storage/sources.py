"""Folders and prefixes whose objects are calls, and the objects seen in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.call import CallId
from models.errors import Conflict, NotFound
from storage import tables

DEFAULT = "inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    id: int
    workspace_id: int
    name: str
    prefix: str
    pattern: str | None
    """How metadata is read from an object's name, such as `{start}_{agent}_{caller}`."""
    zone: str | None
    """IANA zone of the times in names; None is UTC."""
    defaults: dict[str, Any]
    """Metadata that every call of this source gets unless its own says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An object that has been seen, and what became of it."""

    id: int
    key: str
    mark: str
    """Size and etag: a new mark is a new content."""
    seen_at: datetime
    """Since when it has had this mark."""
    taken: str | None
    """The mark that was ingested last."""
    call_id: CallId | None
    error: str | None


def add_source(
    session: Session,
    *,
    workspace_id: int,
    name: str,
    prefix: str,
    pattern: str | None = None,
    zone: str | None = None,
    defaults: dict[str, Any] | None = None,
) -> Source:
    """Raises Conflict when the name is taken, or the prefix lies inside another source's or around it."""
    for other in list_sources(session):
        if other.prefix.startswith(prefix) or prefix.startswith(other.prefix):
            raise Conflict(
                f"the prefix {prefix!r} overlaps with {other.prefix!r} of source {other.name!r}: "
                "an object can only belong to one; choose another prefix or remove that source"
            )
    row = tables.Source(
        workspace_id=workspace_id,
        name=name,
        prefix=prefix,
        pattern=pattern,
        zone=zone,
        defaults=defaults or {},
        created_at=datetime.now(UTC),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Conflict(f"there is a source named {name!r} already; remove it first") from None
    return _source(row)


def list_sources(session: Session, *, workspace_id: int | None = None) -> list[Source]:
    """Of one workspace, or of all."""
    wanted = [] if workspace_id is None else [tables.Source.workspace_id == workspace_id]
    return [_source(row) for row in session.scalars(select(tables.Source).where(*wanted).order_by(tables.Source.id))]


def remove_source(session: Session, *, workspace_id: int, name: str) -> None:
    """Its calls stay; what lands there from now on is left alone. Raises NotFound."""
    row = session.scalar(
        select(tables.Source).where(tables.Source.workspace_id == workspace_id, tables.Source.name == name)
    )
    if row is None:
        raise NotFound(f"there is no source named {name!r}; `earmark sources list` shows them")
    session.execute(delete(tables.DroppedObject).where(tables.DroppedObject.source_id == row.id))
    session.delete(row)
    session.flush()


def of_key(session: Session, key: str) -> Source | None:
    """The source that an object belongs to."""
    return next((source for source in list_sources(session) if key.startswith(source.prefix)), None)


def see(session: Session, *, source: Source, key: str, mark: str) -> Seen:
    """Note that the object is there with this mark."""
    insertion = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insertion(tables.DroppedObject)
        .values(workspace_id=source.workspace_id, source_id=source.id, key=key, mark=mark, seen_at=datetime.now(UTC))
        .on_conflict_do_nothing()
    )
    row = session.scalars(select(tables.DroppedObject).where(tables.DroppedObject.key == key)).one()
    if row.mark != mark:
        row.mark, row.seen_at = mark, datetime.now(UTC)
        session.flush()
    return _seen(row)


def took(session: Session, seen: Seen, *, call_id: CallId | None, error: str | None = None) -> None:
    """Its content has been ingested, or refused with `error`; it is looked at again when it changes."""
    row = session.get(tables.DroppedObject, seen.id)
    if row is None:
        return  # its source was removed meanwhile
    row.taken, row.error = seen.mark, error
    row.call_id = call_id if call_id is not None else row.call_id


def gone(session: Session, seen: Seen) -> None:
    """It was removed before it was taken: forgotten, or, when an earlier content was taken, as it was then."""
    row = session.get(tables.DroppedObject, seen.id)
    if row is None:
        return
    if row.taken is None:
        session.delete(row)
    else:
        row.mark = row.taken


def again(session: Session, *, keys: Sequence[str]) -> None:
    """Those of these objects that could not be taken are to be taken again."""
    session.execute(
        update(tables.DroppedObject)
        .where(tables.DroppedObject.key.in_(keys), tables.DroppedObject.error.is_not(None))
        .values(taken=None)
        .execution_options(synchronize_session=False)
    )


def waiting(session: Session, *, settle: timedelta, limit: int = 500) -> list[tuple[Source, Seen]]:
    """Objects that have stood still for `settle` and are not taken as they are now."""
    rows = session.execute(
        select(tables.DroppedObject, tables.Source)
        .join(tables.Source, tables.Source.id == tables.DroppedObject.source_id)
        .where(
            or_(tables.DroppedObject.taken.is_(None), tables.DroppedObject.taken != tables.DroppedObject.mark),
            tables.DroppedObject.seen_at <= datetime.now(UTC) - settle,
        )
        .order_by(tables.DroppedObject.id)
        .limit(limit)
    )
    return [(_source(source), _seen(row)) for row, source in rows]


def marks(session: Session, *, keys: list[str]) -> dict[str, str]:
    """The known marks of these objects."""
    rows = session.execute(
        select(tables.DroppedObject.key, tables.DroppedObject.mark).where(tables.DroppedObject.key.in_(keys))
    )
    return {row.key: row.mark for row in rows}


def find(session: Session, key: str) -> Seen | None:
    row = session.scalar(select(tables.DroppedObject).where(tables.DroppedObject.key == key))
    return None if row is None else _seen(row)


def beside(session: Session, *, stem: str) -> list[Seen]:
    """Objects whose key is `stem` with some ending: what a `.json` may belong to."""
    rows = session.scalars(
        select(tables.DroppedObject)
        .where(tables.DroppedObject.key.startswith(f"{stem}.", autoescape=True))
        .order_by(tables.DroppedObject.key)
    )
    return [_seen(row) for row in rows]


def refused(session: Session, *, limit: int = 20) -> list[Seen]:
    """The latest objects that could not be taken, with the reason."""
    rows = session.scalars(
        select(tables.DroppedObject)
        .where(tables.DroppedObject.error.is_not(None))
        .order_by(tables.DroppedObject.id.desc())
        .limit(limit)
    )
    return [_seen(row) for row in rows]


def _source(row: tables.Source) -> Source:
    return Source(
        id=row.id,
        workspace_id=row.workspace_id,
        name=row.name,
        prefix=row.prefix,
        pattern=row.pattern,
        zone=row.zone,
        defaults=row.defaults,
    )


def _seen(row: tables.DroppedObject) -> Seen:
    return Seen(
        id=row.id,
        key=row.key,
        mark=row.mark,
        seen_at=row.seen_at,
        taken=row.taken,
        call_id=None if row.call_id is None else CallId(row.call_id),
        error=row.error,
    )
