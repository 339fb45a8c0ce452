"""Calls: taken in, listed, followed, erased."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from doors import TRANSCRIPT, Door
from sqlalchemy import select

from storage import tables

SOUND = b"RIFF of a kind" * 100


def test_a_recording_is_stored_and_its_first_stage_is_due(door: Door, tmp_path: Path) -> None:
    answer = door.post(
        "/calls",
        files={"recording": ("звонок.wav", SOUND, "audio/wav")},
        data={"metadata": json.dumps({"provider": "pbx", "external_id": "a", "agent": "Anna"})},
    )
    assert answer.status_code == 202
    body = answer.json()
    assert body["created"] is True
    assert (body["state"], body["stage"], body["has_recording"], body["agent"]) == (
        "working",
        "transcribe",
        True,
        "Anna",
    )
    assert answer.headers["location"] == f"/api/v1/calls/{body['id']}"
    assert [due.queue for batch in door.sent for due in batch] == ["speech"]
    assert not list((tmp_path / "scratch").iterdir())
    with door.tools.sessions.read() as session:
        assert session.scalars(select(tables.Call.origin)).one() == "звонок.wav"


def test_the_metadata_may_come_after_the_recording_or_not_at_all(door: Door) -> None:
    alone = door.post("/calls", files={"recording": ("a.wav", SOUND)})
    assert alone.status_code == 202
    again = door.post("/calls", files=[("recording", ("a.wav", SOUND)), ("metadata", (None, '{"agent": "Anna"}'))])
    assert (again.json()["id"], again.json()["created"], again.json()["agent"]) == (alone.json()["id"], False, "Anna")


def test_a_repeat_updates_what_it_names_and_doubles_nothing(door: Door) -> None:
    first = door.call("a", agent="Anna", branch="North")
    assert door.call("a", agent="Boris") == first
    (call,) = door.get("/calls").json()["calls"]
    assert (call["agent"], call["branch"]) == ("Boris", "North")


def test_a_missed_call_is_finished_at_once_and_has_a_record(door: Door) -> None:
    missed = door.call("a", answered=False, tracking={"source": "google", "click_ids": {"gclid": "x"}})
    call = door.get(f"/calls/{missed}").json()
    assert (call["state"], call["answered"], call["tracking"]["click_ids"]) == ("finished", False, {"gclid": "x"})
    record = door.get(f"/calls/{missed}/record").json()
    assert (record["call"], record["revision"], record["type"]) == (missed, 1, "call.tagged")
    assert record["record"]["tracked"]["click_ids"] == {"gclid": "x"}


def test_a_recording_that_comes_later_is_waited_for(door: Door) -> None:
    waiting = door.call("a", recording_expected=True)
    assert door.get(f"/calls/{waiting}").json()["reason"] == "its recording is expected later"
    door.post(
        "/calls", files={"recording": ("a.wav", SOUND)}, data={"metadata": '{"provider":"pbx","external_id":"a"}'}
    )
    assert door.get(f"/calls/{waiting}").json()["state"] == "working"


def test_a_url_is_kept_encrypted_and_fetched_by_a_worker(door: Door) -> None:
    answer = door.post("/calls", json={"external_id": "a", "url": "https://93.184.216.34/a.wav?token=secret"})
    assert (answer.status_code, answer.json()["stage"]) == (202, "fetch")
    with door.tools.sessions.read() as session:
        call = session.scalars(select(tables.Call)).one()
    assert call.origin == "https://93.184.216.34/a.wav"
    assert b"secret" not in (call.url_cipher or b"")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/a.wav",
        "http://127.0.0.1/a.wav",
        "http://[::1]/a",
        "http://10.0.0.7/a",
        "x",
    ],
)
def test_a_url_that_must_not_be_opened_is_refused_at_the_door(door: Door, url: str) -> None:
    answer = door.post("/calls", json={"external_id": "a", "url": url})
    assert (answer.status_code, answer.json()["type"]) == (422, "/docs/problems#refused-address")
    assert url.replace("[", "").replace("]", "") in answer.json()["detail"].replace("[", "").replace("]", "")
    assert door.get("/calls").json()["calls"] == []


def test_an_object_of_the_store_becomes_a_call_that_starts_when_it_was_written(door: Door, tmp_path: Path) -> None:
    (tmp_path / "sound").write_bytes(SOUND)
    door.tools.objects.put_file("landed/a.wav", tmp_path / "sound")
    answer = door.post("/calls", json={"object_key": "landed/a.wav", "external_id": "a"})
    assert (answer.status_code, answer.json()["stage"], answer.json()["started_from"]) == (202, "fetch", "object")


@pytest.mark.parametrize(
    ("key", "status", "said"),
    [
        ("landed/none.wav", 404, "landed/none.wav"),
        ("../a.wav", 422, "../a.wav"),
        ("/etc/passwd", 422, "/etc/passwd"),
        ("recordings/2a/x.wav", 422, "recordings/"),
    ],
)
def test_an_object_that_may_not_be_named_is_refused(door: Door, key: str, status: int, said: str) -> None:
    answer = door.post("/calls", json={"object_key": key, "external_id": "a"})
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_a_call_comes_with_one_thing_only(door: Door) -> None:
    both = {"external_id": "a", "url": "https://93.184.216.34/a.wav", "transcript": TRANSCRIPT}
    answer = door.post("/calls", json=both)
    assert answer.status_code == 422
    assert "url and transcript" in answer.json()["detail"]


def test_a_local_number_is_read_in_the_country_of_the_workspace(door: Door) -> None:
    with door.tools.sessions.write() as session:
        session.scalars(select(tables.Workspace)).one().region = "GB"
    call = door.call("a", caller_number="020 7946 0018")
    assert door.get(f"/calls/{call}").json()["caller_number"] == "+442079460018"


@pytest.mark.parametrize(
    ("metadata", "field", "said"),
    [
        ({"external_d": "a"}, "external_d", "did you mean external_id?"),
        ({"external_id": "a", "tracking": {"sorce": "google"}}, "tracking.sorce", "did you mean source?"),
        ({"external_id": "a", "tracking": {"gclid": "x"}}, "tracking.gclid", "tracking.click_ids.gclid"),
        ({"external_id": "a", "answered": "yes"}, "answered", "'yes' is neither true nor false"),
        ({"external_id": "a", "lane": "fast"}, "lane", "'fast' is none of 'live' or 'bulk'"),
        ({"external_id": "a", "url": 7}, "url", "7 is no text"),
    ],
)
def test_a_wrong_field_is_named_with_its_value_and_what_to_do(
    door: Door, metadata: dict[str, Any], field: str, said: str
) -> None:
    answer = door.post("/calls", json=metadata)
    assert (answer.status_code, answer.json()["type"]) == (422, "/docs/problems#invalid")
    (fault,) = [fault for fault in answer.json()["errors"] if fault["field"] == field]
    assert said in fault["detail"]
    assert said in answer.json()["detail"]


def test_calls_are_listed_newest_first_and_a_page_is_not_moved_by_what_comes_in(door: Door) -> None:
    times = [datetime(2026, 11, 3, hour, tzinfo=UTC).isoformat() for hour in range(7)]
    known = [door.call(f"c{hour}", started_at=time) for hour, time in enumerate(times)][::-1]
    page = door.get("/calls?limit=3").json()
    seen = [call["id"] for call in page["calls"]]
    door.call("newer", started_at="2026-11-04T00:00:00Z")
    door.call("older", started_at="2026-11-01T00:00:00Z")
    while page["next"]:
        page = door.get(f"/calls?limit=3&before={page['next']}").json()
        seen += [call["id"] for call in page["calls"]]
    assert seen[:7] == known
    assert len(seen) == len(set(seen)) == 8


def test_calls_of_one_start_are_each_listed_once(door: Door) -> None:
    for number in range(5):
        door.call(f"c{number}", started_at="2026-11-03T00:00:00Z")
    first = door.get("/calls?limit=2").json()
    second = door.get(f"/calls?limit=3&before={first['next']}").json()
    assert len({call["id"] for call in first["calls"] + second["calls"]}) == 5
    assert second["next"] is None


def test_calls_are_found_by_state_and_by_external_id(door: Door) -> None:
    missed, waiting = door.call("a", answered=False), door.call("b", url="https://93.184.216.34/b.wav")
    assert [call["id"] for call in door.get("/calls?state=working").json()["calls"]] == [waiting]
    assert [call["id"] for call in door.get("/calls?external_id=a").json()["calls"]] == [missed]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=0", "query.limit is '0'"),
        ("limit=201", "query.limit is '201'"),
        ("state=done", "query.state is 'done'"),
        ("sate=failed", "query.sate: there is no such name; did you mean 'state'?"),
        ("before=nonsense", "before='nonsense' is no cursor"),
        ("before=WyJmZWVkIiwxLDBd", "is no cursor of this list"),
    ],
)
def test_a_wrong_query_is_named(door: Door, query: str, said: str) -> None:
    answer = door.get(f"/calls?{query}")
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_a_failed_call_is_tried_again_and_no_other(door: Door) -> None:
    call = door.post("/calls", files={"recording": ("a.wav", SOUND)}).json()["id"]
    door.work()
    failed = door.get(f"/calls/{call}").json()
    assert (failed["state"], failed["reason"]) == ("failed", "this test gave no transcriber")
    again = door.post(f"/calls/{call}/retry")
    assert (again.status_code, again.json()["state"], again.json()["stage"]) == (202, "working", "transcribe")
    twice = door.post(f"/calls/{call}/retry")
    assert (twice.status_code, twice.json()["type"]) == (409, "/docs/problems#conflict")


def test_an_erased_call_is_a_tombstone(door: Door) -> None:
    call = door.spoken(caller_number="+12025550143")
    assert door.delete(f"/calls/{call}").status_code == 204
    assert door.delete(f"/calls/{call}").status_code == 204
    left = door.get(f"/calls/{call}").json()
    assert (left["state"], left["caller_number"], left["tracking"]["source"]) == ("erased", None, None)
    assert "it was erased" in door.get(f"/calls/{call}/transcript").json()["detail"]
    assert door.get(f"/calls/{call}/tags").json() == {"call": call, "tags": [], "corrections": []}
    assert door.get(f"/calls/{call}/record").json()["record"] is None


@pytest.mark.parametrize("path", ["", "/transcript", "/tags", "/record", "/recording"])
def test_a_call_of_another_workspace_is_not_there(door: Door, stranger: Door, path: str) -> None:
    call = door.spoken()
    answer = stranger.get(f"/calls/{call}{path}")
    assert (answer.status_code, answer.json()["type"]) == (404, "/docs/problems#not-found")
    assert call in answer.json()["detail"]


def test_another_workspace_changes_nothing(door: Door, stranger: Door) -> None:
    call = door.spoken()
    assert stranger.delete(f"/calls/{call}").status_code == 404
    assert stranger.post(f"/calls/{call}/retry").status_code == 404
    assert stranger.put(f"/calls/{call}/tags/outcome", json={"values": ["lost"]}).status_code == 404
    assert stranger.get("/calls").json()["calls"] == []
    assert stranger.get("/attribution-records").json()["records"] == []
    assert door.get(f"/calls/{call}").json()["state"] == "finished"


def test_the_progress_of_a_running_stage_is_shown(door: Door) -> None:
    call = door.call("a", url="https://93.184.216.34/a.wav")
    with door.tools.sessions.write() as session:
        row = session.scalars(select(tables.Work)).one()
        row.state, row.progress = "running", 0.25
    shown = door.get(f"/calls/{call}").json()
    assert (shown["stage"], shown["progress"]) == ("fetch", 0.25)


def test_a_public_id_is_a_ulid_that_tells_nothing_of_the_row(door: Door) -> None:
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", door.call("a"))
