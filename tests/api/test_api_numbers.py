"""Tracking numbers over the API: added, listed, removed, each workspace its own."""

import pytest
from doors import Door

BOARD = {"number": "+1 202 555 0143", "channel": "billboard", "campaign": "Main St", "last_day": "2026-03-20"}


def test_a_number_attributes_calls_until_it_is_removed(door: Door) -> None:
    call = door.spoken("1", started_at="2026-03-10T10:00:00Z", dialled_number="+12025550143")
    made = door.post("/numbers", json=BOARD)
    assert made.status_code == 201, made.text
    assert made.json() | {"id": "", "created_at": ""} == {
        "id": "",
        "number": "+12025550143",
        "channel": "billboard",
        "source": None,
        "medium": None,
        "campaign": "Main St",
        "first_day": None,
        "last_day": "2026-03-20",
        "created_at": "",
    }
    assert door.get("/numbers").json() == {"numbers": [made.json()]}
    door.work()
    tracked = door.get(f"/calls/{call}/record").json()["record"]["tracked"]
    assert (tracked["channel"], tracked["path"][0]["matched_by"]) == ("billboard", "number_dialled")
    again = door.post("/numbers", json={**BOARD, "channel": "flyer", "first_day": "2026-03-20", "last_day": None})
    assert again.status_code == 409
    assert "+12025550143 stands for billboard to 2026-03-20 already" in again.json()["detail"]
    assert door.delete(f"/numbers/{made.json()['id']}").status_code == 204
    door.work()
    assert door.get(f"/calls/{call}/record").json()["record"]["tracked"]["channel"] is None
    assert door.get("/numbers").json() == {"numbers": []}
    assert door.delete(f"/numbers/{made.json()['id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "number is missing"),
        ({"number": "101", "channel": "tv"}, "'101' is no phone number"),
        ({"number": "+12025550143"}, "neither channel nor source"),
        ({"number": "+12025550143", "channel": "pigeon"}, "channel 'pigeon' is none"),
        ({"number": "+12025550143", "chanel": "tv"}, "there is no such name; did you mean 'channel'?"),
        ({"number": "+12025550143", "channel": "tv", "first_day": "soon"}, "first_day is 'soon'"),
        ([], "must be a JSON object"),
    ],
)
def test_a_wrong_one_is_a_problem_that_names_the_value(door: Door, body: object, said: str) -> None:
    answer = door.post("/numbers", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert said in answer.json()["detail"]
    assert door.get("/numbers").json() == {"numbers": []}


def test_each_workspace_has_its_own(door: Door, stranger: Door) -> None:
    known = door.post("/numbers", json=BOARD).json()
    assert stranger.get("/numbers").json() == {"numbers": []}
    assert stranger.delete(f"/numbers/{known['id']}").status_code == 404
    assert stranger.post("/numbers", json=BOARD).status_code == 201
    assert door.get("/numbers").json() == {"numbers": [known]}
