"""What is to be done, and who does it."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.row import Row, inside


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
        inside("call", "call_id"),
        UniqueConstraint("call_id", "stage", "input_key"),
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
        Index(
            "ix_work_track",
            "workspace_id",
            "state",
            sqlite_where=text("stage = 'track'"),
            postgresql_where=text("stage = 'track'"),
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
