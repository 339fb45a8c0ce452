"""What is known of a call from outside, as it is stored."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.call import CallFacts, CallId, Direction, StartKnownFrom, Touchpoint, Tracking
from models.conversation import Role
from storage import tables
from storage.vault import Vault

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


def update_facts(session: Session, vault: Vault, *, call_id: CallId, facts: CallFacts, named: frozenset[str]) -> bool:
    """Set the facts that the sender named; True when anything changed."""
    call = session.get_one(tables.Call, call_id)
    before = _comparable(call)
    known = _numbers(vault, call, _person(session, call.caller_id))
    for name in PLAIN_FACTS:
        if name in named:
            setattr(call, name, getattr(facts, name))
    if "started_at" in named and facts.started_at is not None:
        call.started_at = facts.started_at
        call.started_from = facts.started_from or StartKnownFrom.METADATA
    if "channel_roles" in named:
        call.channel_roles = {str(channel): role.value for channel, role in facts.channel_roles.items()}
    if named & {"caller_number", "dialled_number", "direction"}:
        dialling = facts.caller_number if "caller_number" in named else known[0]
        dialled = facts.dialled_number if "dialled_number" in named else known[1]
        _set_numbers(session, vault, call, dialling, dialled)
    call.tracking = _merged_tracking(call.tracking, facts.tracking, named)
    changed = _comparable(call) != before
    if changed:
        call.revision += 1
        call.updated_at = datetime.now(UTC)
    session.flush()
    return changed


def known_facts(session: Session, vault: Vault, *, call_id: CallId) -> tuple[CallFacts, frozenset[str]]:
    """What is known of a call, and the names of that, as if a sender had named it."""
    call = session.get_one(tables.Call, call_id)
    facts = facts_of(vault, call, _person(session, call.caller_id))
    plain = (*PLAIN_FACTS, "channel_roles", "caller_number", "dialled_number")
    named = {name for name in plain if getattr(facts, name) not in (None, {})}
    named |= {f"tracking.{field.name}" for field in fields(Tracking) if getattr(facts.tracking, field.name)}
    if facts.started_from is StartKnownFrom.METADATA:
        named.add("started_at")
    return facts, frozenset(named)


def _comparable(call: tables.Call) -> dict[str, Any]:
    names = (*PLAIN_FACTS, "started_at", "channel_roles", "caller_id", "business_number", "tracking", "recording_id")
    return {name: getattr(call, name) for name in names}


def _person(session: Session, caller_id: int | None) -> tables.Caller | None:
    return None if caller_id is None else session.get_one(tables.Caller, caller_id)


def _set_numbers(session: Session, vault: Vault, call: tables.Call, dialling: str | None, dialled: str | None) -> None:
    """The person outside is the one who dialled, except on a call that the business made."""
    outside, ours = (dialled, dialling) if call.direction == Direction.OUTBOUND else (dialling, dialled)
    former = call.caller_id
    call.business_number = ours
    call.caller_id = None if outside is None else _caller(session, vault, call.workspace_id, outside)
    if former is not None and former != call.caller_id:
        session.flush()
        release_caller(session, caller_id=former)


def release_caller(session: Session, *, caller_id: int) -> None:
    """A number that no call has any more is forgotten, and the leads that were folded by it."""
    # Locked first: of two calls that let go of it at once, the second sees that it is the last.
    session.execute(select(tables.Caller.id).where(tables.Caller.id == caller_id).with_for_update())
    used = select(tables.Call.id).where(tables.Call.caller_id == caller_id).exists()
    for table, column in (
        (tables.LeadCall, tables.LeadCall.caller_id),
        (tables.Lead, tables.Lead.caller_id),
        (tables.Caller, tables.Caller.id),
    ):
        session.execute(delete(table).where(column == caller_id, ~used).execution_options(synchronize_session=False))


def _numbers(vault: Vault, call: tables.Call, person: tables.Caller | None) -> tuple[str | None, str | None]:
    """Who dialled, and what was dialled."""
    outside = None if person is None else vault.decrypt(person.phone_cipher)
    is_outbound = call.direction == Direction.OUTBOUND
    return (call.business_number, outside) if is_outbound else (outside, call.business_number)


def _caller(session: Session, vault: Vault, workspace_id: int, number: str) -> int:
    """Held until the transaction ends, so that nobody forgets it meanwhile."""
    insertion = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insertion(tables.Caller).values(
        workspace_id=workspace_id, phone_hash=vault.hash(number), phone_cipher=vault.encrypt(number)
    )
    return session.scalars(
        fresh.on_conflict_do_update(
            index_elements=["workspace_id", "phone_hash"], set_={"phone_cipher": fresh.excluded.phone_cipher}
        ).returning(tables.Caller.id)
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


def facts_of(vault: Vault, call: tables.Call, person: tables.Caller | None) -> CallFacts:
    """`person`: the row that `call.caller_id` names."""
    dialling, dialled = _numbers(vault, call, person)
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
