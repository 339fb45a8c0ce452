"""What is to be done: claimed once, fenced, found again when its worker is gone. On SQLite and on PostgreSQL."""

import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from work_rows import add, age, claim, claimed, claimed_in, expire, make_due, new_call, row, see, silent, state

from models.call import CallId
from models.errors import LeaseLost
from storage import tables, work, workers
from storage.database import Sessions, moment
from storage.work import DueWork, Job


@pytest.fixture
def call_id(sessions: Sessions) -> CallId:
    with sessions.write() as session:
        return new_call(session, "one")


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
