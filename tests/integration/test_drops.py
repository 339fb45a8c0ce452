"""Calls that land by themselves, in a folder and in a bucket: what is taken, when, and what becomes of the `.json`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from inboxes import METADATA, Inbox
from sounds import talk
from sqlalchemy import update

from models.call import CallState
from pipeline import sources as drops
from pipeline.ingest import ingest_call
from pipeline.sources import notice_object, sweep_drops
from storage import tables


def test_a_file_is_taken_when_it_has_stood_still(inbox: Inbox) -> None:
    inbox.put("a.wav", talk()[:1000])
    assert sweep_drops(inbox.tools) == 0
    inbox.rest()
    inbox.put("a.wav", talk())
    assert sweep_drops(inbox.tools) == 0, "it has changed since it was seen"
    assert inbox.calls() == []
    inbox.rest()
    assert sweep_drops(inbox.tools) == 1
    inbox.work()
    assert (inbox.call().state, inbox.call().origin) == (CallState.FINISHED, "inbox/a.wav")
    assert inbox.record()["duration"] == pytest.approx(4.0, abs=0.1)
    assert inbox.record()["stated_channels"][0]["channel"] == "vehicle"
    assert inbox.swept() == 0, "it is taken once"


@pytest.mark.parametrize("name", ["a.json", "a.wav.json", "a.JSON"])
def test_the_json_beside_a_recording_belongs_to_it(inbox: Inbox, name: str) -> None:
    inbox.put(name, METADATA)
    inbox.put("a.wav", talk())
    inbox.swept()
    inbox.work()
    facts = inbox.call().facts
    assert (facts.external_id, facts.agent, facts.tracking.source) == ("42", "Mark", "google")
    assert inbox.record()["verdict"] == "conflicts"
    assert inbox.errors() == {}
    assert len(inbox.feed()) == 1


@pytest.mark.parametrize("told", [True, False])
def test_a_json_that_comes_later_updates_the_call_and_its_record(inbox: Inbox, told: bool) -> None:
    inbox.put("a.wav", talk())
    inbox.swept()
    inbox.work()
    before = inbox.call()
    assert (before.facts.external_id, inbox.record()["verdict"]) == (None, "fills")
    key = inbox.put("a.json", METADATA)
    if told:
        notice_object(inbox.tools, key)
    else:
        inbox.swept()
    inbox.work()
    after = inbox.call()
    assert (after.id, after.facts.external_id, after.facts.agent) == (before.id, "42", "Mark")
    assert inbox.record()["verdict"] == "conflicts"
    assert (after.facts.started_at, after.facts.started_from) == (before.facts.started_at, "object")


def test_a_json_of_another_recording_with_a_longer_name_is_left_alone(inbox: Inbox) -> None:
    inbox.put("a.1.wav", talk())
    inbox.put("a.json", METADATA)
    inbox.swept()
    inbox.work()
    assert [call.facts.external_id for call in inbox.calls()] == [None, "42"]


def test_the_name_is_read_by_the_sources_pattern(inbox: Inbox) -> None:
    inbox.source(pattern="{start}_{agent}_{caller}", zone="America/New_York", defaults={"branch": "Austin"})
    inbox.put("20261103-140520_Mary_+12025550143.wav", talk())
    inbox.put("20261103-150520_Paul_+12025550144.wav", talk(seed=2))
    inbox.put("20261103-150520_Paul_+12025550144.json", {"agent": "Paula"})
    inbox.swept()
    mary, paul = (call.facts for call in inbox.calls())
    assert (mary.agent, mary.caller_number, mary.branch) == ("Mary", "+12025550143", "Austin")
    assert (mary.started_at, mary.started_from) == (datetime(2026, 11, 3, 19, 5, 20, tzinfo=UTC), "metadata")
    assert (paul.agent, paul.caller_number) == ("Paula", "+12025550144"), "the .json goes before the name"


def test_numbers_are_read_in_the_workspaces_region(inbox: Inbox) -> None:
    with inbox.tools.sessions.write() as session:
        session.execute(update(tables.Workspace).values(region="GB"))
    inbox.source(pattern="{agent}_{caller}")
    inbox.put("Mary_020 7946 0143.wav", talk())
    inbox.put("b.json", {"external_id": "b", "answered": False, "caller_number": "020 7946 0144"})
    inbox.swept()
    assert [call.facts.caller_number for call in inbox.calls()] == ["+442079460143", "+442079460144"]


def test_a_name_that_does_not_fit_costs_its_facts_and_not_the_call(inbox: Inbox) -> None:
    inbox.source(pattern="{start}_{agent}")
    inbox.put("voicemail.wav", talk())
    inbox.swept()
    inbox.work()
    assert inbox.call().state is CallState.FINISHED
    assert "voicemail" in inbox.errors()["voicemail.wav"]


def test_a_start_that_nobody_named_is_the_objects_time(inbox: Inbox) -> None:
    key = inbox.put("a.wav", talk())
    there = inbox.objects.stat(key).modified
    inbox.swept()
    facts = inbox.call().facts
    assert facts.started_from == "object"
    assert facts.started_at is not None
    assert abs(facts.started_at - there) < timedelta(seconds=1)


def test_a_recording_that_changes_takes_the_road_again(inbox: Inbox) -> None:
    inbox.put("a.wav", talk(4.0))
    inbox.swept()
    inbox.work()
    before = inbox.call()
    inbox.put("a.wav", talk(6.0, seed=2))
    assert inbox.swept() == 1
    assert inbox.call().state is CallState.WORKING
    inbox.work()
    after = inbox.call()
    assert (after.id, after.state) == (before.id, CallState.FINISHED)
    assert inbox.record()["duration"] == pytest.approx(6.0, abs=0.1)
    assert after.facts.started_at == before.facts.started_at


def test_bytes_that_were_overwritten_are_not_taken_for_those_that_are_there(inbox: Inbox) -> None:
    inbox.put("a.wav", talk(4.0))
    inbox.swept()
    inbox.work()
    inbox.put("a.wav", talk(6.0, seed=2))
    inbox.swept()
    inbox.work()
    inbox.put("b.wav", talk(4.0))
    inbox.swept()
    inbox.work()
    assert sorted(change.body["duration"] for change in inbox.feed() if change.body) == pytest.approx(
        [4.0, 6.0], abs=0.1
    )


def test_a_notification_is_heard_at_once_and_again_without_harm(inbox: Inbox) -> None:
    inbox.put("a.json", METADATA)
    inbox.told("a.wav", talk())
    for _ in range(3):
        notice_object(inbox.tools, "inbox/a.wav")
    inbox.work()
    assert inbox.call().facts.external_id == "42"
    assert [change.revision for change in inbox.feed()] == [1]
    assert inbox.swept() == 1, "the .json; the recording has not changed since it was told of"
    inbox.work()
    assert [change.revision for change in inbox.feed()] == [1]


def test_a_json_told_of_before_its_recording_waits_for_it(inbox: Inbox) -> None:
    inbox.told("a.json", METADATA)
    assert inbox.calls() == []
    inbox.told("a.wav", talk())
    inbox.work()
    inbox.swept()
    inbox.work()
    assert inbox.call().facts.external_id == "42"
    assert [change.revision for change in inbox.feed()] == [1]


def test_a_json_that_comes_while_its_recording_is_taken_is_not_lost(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*args: Any, **named: Any) -> Any:
        monkeypatch.setattr(drops, "ingest_call", ingest_call)
        inbox.told("a.json", METADATA)
        return ingest_call(*args, **named)

    monkeypatch.setattr(drops, "ingest_call", overtaken)
    inbox.told("a.wav", talk())
    assert inbox.call().facts.external_id is None
    inbox.swept()
    assert inbox.call().facts.external_id == "42"
