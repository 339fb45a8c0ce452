"""What is to be done: claimed once, fenced, found again when its worker is gone. On SQLite and on PostgreSQL."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.call import CallId, Stage
from models.errors import LeaseLost
from storage import calls, tables, work, workers, workspaces
from storage.calls import Identity
from storage.database import Sessions, moment
from storage.work import DueWork, Job
from storage.workers import SeenWorker

PARENT = "host/1/100.00"
CHILD = f"{PARENT}/2"


@pytest.fixture
def call_id(sessions: Sessions) -> CallId:
    with sessions.write() as session:
        return new_call(session, "one")


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


def test_what_is_made_due_is_to_be_sent_after_the_commit(sessions: Sessions, call_id: CallId) -> None:
    with sessions.write() as session:
        add(session, call_id)
        due = session.info["due"]
    assert [(one.queue, one.lane) for one in due] == [("text", "live")]


def test_the_same_stage_of_the_same_input_is_one_row(sessions: Sessions, call_id: CallId) -> None:
    first, second = make_due(sessions, call_id), make_due(sessions, call_id)
    assert first == second
    with sessions.read() as session:
        assert session.scalar(select(func.count()).select_from(tables.Work)) == 1


def test_a_row_that_runs_is_left_alone_by_whoever_wants_it_again(sessions: Sessions, call_id: CallId) -> None:
    job = claimed(sessions, make_due(sessions, call_id))
    make_due(sessions, call_id)
    with sessions.write() as session:
        work.finish(session, job)


def test_a_row_that_was_done_is_due_again_when_it_is_wanted_again(sessions: Sessions, call_id: CallId) -> None:
    work_id = make_due(sessions, call_id)
    with sessions.write() as session:
        work.finish(session, claimed_in(session, work_id))
    make_due(sessions, call_id)
    assert claimed(sessions, work_id).attempt == 1


def claimed_in(session: Session, work_id: int) -> Job:
    job = work.claim(session, work_id=work_id, owner=CHILD)
    assert job is not None
    return job


def test_one_of_two_claims_wins(sessions: Sessions, call_id: CallId) -> None:
    work_id = make_due(sessions, call_id)
    assert claim(sessions, work_id) is not None
    assert claim(sessions, work_id) is None


def test_many_clients_claim_each_row_once(sessions: Sessions, call_id: CallId) -> None:
    ids = [make_due(sessions, call_id, f"key {number}") for number in range(60)]
    won: list[int] = []

    def run() -> None:
        won.extend(work_id for work_id in ids if claim(sessions, work_id, threading.current_thread().name))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == ids


def test_what_is_due_later_is_not_claimed_yet(sessions: Sessions, call_id: CallId) -> None:
    work_id = make_due(sessions, call_id, delay=timedelta(hours=1))
    assert claim(sessions, work_id) is None
    assert silent(sessions) == []


def retry(session: Session, job: Job) -> None:
    work.retry_later(session, job, error="", delay=timedelta())


def give_up(session: Session, job: Job) -> None:
    work.give_up(session, job, error="")


@pytest.mark.parametrize("write", [work.finish, retry, give_up])
def test_whoever_lost_the_lease_writes_nothing(sessions: Sessions, call_id: CallId, write: Any) -> None:
    work_id = make_due(sessions, call_id)
    old = claimed(sessions, work_id)
    age(sessions, work_id, lease_until=timedelta(seconds=1))
    expire(sessions)
    new = claimed(sessions, work_id, "host/9/9.00/10")
    assert new.fence == old.fence + 1
    with sessions.write() as session, pytest.raises(LeaseLost):
        write(session, old)
    with sessions.write() as session:
        assert not work.beat(session, old, progress=0.5)
        work.give_back(session, old)
        work.finish(session, new)
    assert state(sessions, work_id) == "done"


def test_a_failed_transaction_leaves_the_row_running(sessions: Sessions, call_id: CallId) -> None:
    work_id = make_due(sessions, call_id)
    job = claimed(sessions, work_id)
    with suppress(RuntimeError), sessions.write() as session:
        work.finish(session, job)
        raise RuntimeError("the result could not be written")
    assert state(sessions, work_id) == "running"


def test_a_beat_prolongs_the_lease_and_carries_the_progress(sessions: Sessions, call_id: CallId) -> None:
    work_id = make_due(sessions, call_id)
    job = claimed(sessions, work_id)
    age(sessions, work_id, lease_until=timedelta(seconds=1))
    with sessions.write() as session:
        assert work.beat(session, job, progress=0.25)
    assert expire(sessions) == []
    with row(sessions, work_id) as found:
        assert (found.state, found.progress) == ("running", 0.25)


def test_what_is_given_back_is_due_at_once_and_the_attempt_does_not_count(sessions: Sessions, call_id: CallId) -> None:
    work_id = make_due(sessions, call_id)
    with sessions.write() as session:
        work.give_back(session, claimed_in(session, work_id))
    assert silent(sessions) == [work_id]
    assert claimed(sessions, work_id).attempt == 1


def test_a_retry_waits_and_counts(sessions: Sessions, call_id: CallId) -> None:
    work_id = make_due(sessions, call_id)
    with sessions.write() as session:
        work.retry_later(session, claimed_in(session, work_id), error="no answer", delay=timedelta(minutes=1))
    assert silent(sessions) == []
    age(sessions, work_id, due_at=timedelta(0))
    assert silent(sessions) == [work_id]
    assert claimed(sessions, work_id).attempt == 2


def test_a_killed_worker_is_a_crash_while_its_parent_lives(sessions: Sessions, call_id: CallId) -> None:
    work_id = make_due(sessions, call_id)
    see(sessions)
    for count in (1, 2):
        claimed(sessions, work_id)
        with sessions.write() as session:
            work.lapse(session, owner=CHILD)
        assert expire(sessions) == []
        with row(sessions, work_id) as found:
            assert (found.state, found.crashes, found.interruptions) == ("due", count, 0)
    claimed(sessions, work_id)
    with sessions.write() as session:
        work.lapse(session, owner=CHILD)
    (poisonous,) = expire(sessions)
    assert (poisonous.call_id, poisonous.stage) == (call_id, Stage.CLASSIFY)
    assert "killed 3 times" in poisonous.error
    assert claim(sessions, work_id) is None, "nobody takes it any more"
    for is_first in (True, False):
        with sessions.write() as session:
            assert work.set_apart(session, poisonous) is is_first
    assert state(sessions, work_id) == "failed"
    assert expire(sessions) == []


def test_a_row_made_due_anew_is_not_set_apart_for_what_it_was(sessions: Sessions, call_id: CallId) -> None:
    work_id = make_due(sessions, call_id)
    with sessions.write() as session:
        session.execute(update(tables.Work).values(crashes=work.MAX_CRASHES))
    (poisonous,) = expire(sessions)
    with sessions.write() as session:
        session.execute(update(tables.Work).values(crashes=0))
        assert not work.set_apart(session, poisonous)
    assert claim(sessions, work_id) is not None


@pytest.mark.parametrize("seen", [None, "host/1/1.00", "host/1/100.0"], ids=["nobody", "another", "a like name"])
def test_a_machine_that_went_down_is_an_interruption_and_not_the_call_s_fault(
    sessions: Sessions, call_id: CallId, seen: str | None
) -> None:
    work_id = make_due(sessions, call_id)
    if seen is not None:
        see(sessions, seen + "/")
    for _ in range(work.MAX_CRASHES + 1):
        claimed(sessions, work_id)
        age(sessions, work_id, lease_until=timedelta(seconds=1))
        assert expire(sessions) == []
    with row(sessions, work_id) as found:
        assert (found.state, found.crashes, found.interruptions) == ("due", 0, work.MAX_CRASHES + 1)


def test_even_interruptions_have_an_end(sessions: Sessions, call_id: CallId) -> None:
    work_id = make_due(sessions, call_id)
    with sessions.write() as session:
        session.execute(update(tables.Work).values(interruptions=work.MAX_INTERRUPTIONS - 1))
    claimed(sessions, work_id)
    age(sessions, work_id, lease_until=timedelta(seconds=1))
    assert "interrupted 20 times" in expire(sessions)[0].error


def test_a_worker_that_was_not_seen_for_long_does_not_count_as_alive(sessions: Sessions, call_id: CallId) -> None:
    work_id = make_due(sessions, call_id)
    see(sessions)
    with sessions.write() as session:
        session.execute(update(tables.Worker).values(seen_at=moment(session, -timedelta(minutes=2))))
    claimed(sessions, work_id)
    age(sessions, work_id, lease_until=timedelta(seconds=1))
    expire(sessions)
    with row(sessions, work_id) as found:
        assert (found.crashes, found.interruptions) == (0, 1)


def test_a_dead_owner_loses_the_leases_of_all_its_processes_and_of_nobody_else(
    sessions: Sessions, call_id: CallId
) -> None:
    owners = (CHILD, PARENT, f"{PARENT}/33", "host/1/100.001/2", "host_1/100.00/2")
    ids = [make_due(sessions, call_id, owner) for owner in owners]
    for work_id, owner in zip(ids, owners, strict=True):
        claimed(sessions, work_id, owner)
    see(sessions)
    with sessions.write() as session:
        work.release(session, owners=[PARENT])
    assert [state(sessions, work_id) for work_id in ids] == ["due", "due", "due", "running", "running"]
    with sessions.read() as session:
        assert workers.alive(session) == []


def test_a_lapsed_lease_is_that_of_one_process(sessions: Sessions, call_id: CallId) -> None:
    mine, other = make_due(sessions, call_id, "mine"), make_due(sessions, call_id, "other")
    claimed(sessions, mine, CHILD)
    claimed(sessions, other, f"{CHILD}2")
    with sessions.write() as session:
        work.lapse(session, owner=CHILD)
    expire(sessions)
    assert (state(sessions, mine), state(sessions, other)) == ("due", "running")


def test_what_was_just_sent_is_not_sent_again(sessions: Sessions, call_id: CallId) -> None:
    make_due(sessions, call_id)
    assert silent(sessions) == []


def test_a_lost_message_is_sent_again_after_a_minute_then_after_twice_the_time(
    sessions: Sessions, call_id: CallId
) -> None:
    work_id = make_due(sessions, call_id)
    minute = timedelta(seconds=61)
    age(sessions, work_id, due_at=minute, sent_at=minute)
    assert silent(sessions) == [work_id]
    age(sessions, work_id, due_at=5 * minute, sent_at=2 * minute)
    assert silent(sessions) == []
    age(sessions, work_id, due_at=5 * minute, sent_at=3 * minute)
    assert silent(sessions) == [work_id]


def test_even_the_oldest_message_is_sent_again_within_the_hour(sessions: Sessions, call_id: CallId) -> None:
    work_id = make_due(sessions, call_id)
    age(sessions, work_id, due_at=timedelta(days=3), sent_at=timedelta(minutes=31))
    assert silent(sessions) == [work_id]


def test_a_backlog_is_not_sent_again_but_for_its_front(
    sessions: Sessions, call_id: CallId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "FRONT", 2)
    for lane in ("live", "bulk"):
        for number in range(4):
            work_id = make_due(sessions, call_id, f"{lane} {number}", lane=lane)
            age(sessions, work_id, due_at=timedelta(minutes=9 - number), sent_at=timedelta(minutes=9 - number))
    with sessions.read() as session:
        front = session.scalars(select(tables.Work.id).where(tables.Work.input_key.like("% 0")))
        second = session.scalars(select(tables.Work.id).where(tables.Work.input_key.like("% 1")))
        expected = sorted([*front, *second])
    assert silent(sessions) == expected


def test_when_all_messages_are_gone_all_are_sent_again_in_pieces(sessions: Sessions, call_id: CallId) -> None:
    ids = [make_due(sessions, call_id, f"key {number}") for number in range(5)]
    running = make_due(sessions, call_id, "running")
    claimed(sessions, running)
    with sessions.write() as session:
        work.forget_sent(session)
    assert silent(sessions, limit=3) == ids[:3]
    assert silent(sessions, limit=3) == ids[3:]
    assert silent(sessions, limit=3) == []


def test_a_message_names_its_queue_and_lane(sessions: Sessions, call_id: CallId) -> None:
    work_id = make_due(sessions, call_id, lane="bulk")
    with sessions.write() as session:
        work.forget_sent(session)
        assert work.silent(session) == [DueWork(work_id, "text", "bulk")]


def test_what_is_set_aside_finds_its_fence_gone(sessions: Sessions, call_id: CallId) -> None:
    job = claimed(sessions, make_due(sessions, call_id))
    with sessions.write() as session:
        assert work.is_open(session, call_id=call_id)
        work.set_aside(session, call_id=call_id)
        assert not work.is_open(session, call_id=call_id)
    with pytest.raises(LeaseLost), sessions.write() as session:
        work.finish(session, job)


def test_the_backlog_counts_what_waits_and_what_runs(sessions: Sessions, call_id: CallId) -> None:
    ids = [make_due(sessions, call_id, f"key {number}") for number in range(3)]
    claimed(sessions, ids[0])
    with sessions.write() as session:
        work.finish(session, claimed_in(session, ids[1]))
        assert work.backlog(session) == {"text": 2}


def test_a_job_has_one_leader_until_its_lease_ends(sessions: Sessions) -> None:
    def leads(owner: str, lease: timedelta = timedelta(minutes=1)) -> bool:
        with sessions.write() as session:
            return workers.lead(session, job="sweep", owner=owner, lease=lease)

    assert leads("a")
    assert not leads("b")
    assert leads("a", -timedelta(seconds=1))
    assert leads("b")
    assert not leads("a")


def test_workers_that_were_not_seen_for_a_day_are_forgotten(sessions: Sessions) -> None:
    see(sessions)
    with sessions.write() as session:
        session.execute(update(tables.Worker).values(seen_at=moment(session, -timedelta(days=2))))
        workers.forget(session)
        assert workers.on_host(session, host="host") == []
