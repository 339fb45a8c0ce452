"""Touchpoints that came by themselves, the keys by which they and calls find each other, and tracking numbers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.row import Row, inside


class Touchpoint(Row):
    __tablename__ = "touchpoint"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    sender_id: Mapped[str]
    at: Mapped[datetime]
    channel: Mapped[str | None]
    """By `attribution/sources.py` as it was when this came; records ask it anew."""
    source: Mapped[str | None]
    medium: Mapped[str | None]
    campaign: Mapped[str | None]
    content: Mapped[str | None]
    keyword: Mapped[str | None]
    landing_page: Mapped[str | None]
    referrer: Mapped[str | None]
    click_ids: Mapped[dict[str, Any]] = mapped_column(default=dict)
    device: Mapped[str | None]
    place: Mapped[str | None]
    session_id: Mapped[str | None]
    visitor_id: Mapped[str | None]
    phone_cipher: Mapped[bytes | None]
    """The caller's number; its keyed hash is one of the keys."""
    shown_number: Mapped[str | None]
    received_at: Mapped[datetime]
    settled: Mapped[bool] = mapped_column(default=False)
    """The calls that it may belong to have been made to follow."""
    erased: Mapped[bool] = mapped_column(default=False)
    """Emptied with its call; the id stays, so that a repeat does not bring it back."""
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("workspace_id", "sender_id"),
        Index(
            "ix_touchpoint_unsettled",
            "workspace_id",
            "id",
            sqlite_where=text("NOT settled"),
            postgresql_where=text("NOT settled"),
        ),
    )


class TrackingNumber(Row):
    """What a number stands for, for so long."""

    __tablename__ = "tracking_number"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    public_id: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str]
    channel: Mapped[str]
    source: Mapped[str | None]
    medium: Mapped[str | None]
    campaign: Mapped[str | None]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    created_at: Mapped[datetime]
    settled: Mapped[bool] = mapped_column(default=False)
    """Its calls have been made to follow."""
    removed: Mapped[bool] = mapped_column(default=False)
    """It stands for nothing any more; the row goes when its calls have been made to follow."""
    __table_args__ = (
        Index(None, "workspace_id", "number"),
        Index(
            "ix_tracking_number_unsettled",
            "id",
            sqlite_where=text("NOT settled"),
            postgresql_where=text("NOT settled"),
        ),
    )


class TouchKey(Row):
    """Of long values and of those that tell a person only a hash."""

    __tablename__ = "touch_key"
    touchpoint_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[int]
    __table_args__ = (
        inside("touchpoint", "touchpoint_id"),
        Index(None, "workspace_id", "kind", "value"),
    )


class CallKey(Row):
    """As the call's record was last written by them."""

    __tablename__ = "call_key"
    call_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[int]
    __table_args__ = (
        inside("call", "call_id"),
        Index(None, "workspace_id", "kind", "value"),
    )
