"""What was said, and what is said of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.row import Row, inside


class Transcript(Row):
    """Never changed once written."""

    __tablename__ = "transcript"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int]
    call_id: Mapped[int]
    key: Mapped[str]
    """What it was made from: the recording, the language asked for."""
    engine: Mapped[str]
    language: Mapped[str | None]
    language_confidence: Mapped[float | None]
    words: Mapped[bytes]
    word_count: Mapped[int]
    duration: Mapped[float | None]
    channels: Mapped[int]
    rough: Mapped[bool]
    partial: Mapped[bool]
    notes: Mapped[list[Any]]
    dropped: Mapped[list[Any] | None]
    languages: Mapped[list[Any] | None]
    delivered_roles: Mapped[dict[str, Any] | None]
    """Of a delivered transcript: who each speaker is."""
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        inside("call", "call_id"),
        UniqueConstraint("call_id", "key", "engine"),
    )


class Conversation(Row):
    """Turns as words of a transcript. Never changed once written."""

    __tablename__ = "conversation"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int]
    call_id: Mapped[int]
    transcript_id: Mapped[int]
    key: Mapped[str]
    diarizer: Mapped[str]
    turns: Mapped[bytes]
    speech: Mapped[bytes | None]
    """All speech of all speakers, overlaps included."""
    role_confidence: Mapped[float]
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        inside("call", "call_id"),
        inside("transcript", "transcript_id"),
        Index(None, "call_id"),
        Index(None, "transcript_id", "key"),
    )


class Opinion(Row):
    __tablename__ = "opinion"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int]
    conversation_id: Mapped[int]
    kind: Mapped[str]
    item: Mapped[str]
    ord: Mapped[int]
    value: Mapped[str | None]
    score: Mapped[int | None]
    confidence: Mapped[float]
    evidence: Mapped[list[Any]]
    detail: Mapped[dict[str, Any]]
    source: Mapped[str]
    version: Mapped[str]
    __table_args__ = (
        inside("conversation", "conversation_id"),
        UniqueConstraint("conversation_id", "kind", "item", "version"),
        Index(
            "ix_opinion_tracker",
            "workspace_id",
            "item",
            sqlite_where=text("kind = 'tracker'"),
            postgresql_where=text("kind = 'tracker'"),
        ),
    )


class Correction(Row):
    """A person's word on a kind of tag, or on who is who (`roles`). Only added to; the latest of a kind counts."""

    __tablename__ = "correction"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int]
    call_id: Mapped[int]
    kind: Mapped[str]
    values: Mapped[list[Any]]
    who: Mapped[str]
    at: Mapped[datetime]
    why: Mapped[str | None]
    __table_args__ = (inside("call", "call_id"), Index(None, "call_id", "kind"))


class Tag(Row):
    """The settled present, rebuilt from opinions and corrections."""

    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int]
    call_id: Mapped[int]
    conversation_id: Mapped[int | None]
    kind: Mapped[str]
    item: Mapped[str]
    ord: Mapped[int]
    value: Mapped[str | None]
    score: Mapped[int | None]
    confidence: Mapped[float]
    status: Mapped[str]
    reason: Mapped[str | None]
    evidence: Mapped[list[Any]]
    detail: Mapped[dict[str, Any]]
    source: Mapped[str]
    version: Mapped[str]
    __table_args__ = (
        inside("call", "call_id"),
        inside("conversation", "conversation_id"),
        UniqueConstraint("call_id", "kind", "item"),
        Index(None, "conversation_id"),
        Index(None, "workspace_id", "kind", "value"),
    )
