"""Leads as they are listed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from models.call import Direction
from models.channel import Channel
from models.errors import NotFound
from models.lead import LeadQuality, Outcome
from storage import tables
from storage.leads import LEAD_COLUMNS, answers
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLead:
    """A lead as the list shows it."""

    id: int
    public_id: str
    caller_number: str | None
    started_at: datetime
    last_at: datetime
    calls: int
    channel: Channel | None
    quality: LeadQuality | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCall:
    """A call of a lead."""

    public_id: str
    external_id: str | None
    number: int
    direction: Direction | None
    started_at: datetime
    channel: Channel | None
    quality: LeadQuality | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which leads are listed."""

    since: datetime | None = None
    """Its first call began then or later."""
    until: datetime | None = None
    """Its first call began before."""
    quality: LeadQuality | None = None
    is_quality_unknown: bool = False
    channel: Channel | None = None
    with_not_a_lead: bool = False
    """Also callers whose every call is `not_a_lead`; else only when `quality` asks for them."""


def page(
    session: Session,
    vault: Vault,
    wanted: Wanted,
    *,
    workspace_id: int,
    limit: int,
    before: tuple[datetime, int] | None = None,
) -> list[StoredLead]:
    """The latest first, at most `limit`, those before the lead `before` (start, number)."""
    table = tables.Lead
    asked = _stored().where(table.workspace_id == workspace_id, *_conditions(wanted))
    if before is not None:
        # With their types: else PostgreSQL takes the time for one in the zone of its session.
        moment = literal(before[0], tables.UtcTime()), literal(before[1], BigInteger())
        asked = asked.where(tuple_(table.started_at, table.id) < tuple_(*moment))
    rows = session.execute(asked.order_by(table.started_at.desc(), table.id.desc()).limit(limit))
    return [_as_stored(vault, row) for row in rows]


def get(session: Session, vault: Vault, *, workspace_id: int, public_id: str) -> StoredLead:
    """By its own id or that of any of its calls, so that an id it had before leads to it too. Raises NotFound."""
    table, call = tables.LeadCall, tables.Call
    named = select(call.duplicate_of, call.id).where(call.workspace_id == workspace_id, call.public_id == public_id)
    found = session.execute(named).one_or_none()
    number = None if found is None else found.duplicate_of or found.id
    row = session.execute(
        _stored().where(tables.Lead.id.in_(select(table.lead_id).where(table.call_id == number)))
    ).one_or_none()
    if row is None:
        raise NotFound(f"there is no lead {public_id!r} in this workspace; `GET /api/v1/leads` lists them")
    return _as_stored(vault, row)


def calls_of(session: Session, *, lead_id: int, after: int = 0, limit: int = 100) -> list[ListedCall]:
    """In order of time, those behind the call with the number `after`."""
    table, call = tables.LeadCall, tables.Call
    rows = session.execute(
        select(
            call.public_id,
            call.external_id,
            call.direction,
            table.number,
            table.started_at,
            table.channel,
            table.quality,
            table.outcome,
        )
        .join(call, call.id == table.call_id)
        .where(table.lead_id == lead_id, table.number > after)
        .order_by(table.number)
        .limit(limit)
    )
    return [
        ListedCall(
            public_id=row.public_id,
            external_id=row.external_id,
            number=row.number,
            direction=Direction(row.direction) if row.direction else None,
            started_at=row.started_at,
            **answers(row),
        )
        for row in rows
    ]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    table, found = tables.Lead, list[ColumnElement[bool]]()
    if wanted.since is not None:
        found.append(table.started_at >= wanted.since)
    if wanted.until is not None:
        found.append(table.started_at < wanted.until)
    if wanted.channel is not None:
        found.append(table.channel == wanted.channel)
    if wanted.quality is not None:
        found.append(table.quality == wanted.quality)
    elif wanted.is_quality_unknown:
        found.append(table.quality.is_(None))
    elif not wanted.with_not_a_lead:
        found.append(or_(table.quality.is_(None), table.quality != LeadQuality.NOT_A_LEAD))
    return found


def _stored() -> Select[Any]:
    table = tables.Lead
    return (
        select(*LEAD_COLUMNS, tables.Call.public_id, tables.Caller.phone_cipher)
        .join(tables.Call, tables.Call.id == table.id)
        .outerjoin(tables.Caller, tables.Caller.id == table.caller_id)
    )


def _as_stored(vault: Vault, row: Any) -> StoredLead:
    return StoredLead(
        id=row.id,
        public_id=row.public_id,
        caller_number=None if row.phone_cipher is None else vault.decrypt(row.phone_cipher),
        started_at=row.started_at,
        last_at=row.last_at,
        calls=row.calls,
        **answers(row),
    )
