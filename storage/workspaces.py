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
    own_numbers: tuple[str, ...] = ()
    """E.164. Calls from or to them alone are nobody's: they never fold into one lead."""
    lead_silence_days: int | None = None
    """After so many days without a call a new lead begins; None: as the setting says."""


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
    _set_option(session, workspace_id, "vocabulary", list(dict.fromkeys(names)))


def every(session: Session) -> list[Workspace]:
    return [_workspace(found) for found in session.scalars(select(tables.Workspace).order_by(tables.Workspace.id))]


def set_region(session: Session, workspace_id: int, region: str | None) -> None:
    """In which country's way local numbers are read from now on; numbers that are stored stay as they are."""
    session.get_one(tables.Workspace, workspace_id).region = region
    session.flush()


def set_own_numbers(session: Session, workspace_id: int, numbers: Sequence[str]) -> None:
    """In place of the numbers before. See `leads.unsettle` for what follows."""
    _set_option(session, workspace_id, "own_numbers", list(dict.fromkeys(numbers)))


def set_lead_silence(session: Session, workspace_id: int, days: int | None) -> None:
    """None: as the setting says."""
    _set_option(session, workspace_id, "lead_silence_days", days)


def _set_option(session: Session, workspace_id: int, name: str, value: object) -> None:
    found = session.get_one(tables.Workspace, workspace_id)
    found.options = {**found.options, name: value}
    session.flush()


def _workspace(found: tables.Workspace) -> Workspace:
    return Workspace(
        id=found.id,
        slug=found.slug,
        zone=found.zone,
        region=found.region,
        vocabulary=tuple(found.options.get("vocabulary", ())),
        own_numbers=tuple(found.options.get("own_numbers", ())),
        lead_silence_days=found.options.get("lead_silence_days"),
    )
