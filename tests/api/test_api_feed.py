"""The feed of attribution records: nothing is missed, nothing comes twice for nothing."""

from datetime import UTC, datetime

import pytest
from doors import Door
from sqlalchemy import update

from api.cursors import calls_cursor, feed_cursor
from storage import tables


def read(door: Door, after: str | None, limit: int = 2) -> tuple[list[tuple[str, str]], str]:
    """All that is new: calls with the type of their change, and the cursor to go on with."""
    seen: list[tuple[str, str]] = []
    more = True
    while more:
        page = door.get(f"/attribution-records?limit={limit}" + (f"&after={after}" if after else "")).json()
        seen += [(record["call"], record["type"]) for record in page["records"]]
        after, more = page["next"], page["more"]
    assert after is not None
    return seen, after


def test_a_reader_gets_every_change_once_and_goes_on_where_it_stood(door: Door) -> None:
    calls = [door.call(f"c{number}", answered=False) for number in range(5)]
    seen, after = read(door, None)
    assert seen == [(call, "call.tagged") for call in calls]
    assert read(door, after) == ([], after)
    newer = door.call("newer", answered=False)
    assert read(door, after)[0] == [(newer, "call.tagged")]


def test_an_empty_cursor_is_the_beginning(door: Door) -> None:
    door.call("a", answered=False)
    for path in ("/attribution-records?after=", "/calls?before="):
        assert door.get(path).json() == door.get(path.partition("?")[0]).json()
        assert door.get(path).status_code == 200


def test_a_cursor_stands_while_rows_are_added_and_changed(door: Door) -> None:
    calls = [door.call(f"c{number}", answered=False) for number in range(4)]
    first = door.get("/attribution-records?limit=2").json()
    assert [record["call"] for record in first["records"]] == calls[:2]
    door.call("c1", agent="Anna")
    door.call("c3", agent="Anna")
    late = door.call("late", answered=False)
    seen, _ = read(door, first["next"])
    assert [call for call, _ in seen] == [calls[2], calls[1], calls[3], late]
    assert dict(seen)[calls[1]] == "call.corrected"


def test_an_erased_call_comes_again_as_a_tombstone(door: Door) -> None:
    call = door.spoken()
    _, after = read(door, None)
    door.delete(f"/calls/{call}")
    (tombstone,) = door.get(f"/attribution-records?after={after}").json()["records"]
    assert (tombstone["call"], tombstone["type"], tombstone["record"]) == (call, "call.erased", None)
    assert read(door, None)[0] == [(call, "call.erased")]


def test_an_empty_feed_has_a_cursor_that_can_be_used(door: Door) -> None:
    seen, after = read(door, None)
    assert seen == []
    call = door.call("a", answered=False)
    assert read(door, after)[0] == [(call, "call.tagged")]


def test_a_record_has_what_was_said_and_tracked(door: Door) -> None:
    door.spoken(tracking={"source": "facebook", "medium": "cpc"})
    (entry,) = door.get("/attribution-records").json()["records"]
    record = entry["record"]
    assert record["verdict"] == "conflicts"
    assert [found["channel"] for found in record["stated_channels"]] == ["google_ads"]
    assert record["stated_channels"][0]["quotes"][0]["text"] == "your ad on Google."


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "bnVsbA",
        feed_cursor(2, 0),
        feed_cursor(1, -1),
        feed_cursor(1, 2**70),
        calls_cursor(1, datetime(2026, 1, 1, tzinfo=UTC), 1),
    ],
)
def test_an_unknown_cursor_is_refused(door: Door, cursor: str) -> None:
    answer = door.get(f"/attribution-records?after={cursor}")
    assert (answer.status_code, answer.json()["type"]) == (422, "/docs/problems#unknown-cursor")
    assert "begin again without `after`" in answer.json()["detail"]


def test_a_cursor_ahead_of_a_restored_database_is_refused(door: Door) -> None:
    door.call("a", answered=False)
    _, after = read(door, None)
    with door.tools.sessions.write() as session:
        session.execute(update(tables.Event).values(seq=0))
    answer = door.get(f"/attribution-records?after={after}")
    assert answer.status_code == 422
    assert "restored from an older backup" in answer.json()["detail"]


def test_a_limit_out_of_bounds_is_refused(door: Door) -> None:
    assert door.get("/attribution-records?limit=1001").status_code == 422
    assert "did you mean 'after'?" in door.get("/attribution-records?afte=x").json()["detail"]
