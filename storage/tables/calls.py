"""Calls, their recordings, and where they land by themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.row import Row, inside


class Source(Row):
    """A folder or prefix whose objects are calls, and how to read their names."""

    __tablename__ = "source"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    pattern: Mapped[str | None]
    zone: Mapped[str | None]
    defaults: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Metadata that every call of this source gets unless its own says otherwise."""
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("workspace_id", "id"), UniqueConstraint("workspace_id", "name"))


class DroppedObject(Row):
    """An object seen in a source: taken once it has stood still, taken again when it changes."""

    __tablename__ = "dropped_object"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int]
    source_id: Mapped[int]
    key: Mapped[str] = mapped_column(unique=True)
    mark: Mapped[str]
    """Size and etag: a new mark is a new content."""
    seen_at: Mapped[datetime]
    """Since when it has had this mark."""
    taken: Mapped[str | None]
    """The mark that was ingested last."""
    call_id: Mapped[int | None]
    error: Mapped[str | None]
    __table_args__ = (
        inside("source", "source_id", ondelete="CASCADE"),
        Index(None, "call_id"),
        Index(
            "ix_dropped_object_waiting",
            "seen_at",
            sqlite_where=text("taken IS NULL OR taken != mark"),
            postgresql_where=text("taken IS NULL OR taken != mark"),
        ),
    )


class Recording(Row):
    """Bytes in the store; calls with the same bytes share one."""

    __tablename__ = "recording"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    sha256: Mapped[str]
    object_key: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    duration: Mapped[float | None]
    channels: Mapped[int | None]
    encoding: Mapped[str | None]
    """For people: container, codec, samples a second."""
    health: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("workspace_id", "sha256"),
        Index(None, "object_key"),
    )


class DoomedObject(Row):
    """An object that nothing refers to any more; the row stays until the store has let go of the bytes."""

    __tablename__ = "doomed_object"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    object_key: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]


class Caller(Row):
    """The person outside the business, by number: a keyed hash to find it, a cipher to show it."""

    __tablename__ = "caller"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    phone_hash: Mapped[str]
    phone_cipher: Mapped[bytes]
    silence: Mapped[int | None]
    """Seconds of silence by which its leads were last folded. None: never yet; 0: to be folded anew."""
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("workspace_id", "phone_hash"),
        Index(None, "workspace_id", "silence"),
    )


class Call(Row):
    __tablename__ = "call"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    public_id: Mapped[str] = mapped_column(unique=True)
    provider: Mapped[str]
    external_id: Mapped[str | None]
    sha256: Mapped[str | None]
    """Of the recording; the identity of a call without external id."""
    recording_id: Mapped[int | None]
    url_cipher: Mapped[bytes | None]
    """Where the recording is to be fetched from; encrypted, for such addresses carry tokens."""
    url_hash: Mapped[str | None]
    """Keyed hash of the address that its recording is or was fetched from: told twice, it is fetched once."""
    object_key: Mapped[str | None]
    """An object that has landed and is not yet read."""
    caller_id: Mapped[int | None]
    business_number: Mapped[str | None]
    started_at: Mapped[datetime]
    started_from: Mapped[str]
    direction: Mapped[str | None]
    agent: Mapped[str | None]
    branch: Mapped[str | None]
    answered: Mapped[bool | None]
    answered_at: Mapped[datetime | None]
    ring_seconds: Mapped[float | None]
    talk_seconds: Mapped[float | None]
    hold_seconds: Mapped[float | None]
    channel_roles: Mapped[dict[str, Any]] = mapped_column(default=dict)
    language: Mapped[str | None]
    tracking: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lane: Mapped[str] = mapped_column(default="live")
    origin: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    reason: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=0)
    """Goes up with every change that the record may show."""
    received_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    current_transcript_id: Mapped[int | None]
    current_conversation_id: Mapped[int | None]
    duplicate_of: Mapped[int | None]
    """Turned out, once fetched, to be the same bytes as that call."""
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        inside("recording", "recording_id"),
        inside("caller", "caller_id"),
        inside("call", "duplicate_of"),
        Index(
            "uq_call_external",
            "workspace_id",
            "provider",
            "external_id",
            unique=True,
            sqlite_where=text("external_id IS NOT NULL"),
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index(
            "uq_call_bytes",
            "workspace_id",
            "sha256",
            unique=True,
            sqlite_where=text("external_id IS NULL AND sha256 IS NOT NULL AND duplicate_of IS NULL"),
            postgresql_where=text("external_id IS NULL AND sha256 IS NOT NULL AND duplicate_of IS NULL"),
        ),
        Index("ix_call_started", "workspace_id", "started_at", "id"),
        Index(
            "ix_call_landed",
            "object_key",
            sqlite_where=text("object_key IS NOT NULL"),
            postgresql_where=text("object_key IS NOT NULL"),
        ),
        Index(None, "recording_id"),
        Index(None, "caller_id"),
        Index(None, "duplicate_of"),
    )
