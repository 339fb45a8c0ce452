"""A person's word on who is agent and who is caller."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.call import CallId
from models.conversation import Role
from storage import tables

KIND = "roles"
"""What such a row of `correction` has as its kind; all others are kinds of tags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedRoles:
    """The latest word; numbers of speakers mean those of one transcript."""

    id: int
    transcript_id: int
    roles: Mapping[int, Role]
    who: str
    at: datetime
    why: str | None


def correct(
    session: Session,
    roles: Mapping[int, Role],
    *,
    workspace_id: int,
    call_id: CallId,
    transcript_id: int,
    who: str,
    why: str | None = None,
) -> None:
    """Add it; earlier ones stay, the latest counts."""
    said = {str(speaker): role.value for speaker, role in roles.items()}
    session.add(
        tables.Correction(
            workspace_id=workspace_id,
            call_id=call_id,
            kind=KIND,
            values=[{"transcript_id": transcript_id, "roles": said}],
            who=who,
            at=datetime.now(UTC),
            why=why,
        )
    )
    session.flush()


def corrected(session: Session, *, call_id: CallId) -> CorrectedRoles | None:
    row = session.scalar(
        select(tables.Correction)
        .where(tables.Correction.call_id == call_id, tables.Correction.kind == KIND)
        .order_by(tables.Correction.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    (said,) = row.values
    return CorrectedRoles(
        id=row.id,
        transcript_id=said["transcript_id"],
        roles={int(speaker): Role(role) for speaker, role in said["roles"].items()},
        who=row.who,
        at=row.at,
        why=row.why,
    )
