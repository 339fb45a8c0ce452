"""Rows of work for the tests of them: made due, claimed, aged."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.call import CallId, Stage
from storage import calls, tables, work, workers, workspaces
from storage.calls import Identity
from storage.database import Sessions, moment
from storage.work import Job
from storage.workers import SeenWorker

PARENT = "host/1/100.00"
CHILD = f"{PARENT}/2"


def new_call(session: Session, external_id: str) -> CallId:
    made = calls.insert(
        session,
        workspace_id=workspaces.ensure(session).id,
        identity=Identity(external_id=external_id),
        lane="live",
        origin="",
    )
    assert made is not None
    return made


def add(session: Session, call_id: CallId, key: str = "a", *, lane: str = "live", **more: Any) -> None:
    workspace_id = calls.row(session, call_id).workspace_id
    work.add(
        session,
        workspace_id=workspace_id,
        call_id=call_id,
        stage=Stage.CLASSIFY,
        input_key=key,
        queue="text",
        lane=lane,
        **more,
    )


def make_due(sessions: Sessions, call_id: CallId, key: str = "a", **more: Any) -> int:
    with sessions.write() as session:
        add(session, call_id, key, **more)
        work_id = session.scalar(select(tables.Work.id).where(tables.Work.input_key == key))
        assert work_id is not None
        return work_id


def claim(sessions: Sessions, work_id: int, owner: str = CHILD) -> Job | None:
    with sessions.write() as session:
        return work.claim(session, work_id=work_id, owner=owner)


def claimed(sessions: Sessions, work_id: int, owner: str = CHILD) -> Job:
    job = claim(sessions, work_id, owner)
    assert job is not None
    return job


@contextmanager
def row(sessions: Sessions, work_id: int) -> Iterator[tables.Work]:
    with sessions.read() as session:
        yield session.get_one(tables.Work, work_id)


def state(sessions: Sessions, work_id: int) -> str:
    with row(sessions, work_id) as found:
        return found.state


def age(sessions: Sessions, work_id: int, **columns: timedelta) -> None:
    """Put the named times so far into the past."""
    with sessions.write() as session:
        values = {name: moment(session, -ago) for name, ago in columns.items()}
        session.execute(update(tables.Work).where(tables.Work.id == work_id).values(values))


def silent(sessions: Sessions, **more: Any) -> list[int]:
    with sessions.write() as session:
        return [due.id for due in work.silent(session, **more)]


def see(sessions: Sessions, owner: str = PARENT) -> None:
    with sessions.write() as session:
        workers.saw(session, SeenWorker(owner, "host", 1, "100.00", "text"))


def expire(sessions: Sessions) -> list[work.Poisonous]:
    """And what is poisonous then."""
    with sessions.write() as session:
        work.expire(session)
    with sessions.read() as session:
        return work.poisonous(session)


def claimed_in(session: Session, work_id: int) -> Job:
    job = work.claim(session, work_id=work_id, owner=CHILD)
    assert job is not None
    return job
