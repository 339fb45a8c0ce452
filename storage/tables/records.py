"""The attribution record, the feed of its changes, and what was sent to whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.row import Row, inside


class Record(Row):
    """The attribution record of a call in its last state; `seq` is its place in the feed."""

    __tablename__ = "record"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int]
    call_id: Mapped[int] = mapped_column(unique=True)
    revision: Mapped[int]
    body: Mapped[dict[str, Any] | None]
    """None: erased."""
    hash: Mapped[str]
    seq: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]
    __table_args__ = (inside("call", "call_id"), Index("uq_record_seq", "workspace_id", "seq", unique=True))


class Event(Row):
    """What changed, in the order of commits: ids only, no personal data."""

    __tablename__ = "event"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    type: Mapped[str]
    call_id: Mapped[int]
    revision: Mapped[int]
    at: Mapped[datetime]
    __table_args__ = (inside("call", "call_id"),)


class Destination(Row):
    """A receiver of records."""

    __tablename__ = "destination"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    name: Mapped[str]
    exporter: Mapped[str]
    options: Mapped[dict[str, Any]]
    secret_cipher: Mapped[bytes]
    quotes: Mapped[bool] = mapped_column(default=False)
    """Whether it gets the words said, or only what follows from them."""
    enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("workspace_id", "id"), UniqueConstraint("workspace_id", "name"))


class Delivery(Row):
    """One revision of one record for one receiver; `key` makes a repeat harmless."""

    __tablename__ = "delivery"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int]
    destination_id: Mapped[int]
    call_id: Mapped[int]
    revision: Mapped[int]
    type: Mapped[str]
    key: Mapped[str]
    state: Mapped[str]
    """`open`, `delivered`, `failed`, `replaced` (a newer revision went instead)."""
    attempts: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str | None]
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    __table_args__ = (
        inside("destination", "destination_id"),
        inside("call", "call_id"),
        UniqueConstraint("destination_id", "key"),
        Index(None, "call_id", "destination_id", "revision"),
    )
