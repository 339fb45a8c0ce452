"""The feed of changed records: nothing missed and nothing twice, however writers overlap. On both databases."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.call import CallId
from storage import calls, records, workspaces
from storage.calls import Identity
from storage.database import Sessions
from storage.records import Change

WAIT_SECONDS = 20


@pytest.fixture
def workspace_id(sessions: Sessions) -> int:
    with sessions.write() as session:
        return workspaces.ensure(session).id


def new_call(session: Session, workspace_id: int, external_id: str) -> CallId:
    identity = Identity(external_id=external_id)
    made = calls.insert(session, workspace_id=workspace_id, identity=identity, lane="live", origin="")
    assert made is not None
    return made


def write(
    sessions: Sessions, workspace_id: int, name: str, *, says: Any = 1, before_commit: Callable[[], object] = int
) -> Change | None:
    """The record of the call `name`, made when it isn't there."""
    with sessions.write() as session:
        found = calls.find(session, workspace_id=workspace_id, identity=Identity(external_id=name))
        call_id = found or new_call(session, workspace_id, name)
        change = records.write(session, workspace_id=workspace_id, call_id=call_id, body={"says": says})
        before_commit()
        return change


def read(sessions: Sessions, workspace_id: int, after: int = 0, limit: int = 1000) -> list[Change]:
    with sessions.read() as session:
        return records.feed(session, workspace_id=workspace_id, after=after, limit=limit)


def test_a_writer_that_commits_late_is_not_missed(sessions: Sessions, workspace_id: int) -> None:
    """The slow one takes its number first and commits last; a reader in between must not step over it."""
    has_number, may_commit = threading.Event(), threading.Event()
    fast_done = threading.Event()
    numbers: dict[str, int] = {}

    def slow() -> None:
        def hold() -> None:
            has_number.set()
            assert may_commit.wait(WAIT_SECONDS)

        change = write(sessions, workspace_id, "slow", before_commit=hold)
        assert change is not None
        numbers["slow"] = change.seq

    def fast() -> None:
        assert has_number.wait(WAIT_SECONDS)
        change = write(sessions, workspace_id, "fast")
        assert change is not None
        numbers["fast"] = change.seq
        fast_done.set()

    threads = [threading.Thread(target=slow), threading.Thread(target=fast)]
    for thread in threads:
        thread.start()
    assert has_number.wait(WAIT_SECONDS)
    early = read(sessions, workspace_id)
    assert early == []
    assert not fast_done.wait(0.3)  # it waits for the slow one: else its number would be seen first
    may_commit.set()
    for thread in threads:
        thread.join()
    assert numbers == {"slow": 1, "fast": 2}
    assert [change.seq for change in read(sessions, workspace_id)] == [1, 2]


def test_a_reader_with_a_cursor_sees_every_change_of_many_writers_in_order(
    sessions: Sessions, workspace_id: int
) -> None:
    writers, each = 4, 15
    over = threading.Event()
    seen: list[Change] = []

    def run(number: int) -> None:
        for count in range(each):
            write(sessions, workspace_id, f"call {number} {count}")

    def follow() -> None:
        while True:
            was_over = over.is_set()
            page = read(sessions, workspace_id, after=seen[-1].seq if seen else 0, limit=7)
            seen.extend(page)
            if was_over and not page:
                return

    threads = [threading.Thread(target=run, args=(number,)) for number in range(writers)]
    reader = threading.Thread(target=follow)
    for thread in (reader, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    reader.join()
    assert [change.seq for change in seen] == list(range(1, writers * each + 1))
    assert len({change.call_id for change in seen}) == writers * each


def test_a_writer_that_rolls_back_leaves_no_gap(sessions: Sessions, workspace_id: int) -> None:
    def fail() -> None:
        raise RuntimeError("no")

    write(sessions, workspace_id, "one")
    with pytest.raises(RuntimeError):
        write(sessions, workspace_id, "two", before_commit=fail)
    write(sessions, workspace_id, "three")
    assert [change.seq for change in read(sessions, workspace_id)] == [1, 2]


def test_a_corrected_record_comes_again_once_in_its_last_state(sessions: Sessions, workspace_id: int) -> None:
    write(sessions, workspace_id, "one", says="first")
    write(sessions, workspace_id, "two")
    for says in ("second", "third"):
        write(sessions, workspace_id, "one", says=says)
    after = read(sessions, workspace_id, after=2)
    assert [(change.seq, change.type, change.revision, change.body) for change in after] == [
        (4, "call.corrected", 3, {"says": "third"})
    ]
    assert [change.seq for change in read(sessions, workspace_id)] == [2, 4]


def test_a_record_that_says_the_same_is_no_change(sessions: Sessions, workspace_id: int) -> None:
    assert write(sessions, workspace_id, "one") is not None
    assert write(sessions, workspace_id, "one") is None
    with sessions.read() as session:
        assert records.last_event(session, workspace_id=workspace_id) == 1


def test_an_erased_record_is_a_tombstone(sessions: Sessions, workspace_id: int) -> None:
    write(sessions, workspace_id, "one")
    with sessions.write() as session:
        call_id = calls.find(session, workspace_id=workspace_id, identity=Identity(external_id="one"))
        assert call_id is not None
        records.write(session, workspace_id=workspace_id, call_id=call_id, body=None)
    (change,) = read(sessions, workspace_id)
    assert (change.type, change.body, change.revision) == ("call.erased", None, 2)


def test_each_workspace_has_its_own_numbers(sessions: Sessions, workspace_id: int) -> None:
    with sessions.write() as session:
        other = workspaces.ensure(session, "other").id
    write(sessions, workspace_id, "one")
    write(sessions, other, "one")
    write(sessions, other, "two")
    assert [change.seq for change in read(sessions, workspace_id)] == [1]
    assert [change.seq for change in read(sessions, other)] == [1, 2]
