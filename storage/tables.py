"""Every table. Rows stay inside this room: queries return the types of `models/`.

References are composite, (workspace_id, id), so that a row of a foreign workspace cannot be linked.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcTime(TypeDecorator[datetime]):
    """A time in UTC; SQLite, which forgets zones, gets it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Row(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it from the class)
        datetime: UtcTime,
        str: Text,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        bytes: LargeBinary,
    }


def _inside(table: str, *columns: str, ondelete: str | None = None) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["workspace_id", *columns], [f"{table}.workspace_id", f"{table}.id"], ondelete=ondelete)


class Workspace(Row):
    __tablename__ = "workspace"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    zone: Mapped[str] = mapped_column(default="UTC")
    region: Mapped[str | None]
    """ISO 3166 code in which local phone numbers are read."""
    event_seq: Mapped[int] = mapped_column(default=0)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class ApiKey(Row):
    __tablename__ = "api_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str]
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)


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
    """Size and time of change: a new mark is a new content."""
    seen_at: Mapped[datetime]
    """Since when it has had this mark."""
    taken: Mapped[str | None]
    """The mark that was ingested last."""
    call_id: Mapped[int | None]
    error: Mapped[str | None]
    __table_args__ = (_inside("source", "source_id", ondelete="CASCADE"),)


class Recording(Row):
    """Bytes in the store; calls with the same bytes share one."""

    __tablename__ = "recording"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    sha256: Mapped[str]
    object_key: Mapped[str]
    size: Mapped[int]
    duration: Mapped[float | None]
    channels: Mapped[int | None]
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("workspace_id", "id"), UniqueConstraint("workspace_id", "sha256"))


class Caller(Row):
    """The person outside the business, by number: a keyed hash to find it, a cipher to show it."""

    __tablename__ = "caller"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    phone_hash: Mapped[str]
    phone_cipher: Mapped[bytes]
    __table_args__ = (UniqueConstraint("workspace_id", "id"), UniqueConstraint("workspace_id", "phone_hash"))


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
        _inside("recording", "recording_id"),
        _inside("caller", "caller_id"),
        _inside("call", "duplicate_of"),
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
    )


class Work(Row):
    """One stage of one call. The truth of what is to be done; a message only says that it is time."""

    __tablename__ = "work"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int]
    call_id: Mapped[int]
    stage: Mapped[str]
    input_key: Mapped[str]
    queue: Mapped[str]
    lane: Mapped[str]
    state: Mapped[str]
    """`due`, `running`, `done`, `failed`."""
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    owner: Mapped[str | None]
    fence: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=0)
    crashes: Mapped[int] = mapped_column(default=0)
    interruptions: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    progress: Mapped[float | None]
    error: Mapped[str | None]
    __table_args__ = (
        _inside("call", "call_id"),
        UniqueConstraint("workspace_id", "call_id", "stage", "input_key"),
        Index(
            "ix_work_due",
            "queue",
            "lane",
            "due_at",
            sqlite_where=text("state = 'due'"),
            postgresql_where=text("state = 'due'"),
        ),
        Index(
            "ix_work_running",
            "lease_until",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )


class Worker(Row):
    """A process that takes work, as long as it keeps saying so."""

    __tablename__ = "worker"
    owner: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    process_started: Mapped[str]
    """With the process id it names one process for ever."""
    queues: Mapped[str]
    seen_at: Mapped[datetime]


class JobLease(Row):
    """Which scheduler leads a job."""

    __tablename__ = "job_lease"
    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    until: Mapped[datetime]


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
    delivered_roles: Mapped[dict[str, Any] | None]
    """Of a delivered transcript: who each speaker is."""
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        _inside("call", "call_id"),
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
    role_confidence: Mapped[float]
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        _inside("call", "call_id"),
        _inside("transcript", "transcript_id"),
        UniqueConstraint("transcript_id", "key"),
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
        _inside("conversation", "conversation_id"),
        UniqueConstraint("conversation_id", "kind", "item", "version"),
    )


class Correction(Row):
    """A person's word; rows are only added, the latest of a kind counts."""

    __tablename__ = "correction"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int]
    call_id: Mapped[int]
    kind: Mapped[str]
    values: Mapped[list[Any]]
    who: Mapped[str]
    at: Mapped[datetime]
    why: Mapped[str | None]
    __table_args__ = (_inside("call", "call_id"), Index(None, "call_id", "kind"))


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
        _inside("call", "call_id"),
        _inside("conversation", "conversation_id"),
        UniqueConstraint("call_id", "kind", "item"),
        Index(None, "workspace_id", "kind", "value"),
    )


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
    seq: Mapped[int]
    updated_at: Mapped[datetime]
    __table_args__ = (_inside("call", "call_id"), Index("uq_record_seq", "workspace_id", "seq", unique=True))


class Event(Row):
    """What changed, in the order of commits: ids only, no personal data."""

    __tablename__ = "event"
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str]
    call_id: Mapped[int]
    revision: Mapped[int]
    at: Mapped[datetime]
    __table_args__ = (_inside("call", "call_id"),)


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
        _inside("destination", "destination_id"),
        _inside("call", "call_id"),
        UniqueConstraint("destination_id", "key"),
        Index(None, "destination_id", "call_id", "revision"),
    )
