"""Attribution records and the feed of their changes.

A workspace's events are numbered without gaps, and a number is taken by updating the workspace's row, which stays
locked until the commit: so numbers become visible in their order, and a reader that asks for what comes after the
last number it saw misses nothing. (With an identity column a later number can be seen before an earlier one.)
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.call import CallId
from storage import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A record that is new, corrected or erased."""

    workspace_id: int
    call_id: CallId
    call_public_id: str
    seq: int
    revision: int
    type: str
    """`call.tagged`, `call.corrected`, `call.erased`."""
    at: datetime
    body: dict[str, Any] | None
    """None: erased."""


def write(session: Session, *, workspace_id: int, call_id: CallId, body: Mapping[str, Any] | None) -> Change | None:
    """Put down the record; None when it says what it said before. Call it last in a transaction: it locks the feed."""
    fresh = _hash(body)
    saved = session.scalar(select(tables.Record).where(tables.Record.call_id == call_id).with_for_update())
    if saved is not None and saved.hash == fresh:
        return None
    seq = session.scalars(
        update(tables.Workspace)
        .where(tables.Workspace.id == workspace_id)
        .values(event_seq=tables.Workspace.event_seq + 1)
        .returning(tables.Workspace.event_seq)
        .execution_options(synchronize_session=False)
    ).one()
    if saved is None:
        saved = tables.Record(workspace_id=workspace_id, call_id=call_id, revision=0)
        session.add(saved)
    type_ = "call.erased" if body is None else ("call.corrected" if saved.revision else "call.tagged")
    now = datetime.now(UTC)
    saved.revision += 1
    saved.body, saved.hash, saved.seq, saved.updated_at = None if body is None else dict(body), fresh, seq, now
    session.add(
        tables.Event(workspace_id=workspace_id, seq=seq, type=type_, call_id=call_id, revision=saved.revision, at=now)
    )
    session.flush()
    return of_call(session, call_id=call_id)


def of_call(session: Session, *, call_id: CallId) -> Change | None:
    """The record of a call in its last state, None when it has none yet."""
    found = session.execute(_records().where(tables.Record.call_id == call_id)).one_or_none()
    return None if found is None else _change(*found)


def feed(session: Session, *, workspace_id: int, after: int, limit: int) -> list[Change]:
    """Records changed after the event `after`, each once in its last state, oldest change first."""
    rows = session.execute(
        _records()
        .where(tables.Record.workspace_id == workspace_id, tables.Record.seq > after)
        .order_by(tables.Record.seq)
        .limit(limit)
    )
    return [_change(*row) for row in rows]


def last_event(session: Session, *, workspace_id: int) -> int:
    """The number of the workspace's latest event, 0 when there was none."""
    return session.scalar(select(func.max(tables.Event.seq)).where(tables.Event.workspace_id == workspace_id)) or 0


def _records() -> Any:
    return (
        select(tables.Record, tables.Call.public_id, tables.Event.type)
        .join(tables.Call, tables.Call.id == tables.Record.call_id)
        .join(
            tables.Event,
            (tables.Event.workspace_id == tables.Record.workspace_id) & (tables.Event.seq == tables.Record.seq),
        )
    )


def _change(record: tables.Record, public_id: str, type_: str) -> Change:
    return Change(
        workspace_id=record.workspace_id,
        call_id=CallId(record.call_id),
        call_public_id=public_id,
        seq=record.seq,
        revision=record.revision,
        type=type_,
        at=record.updated_at,
        body=record.body,
    )


def _hash(body: Mapping[str, Any] | None) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
