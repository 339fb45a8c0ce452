"""Leads as they are stored: written by whoever has locked the caller, and read for records."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models.call import CallId
from models.lead import Lead, LeadCall, LeadPlace, LeadQuality, Outcome
from storage import tables
from storage.vault import Vault

LEAD_COLUMNS = tuple(
    getattr(tables.Lead, name)
    for name in (
        "id",
        "workspace_id",
        "caller_id",
        "started_at",
        "last_at",
        "calls",
        "channel",
        "quality",
        "outcome",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A call with its caller, and where it stood when its leads were last folded."""

    call: LeadCall
    caller_id: int | None
    lead_id: int
    number: int


@dataclass(frozen=True, slots=True)
class Folding:
    """A caller, locked: whose number it is, and by which silence (seconds) its leads were last folded."""

    caller_id: int
    number: str
    silence: int | None


def lock_callers(session: Session, vault: Vault, caller_ids: set[int]) -> dict[int, Folding]:
    """Until the transaction ends nobody else folds their leads. One that is forgotten meanwhile is not there."""
    table = tables.Caller
    rows = session.execute(
        select(table.id, table.phone_cipher, table.silence)
        .where(table.id.in_(caller_ids))
        .order_by(table.id)
        .with_for_update(key_share=True)
    )
    return {row.id: Folding(row.id, vault.decrypt(row.phone_cipher), row.silence) for row in rows}


def folded(session: Session, *, caller_id: int, silence: int) -> None:
    """Note by which silence (seconds) the caller's leads were folded."""
    session.execute(
        update(tables.Caller)
        .where(tables.Caller.id == caller_id)
        .values(silence=silence)
        .execution_options(synchronize_session=False)
    )


def unsettle(session: Session, vault: Vault, *, workspace_id: int, numbers: Sequence[str]) -> None:
    """The leads of these numbers are to be folded anew."""
    session.execute(
        update(tables.Caller)
        .where(
            tables.Caller.workspace_id == workspace_id,
            tables.Caller.phone_hash.in_([vault.hash(number) for number in numbers]),
            tables.Caller.silence.is_not(None),
        )
        .values(silence=0)
        .execution_options(synchronize_session=False)
    )


def outdated(session: Session, *, workspace_id: int, silence: int, limit: int) -> list[int]:
    """Callers whose leads were folded by another silence (seconds), or never."""
    table, found = tables.Caller, list[int]()
    # One after the other, for only so each is a look into the index.
    for other in (table.silence.is_(None), table.silence < silence, table.silence > silence):
        wanted = select(table.id).where(table.workspace_id == workspace_id, other).limit(limit - len(found))
        found += session.scalars(wanted) if len(found) < limit else ()
    return found


def placed(session: Session, *, call_id: CallId) -> Placed | None:
    """None: it is in no lead."""
    row = session.execute(_placed().where(tables.LeadCall.call_id == call_id)).one_or_none()
    return None if row is None else _as_placed(row)


def together(session: Session, *, caller_id: int | None, call_id: CallId) -> list[Placed]:
    """All calls of the caller that are in a lead; without a caller, the call alone."""
    table = tables.LeadCall
    wanted = table.call_id == call_id if caller_id is None else table.caller_id == caller_id
    return [_as_placed(row) for row in session.execute(_placed().where(wanted))]


def put(session: Session, call: LeadCall, *, workspace_id: int, caller_id: int | None) -> None:
    """What a call brings. A new one stands alone until its caller's leads are folded."""
    values = {
        "workspace_id": workspace_id,
        "caller_id": caller_id,
        "started_at": call.started_at,
        "channel": call.channel,
        "quality": call.quality,
        "outcome": call.outcome,
    }
    table = tables.LeadCall
    known = update(table).where(table.call_id == call.call_id).values(values).returning(table.call_id)
    if session.scalar(known.execution_options(synchronize_session=False)) is None:
        session.add(table(call_id=call.call_id, lead_id=call.call_id, number=1, stale=False, **values))
        session.flush()


def remove(session: Session, *, call_id: CallId) -> None:
    """It is in no lead any more."""
    session.execute(delete(tables.LeadCall).where(tables.LeadCall.call_id == call_id))


def save(
    session: Session,
    leads: Sequence[Lead],
    before: Sequence[Placed],
    *,
    caller_id: int | None,
    call_id: CallId,
    workspace_id: int,
    tell: bool,
) -> bool:
    """Put down the leads of a caller, or of a call without one, in place of those before.

    Other calls than `call_id` whose place or lead is another than before are marked as stale if `tell`; whether there
    are such. What has not changed is not written.
    """
    table = tables.Lead
    owner = table.id == call_id if caller_id is None else table.caller_id == caller_id
    known = {row.id: row for row in session.execute(select(*LEAD_COLUMNS).where(owner))}
    gone = known.keys() - {lead.id for lead in leads}
    if gone:
        session.execute(delete(table).where(table.id.in_(gone)).execution_options(synchronize_session=False))
    rows = [_lead_values(lead, workspace_id, caller_id) for lead in leads]
    fresh = [row for row in rows if row["id"] not in known]
    changed = [row for row in rows if row["id"] in known and known[row["id"]]._asdict() != row]
    for statement, values in ((insert(table), fresh), (update(table), changed)):
        if values:
            session.execute(statement, values)
    others = _move(session, leads, before, call_id=call_id, tell=tell)
    reworded = [row["id"] for row in changed if _words(row) != _words(known[row["id"]]._asdict())]
    return _mark(session, reworded, call_id=call_id) or others if tell else False


def _move(session: Session, leads: Sequence[Lead], before: Sequence[Placed], *, call_id: CallId, tell: bool) -> bool:
    stood = {one.call.call_id: (one.lead_id, one.number) for one in before}
    moved = [
        {"call_id": call.call_id, "lead_id": lead.id, "number": number}
        for lead in leads
        for number, call in enumerate(lead.calls, start=1)
        if stood[call.call_id] != (lead.id, number)
    ]
    others = [{**row, "stale": True} for row in moved if row["call_id"] != call_id] if tell else []
    own = [row for row in moved if not tell or row["call_id"] == call_id]
    for rows in (others, own):
        if rows:
            session.execute(update(tables.LeadCall), rows)
    return bool(others)


def _mark(session: Session, leads: Sequence[int], *, call_id: CallId) -> bool:
    table, found = tables.LeadCall, False
    for lead in leads:
        others = update(table).where(table.lead_id == lead, table.call_id != call_id).values(stale=True)
        marked = session.scalars(others.returning(table.call_id).execution_options(synchronize_session=False))
        found = bool(marked.all()) or found
    return found


def place(session: Session, *, call_id: CallId) -> LeadPlace | None:
    """Where the call stands; its record is about to say so, and is stale no more. None: it is in no lead."""
    table, lead = tables.LeadCall, tables.Lead
    row = session.execute(
        select(table.number, table.stale, lead.channel, lead.quality, lead.outcome, tables.Call.public_id)
        .join(lead, lead.id == table.lead_id)
        .join(tables.Call, tables.Call.id == lead.id)
        .where(table.call_id == call_id)
    ).one_or_none()
    if row is None:
        return None
    if row.stale:
        fresh = update(table).where(table.call_id == call_id).values(stale=False)
        session.execute(fresh.execution_options(synchronize_session=False))
    return LeadPlace(lead=row.public_id, number=row.number, **answers(row))


def stale(session: Session, *, caller_id: int, after: int = 0, limit: int = 100) -> list[CallId]:
    """Calls of the caller, by their numbers, whose records are to follow."""
    table = tables.LeadCall
    wanted = select(table.call_id).where(table.caller_id == caller_id, table.stale, table.call_id > after)
    return [CallId(found) for found in session.scalars(wanted.order_by(table.call_id).limit(limit))]


def _lead_values(lead: Lead, workspace_id: int, caller_id: int | None) -> dict[str, Any]:
    return {
        "id": lead.id,
        "workspace_id": workspace_id,
        "caller_id": caller_id,
        "started_at": lead.calls[0].started_at,
        "last_at": lead.calls[-1].started_at,
        "calls": len(lead.calls),
        "channel": lead.channel,
        "quality": lead.quality,
        "outcome": lead.outcome,
    }


def _words(values: dict[str, Any]) -> tuple[Any, ...]:
    """What the records of all its calls say of a lead."""
    return values["channel"], values["quality"], values["outcome"]


def _placed() -> Any:
    table = tables.LeadCall
    return select(
        table.call_id,
        table.caller_id,
        table.started_at,
        table.channel,
        table.quality,
        table.outcome,
        table.lead_id,
        table.number,
    )


def _as_placed(row: Any) -> Placed:
    call = LeadCall(call_id=CallId(row.call_id), started_at=row.started_at, **answers(row))
    return Placed(call=call, caller_id=row.caller_id, lead_id=row.lead_id, number=row.number)


def answers(row: Any) -> dict[str, Any]:
    """Channel, quality and outcome of a row, for the shapes of `models/lead.py`."""
    return {
        "channel": row.channel,
        "quality": LeadQuality(row.quality) if row.quality else None,
        "outcome": Outcome(row.outcome) if row.outcome else None,
    }
