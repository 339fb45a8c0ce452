"""Leads, folded from the calls of one caller. All of it follows from calls and tags, and can be made anew from them.

Only whoever has locked the caller writes here.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.row import Row, inside


class Lead(Row):
    """What the list of leads shows and is searched by."""

    __tablename__ = "lead"
    id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True, autoincrement=False)
    """The call of it that reached us first."""
    workspace_id: Mapped[int]
    caller_id: Mapped[int | None]
    started_at: Mapped[datetime]
    """Of its first call."""
    last_at: Mapped[datetime]
    """Of its last call."""
    calls: Mapped[int]
    channel: Mapped[str | None]
    quality: Mapped[str | None]
    """None: not known."""
    outcome: Mapped[str | None]
    __table_args__ = (
        inside("caller", "caller_id"),
        Index("ix_lead_started", "workspace_id", "started_at", "id"),
        Index("ix_lead_quality", "workspace_id", "quality", "started_at", "id"),
        Index("ix_lead_channel", "workspace_id", "channel", "started_at", "id"),
        Index(None, "caller_id"),
    )


class LeadCall(Row):
    """What a call brought to its lead when its record was last written, and its place there."""

    __tablename__ = "lead_call"
    call_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    workspace_id: Mapped[int]
    caller_id: Mapped[int | None]
    started_at: Mapped[datetime]
    channel: Mapped[str | None]
    quality: Mapped[str | None]
    outcome: Mapped[str | None]
    lead_id: Mapped[int]
    number: Mapped[int]
    stale: Mapped[bool] = mapped_column(default=False)
    """Its record shows an earlier state of the lead, and is to follow."""
    __table_args__ = (
        inside("call", "call_id"),
        inside("caller", "caller_id"),
        Index(None, "caller_id", "started_at", "call_id"),
        Index(None, "lead_id", "number"),
        Index(
            "ix_lead_call_stale",
            "caller_id",
            "call_id",
            sqlite_where=text("stale"),
            postgresql_where=text("stale"),
        ),
    )
