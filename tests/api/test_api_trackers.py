"""Trackers over the API: set, listed, tried, removed, each workspace its own."""

import pytest
from doors import Door

OFFER = {"phrases": {"en": ["your ad"]}, "said_by": "caller"}


def work(door: Door) -> None:
    """What was switched has no messages of its own: the sweep sends them."""
    from pipeline.sweep import sweep_work

    sweep_work(door.tools)
    door.work()


def test_a_tracker_is_set_and_tags_old_calls_until_it_is_removed(door: Door) -> None:
    call = door.spoken()
    made = door.put("/trackers/the offer", json={**OFFER, "on": True})
    assert made.status_code == 200, made.text
    assert (made.json()["name"], made.json()["on"], made.json()["calls"]) == ("the offer", True, 0)
    assert door.get("/trackers").json()["waiting"] == 1
    work(door)
    listed = door.get("/trackers").json()
    assert (listed["waiting"], [one["calls"] for one in listed["trackers"]]) == (0, [1])
    (tag,) = [tag for tag in door.get(f"/calls/{call}/tags").json()["tags"] if tag["kind"] == "tracker"]
    assert (tag["value"], tag["item"], tag["status"]) == ("the offer", "the offer", "given")
    assert [(quote["text"], quote["speaker"]) for quote in tag["quotes"]] == [("your ad", "caller")]
    assert door.delete("/trackers/the offer").status_code == 204
    work(door)
    assert door.get("/trackers").json() == {"trackers": [], "waiting": 0}
    assert door.get(f"/calls/{call}/record").json()["record"]["trackers"] == []


def test_setting_it_again_leaves_it_on_or_off(door: Door) -> None:
    assert door.put("/trackers/a", json=OFFER).json()["on"] is False
    assert door.put("/trackers/a", json={**OFFER, "on": True}).json()["on"] is True
    again = door.put("/trackers/a", json={"phrases": ["x"], "channel": "sms"}).json()
    assert (again["on"], again["phrases"], again["campaign"], again["said_by"]) == (True, {"": ["x"]}, "a", "anyone")
    assert door.put("/trackers/a", json={**OFFER, "on": False}).json()["on"] is False


def test_campaign_words_come_with_the_channel_in_the_record(door: Door) -> None:
    call = door.spoken()
    door.put(
        "/trackers/google", json={"phrases": ["ad on Google"], "channel": "google_ads", "campaign": "A", "on": True}
    )
    work(door)
    (stated,) = door.get(f"/calls/{call}/record").json()["record"]["stated_channels"]
    assert (stated["channel"], stated["campaign"]) == ("google_ads", "A")


def test_trackers_are_tried_on_stored_calls(door: Door) -> None:
    call = door.spoken()
    answer = door.post(
        "/trackers/test", json={"trackers": [{"name": "offer", **OFFER}, {"name": "b", "phrases": ["no"]}]}
    )
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["looked_through"] == 1
    assert found["counts"] == [
        {"tracker": "offer", "calls": 1, "places": 1},
        {"tracker": "b", "calls": 0, "places": 0},
    ]
    assert [(hit["call"], hit["tracker"], hit["quotes"][0]["text"]) for hit in found["hits"]] == [
        (call, "offer", "your ad")
    ]
    assert door.get("/trackers").json()["trackers"] == []


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 422, "tracker 'a': `phrases` is missing"),
        ({"phrases": ["…"]}, 422, "`phrases` has '…'"),
        ({"phrases": ["x"], "channel": "pigeon"}, 422, "`channel` is 'pigeon'"),
        ({"phrases": ["x"], "said_by": "boss"}, 422, "said_by is 'boss'"),
        ({"phrases": ["x"], "phrase": 1}, 422, "phrase: there is no such name; did you mean 'phrases'?"),
        ({"phrases": 1}, 422, "phrases"),
        ([], 422, "must be a JSON object"),
    ],
)
def test_a_wrong_one_is_a_problem_that_names_the_value(door: Door, body: object, status: int, said: str) -> None:
    answer = door.put("/trackers/a", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert said in answer.json()["detail"]
    assert door.get("/trackers").json()["trackers"] == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"trackers": []}, "trackers"),
        ({"trackers": [{"name": "a", "phrases": ["x"]}], "last": 0}, "last is 0"),
        ({"trackers": [{"name": "a", "phrases": ["x"]}] * 2}, "stands there twice"),
    ],
)
def test_a_wrong_trial_is_a_problem(door: Door, body: object, said: str) -> None:
    answer = door.post("/trackers/test", json=body)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_each_workspace_has_its_own(door: Door, stranger: Door) -> None:
    door.put("/trackers/a", json={**OFFER, "on": True})
    assert stranger.get("/trackers").json() == {"trackers": [], "waiting": 0}
    assert stranger.delete("/trackers/a").status_code == 404
    assert [one["name"] for one in door.get("/trackers").json()["trackers"]] == ["a"]
