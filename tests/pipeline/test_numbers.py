"""What a number stands for, and the calls that dialled it. On SQLite and on PostgreSQL."""

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from road import OPENED, drain
from sqlalchemy import func, select, update
from toolboxes import make_toolbox

from models.call import CallFacts, CallId, Direction, Tracking
from models.errors import BadInput, Conflict, NotFound
from models.touchpoint import TrackingNumber
from models.upload import Upload
from pipeline import match, numbers
from pipeline.ingest import ingest_call
from pipeline.numbers import add_number, remove_number
from pipeline.toolbox import Toolbox
from storage import migrate, records, tables, workspaces
from storage import numbers as stored

BOARD, FLYER = "+12025550143", "+12025550144"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def number(first: int | None = None, last: int | None = None, **given: Any) -> TrackingNumber:
    """From and to these days of March."""
    days = {name: day and date(2026, 3, day) for name, day in (("first_day", first), ("last_day", last))}
    return TrackingNumber(**{"number": BOARD, "channel": "billboard", **days, **given})


def hear(tools: Toolbox, name: str = "call", dialled: str | None = BOARD, at: datetime = NOON, **given: Any) -> CallId:
    facts = CallFacts(provider="pbx", external_id=name, started_at=at, dialled_number=dialled, **given)
    upload = Upload(facts=facts, named=frozenset({"started_at", "dialled_number", "tracking.source", *given}))
    call_id = ingest_call(tools, upload, workspace_id=1).call_id
    drain(tools)
    return call_id


def path(tools: Toolbox, call_id: CallId) -> list[str]:
    """Each as `channel matched_by`."""
    with tools.sessions.read() as session:
        change = records.of_call(session, call_id=call_id)
    assert change is not None
    assert change.body is not None
    return [f"{step['channel']} {step['matched_by']}" for step in change.body["tracked"]["path"]]


@pytest.fixture
def tools(tmp_path: Path, database_url: str) -> Toolbox:
    made = make_toolbox(tmp_path, database_url=database_url)
    OPENED.append(made)
    return made


@pytest.mark.parametrize(
    ("given", "call", "expected"),
    [
        (number(), {}, ["billboard number_dialled"]),
        (number(10, 10), {}, ["billboard number_dialled"]),
        (number(11), {}, []),
        (number(None, 9), {}, []),
        (number(), {"dialled": FLYER}, []),
        (number(), {"dialled": None}, []),
        (number(), {"direction": Direction.INBOUND}, ["billboard number_dialled"]),
        (number(), {"direction": Direction.OUTBOUND}, []),
        (number(), {"direction": Direction.INTERNAL}, []),
        (number(), {"tracking": Tracking(source="vk")}, ["vk call"]),
        (number(), {"tracking": Tracking(source="(direct)")}, ["billboard number_dialled"]),
        (number(channel="", source="google", medium="gbp"), {}, ["google_maps number_dialled"]),
        (number(number="+1 (202) 555-0143"), {}, ["billboard number_dialled"]),
    ],
)
@pytest.mark.parametrize("is_late", [False, True], ids=["before", "after"])
def test_what_was_dialled_attributes_a_call_of_which_nothing_better_is_known(
    tools: Toolbox, given: TrackingNumber, call: dict[str, Any], expected: list[str], is_late: bool
) -> None:
    call_id = hear(tools, **call) if is_late else None
    add_number(tools, given, workspace_id=1)
    drain(tools)
    assert path(tools, call_id or hear(tools, **call)) == expected


def test_days_are_those_of_the_workspace(tools: Toolbox) -> None:
    with tools.sessions.write() as session:
        session.execute(update(tables.Workspace).values(zone="Asia/Tehran"))  # three hours and a half before UTC
    late = [hear(tools, str(hour), at=datetime(2026, 3, 9, hour, tzinfo=UTC)) for hour in (20, 21)]
    add_number(tools, number(10, 10), workspace_id=1)
    drain(tools)
    assert [path(tools, call_id) for call_id in late] == [[], ["billboard number_dialled"]]
    assert path(tools, hear(tools, "end", at=datetime(2026, 3, 10, 21, tzinfo=UTC))) == []


def test_a_number_that_is_removed_never_stood_for_it(tools: Toolbox) -> None:
    saved = add_number(tools, number(1, 20), workspace_id=1)
    call_id = hear(tools)
    remove_number(tools, saved.public_id, workspace_id=1)
    drain(tools)
    assert path(tools, call_id) == []
    with tools.sessions.read() as session:
        assert session.scalar(select(func.count()).select_from(tables.TrackingNumber)) == 0
    with pytest.raises(NotFound, match=saved.public_id):
        remove_number(tools, saved.public_id, workspace_id=1)


@pytest.mark.parametrize(
    ("known", "given", "said"),
    [
        (number(1, 10), number(10, 12), "billboard from 2026-03-01 to 2026-03-10 already, and not from 2026-03-10"),
        (number(5, 10), number(1, 5), "from 2026-03-05 to 2026-03-10 already"),
        (number(5, 10), number(6, 7), "from 2026-03-05 to 2026-03-10 already"),
        (number(6, 7), number(5, 10), "from 2026-03-06 to 2026-03-07 already"),
        (number(), number(5, 10), "billboard at all times already"),
        (number(5), number(), "from 2026-03-05 already, and not at all times as well"),
        (number(5), number(9), "from 2026-03-05 already"),
        (number(None, 5), number(None, 2), "to 2026-03-05 already"),
        (number(1, 10), number(11, 12), None),
        (number(5, 10), number(None, 4), None),
        (number(None, 4), number(5), None),
        (number(), number(number=FLYER), None),
    ],
)
def test_dates_of_a_number_that_overlap_are_refused_with_the_others_dates(
    tools: Toolbox, known: TrackingNumber, given: TrackingNumber, said: str | None
) -> None:
    add_number(tools, known, workspace_id=1)
    if said is None:
        add_number(tools, given, workspace_id=1)
    else:
        with pytest.raises(Conflict) as refused:
            add_number(tools, given, workspace_id=1)
        assert said in str(refused.value)
    with tools.sessions.write() as session:
        other = workspaces.ensure(session, "other").id
    add_number(tools, given, workspace_id=other)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (number(number="101"), "'101' is no phone number"),
        (number(number="anonymous"), "'anonymous' is no phone number"),
        (number(number="555-0143"), "'555-0143' is no phone number"),
        (number(channel="pigeon"), "channel 'pigeon' is none; one of: google_ads"),
        (number(channel=""), "neither channel nor source says what it stands for"),
        (number(channel="", source="(direct)"), "neither channel nor source"),
        (number(9, 8), "the last day 2026-03-08 is before the first, 2026-03-09"),
        (number(first_day=date(26, 3, 1)), "0026-03-01 is not between 1990 and 2100"),
    ],
)
def test_what_cannot_be_is_refused_with_its_value(tools: Toolbox, given: TrackingNumber, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        add_number(tools, given, workspace_id=1)
    assert said in str(refused.value)


def test_calls_of_a_number_that_was_kept_and_no_more_follow_with_the_next_sweep(
    tools: Toolbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = hear(tools)
    with monkeypatch.context() as killed:
        killed.setattr(match, "restate_all", _die)
        with pytest.raises(KeyboardInterrupt):
            add_number(tools, number(), workspace_id=1)
    drain(tools)
    assert path(tools, call_id) == []
    numbers.settle(tools)
    drain(tools)
    assert path(tools, call_id) == ["billboard number_dialled"]
    with tools.sessions.read() as session:
        assert stored.unsettled(session) == []


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_calls_that_were_there_before_numbers_could_be_said_follow(tools: Toolbox) -> None:
    call_id = hear(tools)
    migrate.downgrade(tools.sessions.engine, "0004")
    migrate.upgrade(tools.sessions.engine)
    add_number(tools, number(), workspace_id=1)
    drain(tools)
    assert path(tools, call_id) == ["billboard number_dialled"]


def test_whatever_the_order_the_records_are_the_same(tmp_path: Path) -> None:
    """Two periods, one of them put right later, and calls in each."""
    days = (5, 15, 25)
    for place, order in enumerate(itertools.permutations(("first", "second", "calls"))):
        folder = tmp_path / str(place)
        folder.mkdir()
        tools = make_toolbox(folder)
        OPENED.append(tools)
        for what in order:
            if what == "first":
                wrong = add_number(tools, number(1, 8, channel="tv"), workspace_id=1)
                remove_number(tools, wrong.public_id, workspace_id=1)
                add_number(tools, number(1, 10), workspace_id=1)
            elif what == "second":
                add_number(tools, number(11, 20, channel="flyer"), workspace_id=1)
            else:
                ids = [hear(tools, str(day), at=NOON + timedelta(days=day - 10)) for day in days]
        drain(tools)
        expected = [["billboard number_dialled"], ["flyer number_dialled"], []]
        assert [path(tools, call_id) for call_id in ids] == expected, order
