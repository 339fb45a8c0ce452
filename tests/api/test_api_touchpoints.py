"""Touchpoints over the API: taken in once, refused by name and index, each workspace its own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from doors import Door, make_key
from sqlalchemy import select

from storage import tables

AT = "2026-03-02T09:58:00Z"


def soon(**later: float) -> str:
    return (datetime.now(UTC) + timedelta(**later)).isoformat()


def path(door: Door, call: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = door.get(f"/calls/{call}/record").json()["record"]["tracked"]["path"]
    return found


def test_one_or_several_are_taken_and_a_repeat_changes_nothing(door: Door) -> None:
    one = {"id": "t1", "at": AT, "source": "google", "medium": "cpc"}
    first = door.post("/touchpoints", json=one)
    assert (first.status_code, first.json()) == (202, {"created": 1, "known": 0})
    several = {"touchpoints": [{**one, "source": "bing"}, *({**one, "id": f"n{each}"} for each in range(999))]}
    assert door.post("/touchpoints", json=several).json() == {"created": 999, "known": 1}
    assert door.post("/touchpoints", json=several).json() == {"created": 0, "known": 1000}
    with door.tools.sessions.read() as session:
        kept = session.scalars(select(tables.Touchpoint).where(tables.Touchpoint.sender_id == "t1")).one()
    assert (kept.channel, kept.source, kept.settled) == ("google_ads", "google", True)


def test_the_callers_number_is_nowhere_in_clear(door: Door) -> None:
    door.post("/touchpoints", json={"id": "t", "at": AT, "caller_number": "+1 (202) 555-0143", "visitor_id": 7})
    with door.tools.sessions.read() as session:
        row = session.scalars(select(tables.Touchpoint)).one()
        keys = {key.kind: key.value for key in session.scalars(select(tables.TouchKey))}
    assert row.phone_cipher is not None
    assert door.tools.vault.decrypt(row.phone_cipher) == "+12025550143"
    assert keys["caller"] == door.tools.vault.hash("+12025550143")
    assert not [value for value in vars(row).values() if "2025550143" in str(value)]


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"at": soon(minutes=6)}, "at", "is in the future (here it is"),
        ({"at": "yesterday"}, "at", "'yesterday' is no ISO 8601 time"),
        ({"at": "2026-03-02T09:58:00"}, "at", "has no time zone"),
        ({"at": None}, "at", "is empty; say when it was"),
        ({"id": " "}, "id", "is empty; give an id of your own"),
        ({"id": "x" * 201}, "id", "at most 200 characters"),
        ({"sorce": "google"}, "sorce", "there is no such field; did you mean source?"),
        ({"gclid": "1"}, "gclid", "write it as touchpoints.1.click_ids.gclid"),
        ({"workspace_id": 2}, "workspace_id", "there is no such field"),
        ({"caller_number": "12345"}, "caller_number", "'12345' is no phone number; write it with its country code"),
        ({"caller_number": "Anna"}, "caller_number", "'Anna' is no phone number"),
        ({"shown_number": "+1999"}, "shown_number", "'+1999' is no phone number"),
        ({"call": "01J"}, "call", "there is no call '01J' in this workspace"),
        ({"click_ids": {"gclid": 1.5}}, "click_ids.gclid", "is a number with a fraction"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_nothing_is_kept(
    door: Door, wrong: dict[str, object], field: str, said: str
) -> None:
    good = {"id": "a", "at": AT}
    answer = door.post("/touchpoints", json={"touchpoints": [good, {"id": "b", "at": AT, **wrong}]})
    assert answer.status_code == 422, answer.text
    assert [fault["field"] for fault in answer.json()["errors"]] == [f"touchpoints.1.{field}"]
    assert answer.json()["detail"].startswith(f"touchpoints.1.{field}: ")
    assert said in answer.json()["detail"]
    assert door.post("/touchpoints", json=good).json() == {"created": 1, "known": 0}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"touchpoints": []}, "touchpoints"),
        ({"touchpoints": [{"id": "a", "at": AT}] * 1001}, "at most 1000 entries"),
        ({"touchpoints": [{"id": "a", "at": AT}] * 2}, "has the id 'a' at 0 and at 1"),
        ({"touchpoints": [], "touchpoint": 1}, "touchpoint: there is no such field"),
        ({"at": AT, "source": "google"}, "touchpoints.0.id: is missing"),
        ([], "must be a JSON object"),
    ],
)
def test_a_wrong_body_is_a_problem(door: Door, body: object, said: str) -> None:
    answer = door.post("/touchpoints", json=body)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_a_clock_that_is_a_little_ahead_is_forgiven(door: Door) -> None:
    assert door.post("/touchpoints", json={"id": "a", "at": soon(minutes=4)}).status_code == 202


def test_numbers_without_a_country_code_are_read_as_the_workspaces(door: Door) -> None:
    from storage import workspaces

    local = {"id": "a", "at": AT, "caller_number": "(202) 555-0143"}
    assert "is no phone number" in door.post("/touchpoints", json=local).json()["detail"]
    with door.tools.sessions.write() as session:
        workspaces.set_region(session, 1, "US")
    assert door.post("/touchpoints", json=local).status_code == 202
    call = door.call("1", caller_number="+12025550143", started_at="2026-03-02T10:00:00Z")
    assert path(door, call) == []  # somebody was there; nothing says from where


def test_each_workspace_has_its_own(door: Door, stranger: Door) -> None:
    call = door.call("1", started_at="2026-03-02T10:00:00Z", tracking={"session_id": "s"})
    theirs = {"id": "t1", "at": AT, "source": "google", "session_id": "s"}
    assert stranger.post("/touchpoints", json=theirs).json() == {"created": 1, "known": 0}
    refused = stranger.post("/touchpoints", json={**theirs, "id": "t2", "call": call})
    assert refused.status_code == 422
    assert f"there is no call '{call}' in this workspace" in refused.json()["detail"]
    assert refused.json()["errors"][0]["field"] == "touchpoints.0.call"
    door.work()
    assert path(door, call) == []
    assert door.post("/touchpoints", json={**theirs, "source": "vk"}).json() == {"created": 1, "known": 0}
    door.work()
    assert [(step["channel"], step["matched_by"]) for step in path(door, call)] == [("vk", "session")]


def test_a_key_for_something_else_may_not_send_them(door: Door) -> None:
    key = make_key(door.tools, "calls:write", name="calls")
    answer = door.post("/touchpoints", json={"id": "a", "at": AT}, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 403
    assert "touchpoints:write" in answer.json()["detail"]


@pytest.mark.parametrize("is_late", [True, False])
def test_a_touchpoint_before_or_after_its_call_is_in_its_record(door: Door, is_late: bool) -> None:
    touch = {"id": "t", "at": AT, "source": "google", "medium": "cpc", "campaign": "Spring", "session_id": "s1"}
    if not is_late:
        door.post("/touchpoints", json=touch)
    call = door.spoken("1", started_at="2026-03-02T10:00:00Z", tracking={"session_id": "s1"})
    if is_late:
        assert door.get(f"/calls/{call}/record").json()["record"]["verdict"] == "fills"
        door.post("/touchpoints", json=touch)
        door.work()
    record = door.get(f"/calls/{call}/record").json()["record"]
    assert (record["verdict"], record["tracked"]["channel"]) == ("agrees", "google_ads")
    assert record["tracked"]["path"] == [
        {
            "channel": "google_ads",
            "at": AT,
            "source": "google",
            "medium": "cpc",
            "campaign": "Spring",
            "matched_by": "session",
        }
    ]
    (listed,) = door.get("/attribution-records").json()["records"]
    assert listed["revision"] == (2 if is_late else 1)
    assert door.get(f"/calls/{call}").json()["state"] == "finished"
