"""Workspaces: everything belongs to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.errors import NotFound
from storage import tables

DEFAULT = "main"


@dataclass(frozen=True, slots=True)
class Workspace:
    id: int
    slug: str
    zone: str
    region: str | None
    """ISO 3166 code in which local phone numbers are read, such as `GB`."""
    vocabulary: tuple[str, ...] = ()
    """Names that are spoken here (business, staff, campaigns, brands), for engines and classifiers to know."""


def ensure(session: Session, slug: str = DEFAULT) -> Workspace:
    """The workspace of that name, made when it isn't there."""
    insertion = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insertion(tables.Workspace)
        .values(slug=slug, zone="UTC", event_seq=0, options={}, created_at=datetime.now(UTC))
        .on_conflict_do_nothing()
    )
    return get(session, slug)


def get(session: Session, slug: str = DEFAULT) -> Workspace:
    """Raises NotFound."""
    found = session.scalar(select(tables.Workspace).where(tables.Workspace.slug == slug))
    if found is None:
        raise NotFound(f"there is no workspace {slug!r}")
    return _workspace(found)


def by_id(session: Session, workspace_id: int) -> Workspace:
    return _workspace(session.get_one(tables.Workspace, workspace_id))


def set_vocabulary(session: Session, workspace_id: int, names: Sequence[str]) -> None:
    """In place of the names before; each once, in the order given."""
    found = session.get_one(tables.Workspace, workspace_id)
    found.options = {**found.options, "vocabulary": list(dict.fromkeys(names))}
    session.flush()


def _workspace(found: tables.Workspace) -> Workspace:
    return Workspace(found.id, found.slug, found.zone, found.region, tuple(found.options.get("vocabulary", ())))
