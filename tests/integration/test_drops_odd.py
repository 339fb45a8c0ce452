"""What lands by itself and is not as it should be: elsewhere, half, wrong, gone again, on a store that is away."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from inboxes import METADATA, TRANSCRIPT, Inbox
from sounds import talk
from sqlalchemy import select

from models.call import CallState
from models.errors import RefusedAddress, StoreFailed
from pipeline import sources as drops
from pipeline.sources import notice_object, sweep_drops
from storage import sources, tables, workspaces
from storage.objects import ObjectInfo, ObjectStore


@pytest.mark.parametrize("key", ["elsewhere/a.wav", "a.wav", "inbox"])
def test_what_lands_outside_every_source_is_left_alone(inbox: Inbox, tmp_path: Path, key: str) -> None:
    (tmp_path / "content").write_bytes(talk())
    inbox.objects.put_file(key, tmp_path / "content")
    notice_object(inbox.tools, key)
    assert inbox.swept() == 0
    assert inbox.calls() == []


@pytest.mark.parametrize("name", ["a.wav.part", "a.wav.FILEPART", "a.tmp", "~a.wav", "deep/b.crdownload"])
def test_what_is_still_being_written_is_ignored(inbox: Inbox, name: str) -> None:
    inbox.told(name, talk())
    assert inbox.swept() == 0
    assert inbox.calls() == []


def test_our_own_recordings_are_no_drops(inbox: Inbox, tmp_path: Path) -> None:
    with inbox.tools.sessions.write() as session:
        sources.remove_source(session, workspace_id=1, name=sources.DEFAULT)
        sources.add_source(session, workspace_id=1, name="all", prefix="")
    (tmp_path / "content").write_bytes(talk())
    inbox.objects.put_file("recordings/2a/b.wav", tmp_path / "content")
    assert inbox.swept() == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "no JSON"),
        (b"[1]", "one JSON object"),
        (b'{"agnet": "Mark"}', "agnet"),
        (b'{"started_at": "yesterday"}', "yesterday"),
    ],
)
def test_a_wrong_json_is_noted_with_its_reason_and_the_call_kept(inbox: Inbox, content: bytes, says: str) -> None:
    inbox.put("a.wav", talk())
    inbox.put("a.json", content)
    inbox.swept()
    inbox.work()
    assert inbox.call().state is CallState.FINISHED
    assert all("inbox/a.json" in error and says in error for error in inbox.errors().values())
    assert set(inbox.errors()) == {"a.json", "a.wav"}
    inbox.put("a.json", METADATA)
    inbox.swept()
    inbox.work()
    assert inbox.call().facts.external_id == "42"
    assert inbox.errors() == {}


@pytest.mark.parametrize("content", [b"", b"hello, this is a letter", b"\x89PNG\r\n\x1a\n" + bytes(100)])
def test_what_is_no_recording_is_a_call_with_the_reason(inbox: Inbox, content: bytes) -> None:
    inbox.put("a.wav", content)
    inbox.put("b.wav", talk())
    inbox.swept()
    inbox.work()
    bad, good = inbox.calls()
    assert (bad.state, good.state) == (CallState.FAILED, CallState.FINISHED)
    assert bad.reason


def test_a_transcript_alone_is_a_call(inbox: Inbox) -> None:
    inbox.put("a.json", {"transcript": TRANSCRIPT})
    inbox.swept()
    inbox.work()
    assert inbox.call().state is CallState.FINISHED
    assert inbox.record()["stated_channels"][0]["channel"] == "referral"
    assert inbox.record()["engine"] == "delivered"


def test_a_recording_that_follows_its_transcript_joins_its_call(inbox: Inbox) -> None:
    inbox.put("a.json", {"transcript": TRANSCRIPT})
    inbox.swept()
    inbox.work()
    inbox.put("a.wav", talk())
    inbox.swept()
    inbox.work()
    assert inbox.call().has_recording
    assert [channel["channel"] for channel in inbox.record()["stated_channels"]] == ["vehicle"]


def test_a_missed_call_is_finished_at_once(inbox: Inbox) -> None:
    inbox.put("a.json", {"external_id": "42", "answered": False, "ring_seconds": 20})
    inbox.swept()
    assert (inbox.call().state, inbox.call().facts.answered) == (CallState.FINISHED, False)
    assert inbox.record()["stated_channels"] == []


def test_metadata_without_an_id_waits_for_its_recording(inbox: Inbox) -> None:
    inbox.put("a.json", {"agent": "Mark"})
    inbox.swept()
    assert inbox.calls() == []
    assert "waits for its recording" in inbox.errors()["a.json"]
    inbox.put("a.wav", talk())
    inbox.swept()
    inbox.swept()
    assert inbox.call().facts.agent == "Mark"
    assert inbox.errors() == {}


def test_what_was_removed_before_it_was_taken_is_forgotten(inbox: Inbox) -> None:
    key = inbox.put("a.wav.upload", talk())
    sweep_drops(inbox.tools)
    inbox.objects.delete(key)
    inbox.rest()
    assert sweep_drops(inbox.tools) == 0
    assert inbox.known() == []
    notice_object(inbox.tools, key)
    assert inbox.known() == []


def test_what_was_removed_after_it_was_taken_stays_a_call(inbox: Inbox) -> None:
    key = inbox.put("a.wav", talk())
    inbox.swept()
    inbox.put("a.wav", talk(seed=2))
    sweep_drops(inbox.tools)
    inbox.objects.delete(key)
    inbox.rest()
    assert sweep_drops(inbox.tools) == 0
    assert len(inbox.calls()) == 1
    assert inbox.swept() == 0


class Away:
    """A store in front of another, some of whose objects cannot be looked at."""

    def __init__(self, store: ObjectStore, *silent: str) -> None:
        self._store = store
        self.silent = set(silent)
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def stat(self, key: str) -> ObjectInfo:
        if key in self.silent:
            self.asked += 1
            raise StoreFailed(f"no answer for {key}")
        return self._store.stat(key)


def behind(inbox: Inbox, *silent: str) -> tuple[Inbox, Away]:
    away = Away(inbox.objects, *(f"inbox/{name}" for name in silent))
    return replace(inbox, tools=replace(inbox.tools, objects=away)), away


def test_an_object_that_does_not_answer_holds_up_no_other(inbox: Inbox) -> None:
    waiting, away = behind(inbox, "a.wav")
    for name in ("a.wav", "b.wav"):
        waiting.put(name, talk())
    assert waiting.swept() == 1
    away.silent.clear()
    assert sweep_drops(waiting.tools) == 1
    assert len(inbox.calls()) == 2


def test_a_store_that_is_away_is_not_asked_for_every_object(inbox: Inbox) -> None:
    names = [f"{number}.wav" for number in range(9)]
    waiting, away = behind(inbox, *names)
    for name in names:
        waiting.put(name, talk())
    with pytest.raises(StoreFailed):
        waiting.swept()
    assert away.asked == drops.FAILURES_IN_A_ROW
    with pytest.raises(StoreFailed):
        notice_object(waiting.tools, "inbox/8.wav")
    away.silent.clear()
    assert sweep_drops(waiting.tools) == len(names)


@pytest.mark.parametrize("objects", ["folder"], indirect=True)
def test_a_link_in_the_folder_is_not_followed(inbox: Inbox, tmp_path: Path) -> None:
    (tmp_path / "secret.wav").write_bytes(talk())
    inbox.put("a.wav", talk(seed=2))
    (tmp_path / "store" / "inbox" / "b.wav").symlink_to(tmp_path / "secret.wav")
    with pytest.raises(RefusedAddress, match="symbolic link"):
        notice_object(inbox.tools, "inbox/b.wav")
    assert inbox.swept() == 1
    assert inbox.call().origin == "inbox/a.wav"


def test_calls_belong_to_the_workspace_of_their_source(inbox: Inbox) -> None:
    with inbox.tools.sessions.write() as session:
        other = workspaces.ensure(session, "other")
        sources.add_source(session, workspace_id=other.id, name="theirs", prefix="theirs/")
    inbox.put("a.wav", talk())
    inbox.objects.put_file("theirs/a.wav", inbox.scratch / "content")
    inbox.swept()
    with inbox.tools.sessions.read() as session:
        owners = {
            row.origin: row.workspace_id
            for row in session.execute(select(tables.Call.origin, tables.Call.workspace_id))
        }
    assert owners == {"inbox/a.wav": 1, "theirs/a.wav": other.id}
