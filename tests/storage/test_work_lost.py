"""Leases whose holder is gone: what counts as a crash, and when a row is set apart. On SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from work_rows import CHILD, PARENT, age, claim, claimed, expire, make_due, new_call, row, see, state

from models.call import CallId, Stage
from storage import tables, work, workers
from storage.database import Sessions, moment


@pytest.fixture
def call_id(sessions: Sessions) -> CallId:
    with sessions.write() as session:
        return new_call(session, "one")


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
