"""Calls as they are listed, and what is kept of the people in them. On SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from models.call import CallFacts, CallId, Direction, Stage
from storage import call_facts, calls, recordings, tables, work, workspaces
from storage.calls import Identity
from storage.database import Sessions, connect
from storage.vault import Vault

VAULT = Vault("a secret of the tests, long enough to be one")
START = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
PERSON, BUSINESS = "+12025550117", "+12025550100"


def new_call(session: Session, external_id: str, **given: Any) -> CallId:
    workspace_id = workspaces.ensure(session).id
    identity = Identity(external_id=external_id)
    made = calls.insert(session, workspace_id=workspace_id, identity=identity, lane="live", origin="")
    assert made is not None
    tell(session, made, **given)
    return made


def tell(session: Session, call_id: CallId, **given: Any) -> None:
    call_facts.update_facts(session, VAULT, call_id=call_id, facts=CallFacts(**given), named=frozenset(given))


def facts(sessions: Sessions, call_id: CallId) -> CallFacts:
    with sessions.read() as session:
        return calls.get(session, VAULT, call_id=call_id).facts


def numbers(sessions: Sessions) -> int:
    with sessions.read() as session:
        return session.scalar(select(func.count()).select_from(tables.Caller)) or 0


@contextmanager
def counted(sessions: Sessions) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(sessions.engine, "before_cursor_execute", note)
    yield said
    event.remove(sessions.engine, "before_cursor_execute", note)


def fill(sessions: Sessions, many: int) -> None:
    with sessions.write() as session:
        for number in range(many):
            start = START + timedelta(minutes=number)
            call_id = new_call(session, str(number), started_at=start, caller_number=f"+1202555{number:04}")
            saved = recordings.add(
                session, workspace_id=1, sha256=str(number), object_key=f"recordings/{number}", size=1
            )
            calls.set_recording(session, call_id=call_id, recording_id=saved.id, sha256=saved.sha256)
            for key in ("a", "b"):
                work.add(
                    session,
                    workspace_id=1,
                    call_id=call_id,
                    stage=Stage.TRANSCRIBE if key == "a" else Stage.FEED_BACK,
                    input_key=key,
                    queue="speech",
                    lane="live",
                )


def test_a_page_of_calls_takes_as_many_queries_as_one_call(sessions: Sessions) -> None:
    fill(sessions, 60)
    took = []
    for limit in (1, 50):
        with counted(sessions) as said, sessions.read() as session:
            found = calls.page(session, VAULT, workspace_id=1, limit=limit)
        assert len(found) == limit
        assert {call.stage for call in found} == {Stage.TRANSCRIBE}
        assert all(call.has_recording and call.facts.caller_number for call in found)
        took.append(len(said))
    assert took[0] == took[1] <= 5


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tehran", "America/New_York"])
def test_pages_join_without_gap_whatever_the_zone_of_the_database(database_url: str, zone: str) -> None:
    in_zone = f"?options=-c%20timezone%3D{zone}" if database_url.startswith("postgresql") else ""
    engine = connect(database_url + in_zone)
    sessions = Sessions(engine)
    fill(sessions, 5)
    seen: list[str | None] = []
    before = None
    with sessions.read() as session:
        while page := calls.page(session, VAULT, workspace_id=1, limit=2, before=before):
            seen += [call.facts.external_id for call in page]
            assert page[-1].facts.started_at is not None
            before = page[-1].facts.started_at, page[-1].id
    engine.dispose()
    assert seen == ["4", "3", "2", "1", "0"]


def test_who_dialled_stays_so_when_the_direction_becomes_known_later(sessions: Sessions) -> None:
    with sessions.write() as session:
        call_id = new_call(session, "1", caller_number=BUSINESS, dialled_number=PERSON)
    with sessions.write() as session:
        tell(session, call_id, direction=Direction.OUTBOUND)
        assert session.get_one(tables.Call, call_id).business_number == BUSINESS
    known = facts(sessions, call_id)
    assert (known.caller_number, known.dialled_number) == (BUSINESS, PERSON)


def test_a_number_that_no_call_has_any_more_is_forgotten(sessions: Sessions) -> None:
    with sessions.write() as session:
        one, two = (new_call(session, name, caller_number=PERSON) for name in ("1", "2"))
    assert numbers(sessions) == 1
    for call_id, left in ((one, 2), (two, 1)):
        with sessions.write() as session:
            tell(session, call_id, caller_number="+12025550118")
        assert numbers(sessions) == left
    assert facts(sessions, two).caller_number == "+12025550118"


def test_the_same_facts_again_change_nothing(sessions: Sessions) -> None:
    given = {"caller_number": PERSON, "agent": "Ann", "started_at": START, "channel_roles": {}}
    with sessions.write() as session:
        call_id = new_call(session, "1", **given)
        before = session.get_one(tables.Call, call_id).revision
        tell(session, call_id, **given)
        assert session.get_one(tables.Call, call_id).revision == before
