"""Receivers, and the ledger of what was sent to them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.call import CallId
from models.errors import Conflict, NotFound
from storage import tables
from storage.records import Change
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    id: int
    workspace_id: int
    name: str
    exporter: str
    options: dict[str, Any]
    secret: str = field(repr=False)
    quotes: bool
    """Whether it gets the words said, or only what follows from them."""
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    id: int
    destination_id: int
    call_id: CallId
    revision: int
    type: str
    key: str
    state: str
    attempts: int
    answer: str | None
    created_at: datetime
    delivered_at: datetime | None


def add_destination(
    session: Session,
    vault: Vault,
    *,
    workspace_id: int,
    name: str,
    exporter: str,
    options: dict[str, Any],
    secret: str,
    quotes: bool,
) -> int:
    """Its id. Raises Conflict for a name that is taken."""
    row = tables.Destination(
        workspace_id=workspace_id,
        name=name,
        exporter=exporter,
        options=options,
        secret_cipher=vault.encrypt(secret),
        quotes=quotes,
        enabled=True,
        created_at=datetime.now(UTC),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Conflict(f"there is a destination named {name!r} already; remove it first") from None
    return row.id


def remove_destination(session: Session, *, workspace_id: int, name: str) -> None:
    """Nothing more is sent to it; what was sent stays in the ledger. Raises NotFound."""
    row = session.scalar(
        select(tables.Destination).where(
            tables.Destination.workspace_id == workspace_id, tables.Destination.name == name
        )
    )
    if row is None:
        raise NotFound(f"there is no destination named {name!r}; `earmark destinations list` shows them")
    row.enabled = False
    row.name = f"{name} (removed {row.id})"
    session.flush()


def destinations(session: Session, vault: Vault, *, workspace_id: int) -> list[Destination]:
    """Those that are enabled."""
    rows = session.scalars(
        select(tables.Destination)
        .where(tables.Destination.workspace_id == workspace_id, tables.Destination.enabled)
        .order_by(tables.Destination.id)
    )
    return [_destination(vault, row) for row in rows]


def destination(session: Session, vault: Vault, *, destination_id: int) -> Destination:
    return _destination(vault, session.get_one(tables.Destination, destination_id))


def open_deliveries(session: Session, change: Change) -> list[int]:
    """Put the change down for every enabled receiver; the ids of the new rows."""
    wanted = session.scalars(
        select(tables.Destination.id).where(
            tables.Destination.workspace_id == change.workspace_id, tables.Destination.enabled
        )
    ).all()
    rows = [
        tables.Delivery(
            workspace_id=change.workspace_id,
            destination_id=destination_id,
            call_id=change.call_id,
            revision=change.revision,
            type=change.type,
            key=f"{change.call_public_id}.{change.revision}",
            state="open",
            attempts=0,
            created_at=datetime.now(UTC),
        )
        for destination_id in wanted
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def open_before(session: Session, change: Change) -> list[int]:
    """Deliveries of earlier states of the record that are not through."""
    return list(
        session.scalars(
            select(tables.Delivery.id).where(
                tables.Delivery.call_id == change.call_id,
                tables.Delivery.revision < change.revision,
                tables.Delivery.state == "open",
            )
        )
    )


def get(session: Session, *, delivery_id: int) -> Delivery:
    return _delivery(session.get_one(tables.Delivery, delivery_id))


def of_call(session: Session, *, call_id: CallId) -> list[Delivery]:
    rows = session.scalars(
        select(tables.Delivery).where(tables.Delivery.call_id == call_id).order_by(tables.Delivery.id)
    )
    return [_delivery(row) for row in rows]


def is_earlier_open(session: Session, delivery: Delivery) -> bool:
    """Whether an older revision for the same receiver is still being sent: order is kept for each call."""
    return _has(session, delivery, tables.Delivery.revision < delivery.revision, tables.Delivery.state == "open")


def is_outdated(session: Session, delivery: Delivery) -> bool:
    """Whether a newer revision is to go to the same receiver."""
    return _has(session, delivery, tables.Delivery.revision > delivery.revision)


def _has(session: Session, delivery: Delivery, *wanted: ColumnElement[bool]) -> bool:
    same = tables.Delivery.destination_id == delivery.destination_id, tables.Delivery.call_id == delivery.call_id
    return session.scalar(select(tables.Delivery.id).where(*same, *wanted).limit(1)) is not None


def close(session: Session, *, delivery_id: int, state: str, answer: str | None) -> None:
    """`delivered`, `failed` or `replaced`."""
    session.execute(
        update(tables.Delivery)
        .where(tables.Delivery.id == delivery_id)
        .values(state=state, answer=answer, delivered_at=datetime.now(UTC) if state == "delivered" else None)
        .execution_options(synchronize_session=False)
    )


def attempted(session: Session, *, delivery_id: int, answer: str | None) -> None:
    session.execute(
        update(tables.Delivery)
        .where(tables.Delivery.id == delivery_id)
        .values(attempts=tables.Delivery.attempts + 1, answer=answer)
        .execution_options(synchronize_session=False)
    )


def _destination(vault: Vault, row: tables.Destination) -> Destination:
    return Destination(
        id=row.id,
        workspace_id=row.workspace_id,
        name=row.name,
        exporter=row.exporter,
        options=row.options,
        secret=vault.decrypt(row.secret_cipher),
        quotes=row.quotes,
        enabled=row.enabled,
    )


def _delivery(row: tables.Delivery) -> Delivery:
    return Delivery(
        id=row.id,
        destination_id=row.destination_id,
        call_id=CallId(row.call_id),
        revision=row.revision,
        type=row.type,
        key=row.key,
        state=row.state,
        attempts=row.attempts,
        answer=row.answer,
        created_at=row.created_at,
        delivered_at=row.delivered_at,
    )
