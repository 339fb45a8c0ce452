"""Which worker processes are alive, and who leads a job of the scheduler."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.database import moment
from storage.tables import JobLease, Worker


@dataclass(frozen=True, slots=True)
class SeenWorker:
    owner: str
    host: str
    pid: int
    process_started: str
    queues: str


def saw(session: Session, worker: SeenWorker) -> None:
    """The worker is alive now."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    now = moment(session)
    session.execute(
        insert(Worker)
        .values(
            owner=worker.owner,
            host=worker.host,
            pid=worker.pid,
            process_started=worker.process_started,
            queues=worker.queues,
            seen_at=now,
        )
        .on_conflict_do_update(index_elements=["owner"], set_={"seen_at": now})
    )


def gone(session: Session, *, owner: str) -> None:
    """The worker ended in order."""
    session.execute(delete(Worker).where(Worker.owner == owner))


def on_host(session: Session, *, host: str) -> list[SeenWorker]:
    rows = session.scalars(select(Worker).where(Worker.host == host))
    return [SeenWorker(row.owner, row.host, row.pid, row.process_started, row.queues) for row in rows]


def alive(session: Session, *, within: timedelta = timedelta(seconds=45)) -> list[SeenWorker]:
    rows = session.scalars(select(Worker).where(Worker.seen_at > moment(session, -within)).order_by(Worker.owner))
    return [SeenWorker(row.owner, row.host, row.pid, row.process_started, row.queues) for row in rows]


def forget(session: Session, *, silent_for: timedelta = timedelta(days=1)) -> None:
    session.execute(delete(Worker).where(Worker.seen_at < moment(session, -silent_for)))


def lead(session: Session, *, job: str, owner: str, lease: timedelta) -> bool:
    """Whether `owner` leads `job` until the lease ends: it is free, run out, or its own already."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    until = moment(session, lease)
    session.execute(insert(JobLease).values(name=job, owner=owner, until=moment(session)).on_conflict_do_nothing())
    taken = session.execute(
        update(JobLease)
        .where(JobLease.name == job, or_(JobLease.owner == owner, JobLease.until <= moment(session)))
        .values(owner=owner, until=until)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], taken).rowcount == 1
