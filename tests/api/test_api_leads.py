"""Leads over HTTP."""

from typing import Any

import pytest
from doors import TRANSCRIPT, Door

ANNA, OLEG = "+12025550143", "+79161234567"


def at(day: int) -> str:
    return f"2025-11-{day:02}T09:00:00Z"


@pytest.fixture
def leads(door: Door) -> dict[str, str]:
    """Anna called twice, Oleg once, somebody without a number, and Vera, who sells; the ids of the calls."""
    said: dict[str, dict[str, Any]] = {
        "anna 1": {"started_at": at(1), "caller_number": ANNA, "transcript": TRANSCRIPT},
        "anna 2": {"started_at": at(5), "caller_number": ANNA},
        "oleg": {"started_at": at(3), "caller_number": OLEG},
        "nobody": {"started_at": at(4), "caller_number": "anonymous"},
        "vera": {"started_at": at(6), "caller_number": "+442079460018", "transcript": TRANSCRIPT},
    }
    ids = {name: door.call(name, **given) for name, given in said.items()}
    door.work()
    assert door.put(f"/calls/{ids['vera']}/tags/lead_quality", json={"values": ["not_a_lead"]}).is_success
    return ids


def names(leads: dict[str, str], answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    by_id = {public_id: name for name, public_id in leads.items()}
    return [by_id[one["id"]] for one in answer.json()["leads"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["nobody", "oleg", "anna 1"]),
        ("?not_a_lead=true", ["vera", "nobody", "oleg", "anna 1"]),
        ("?quality=warm", ["anna 1"]),
        ("?quality=unknown", ["nobody", "oleg"]),
        ("?quality=not_a_lead", ["vera"]),
        ("?channel=google_ads", ["anna 1"]),
        ("?channel=google_ads&quality=hot", []),
        ("?from=2025-11-03T09:00:00Z", ["nobody", "oleg"]),
        ("?from=2025-11-03T12:30:00%2B03:30&to=2025-11-04T09:00:00Z", ["oleg"]),
    ],
)
def test_leads_are_listed_the_latest_first(door: Door, leads: dict[str, str], query: str, expected: list[str]) -> None:
    assert names(leads, door.get(f"/leads{query}")) == expected


def test_pages_hang_together(door: Door, leads: dict[str, str]) -> None:
    found, answer = list[str](), door.get("/leads?limit=1")
    found += names(leads, answer)
    while answer.json()["next"]:
        answer = door.get(f"/leads?limit=1&before={answer.json()['next']}")
        found += names(leads, answer)
    assert found == ["nobody", "oleg", "anna 1"]


def test_a_lead_has_its_calls_and_is_found_by_any_of_them(door: Door, leads: dict[str, str]) -> None:
    for name in ("anna 1", "anna 2"):
        lead = door.get(f"/leads/{leads[name]}").json()
        assert {name: lead[name] for name in lead if name not in {"page", "next"}} == {
            "id": leads["anna 1"],
            "caller_number": ANNA,
            "first_call_at": at(1),
            "last_call_at": at(5),
            "calls": 2,
            "first_stated_channel": "google_ads",
            "best_quality": "warm",
            "latest_outcome": "unknown",
        }
        assert [(one["call"], one["number"], one["quality"]) for one in lead["page"]] == [
            (leads["anna 1"], 1, "warm"),
            (leads["anna 2"], 2, "unknown"),
        ]
    first = door.get(f"/leads/{leads['anna 1']}?limit=1").json()
    second = door.get(f"/leads/{leads['anna 1']}?limit=1&after={first['next']}").json()
    assert [one["call"] for one in (*first["page"], *second["page"])] == [leads["anna 1"], leads["anna 2"]]
    assert second["next"] is None


def test_an_erased_call_is_in_no_lead(door: Door, leads: dict[str, str]) -> None:
    door.delete(f"/calls/{leads['anna 1']}")
    door.work()
    assert names(leads, door.get("/leads")) == ["anna 2", "nobody", "oleg"]
    assert door.get(f"/leads/{leads['anna 1']}").status_code == 404
    assert door.get(f"/calls/{leads['anna 2']}/record").json()["record"]["lead"]["number"] == 1


def test_another_workspace_sees_none_of_them(stranger: Door, leads: dict[str, str]) -> None:
    assert names(leads, stranger.get("/leads?not_a_lead=true")) == []
    assert stranger.get(f"/leads/{leads['oleg']}").status_code == 404


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?quality=good", "good"),
        ("?channel=gogle", "gogle"),
        ("?from=yesterday", "yesterday"),
        ("?from=2025-11-03T09:00:00", "2025-11-03T09:00:00"),
        ("?limit=0", "limit"),
        ("?before=abc", "abc"),
        ("?colour=red", "colour"),
    ],
)
def test_what_cannot_be_asked_is_told(door: Door, query: str, said: str) -> None:
    answer = door.get(f"/leads{query}")
    assert answer.status_code == 422
    assert said in answer.text


def test_a_cursor_of_another_list_is_refused(door: Door, leads: dict[str, str]) -> None:
    cursor = door.get("/calls?limit=1").json()["next"]
    assert door.get(f"/leads?before={cursor}").status_code == 422
