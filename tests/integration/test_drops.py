"""Calls that land by themselves, in a folder and in a bucket: what is taken, when, and what becomes of the `.json`."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from s3_server import S3Server
from sounds import talk
from sqlalchemy import select, update
from toolboxes import Sent, make_toolbox

from classifiers.kinds import mentions
from models.call import Call, CallState
from models.errors import RefusedAddress, StoreFailed
from pipeline import sources as drops
from pipeline.ingest import ingest_call
from pipeline.sources import notice_object, sweep_drops
from pipeline.stages import run
from pipeline.toolbox import Limits, Toolbox
from storage import calls, records, sources, tables, workspaces
from storage.objects import BucketOptions, BucketStore, FolderStore, ObjectInfo, ObjectStore
from transcription.engines import scripted

SETTLE = timedelta(seconds=10)
SAID = "hello I saw your truck on the road"
WORDS = [
    {"text": text, "start": number * 0.4, "end": number * 0.4 + 0.3, "channel": 1}
    for number, text in enumerate(SAID.split())
]
METADATA = {"provider": "pbx", "external_id": "42", "agent": "Mark", "tracking": {"source": "google", "medium": "cpc"}}
TRANSCRIPT = {"language": "en", "turns": [{"role": "caller", "text": "A neighbor told me about you."}]}


@dataclass(frozen=True, slots=True)
class Inbox:
    """A source as a phone system and as Earmark see it."""

    tools: Toolbox
    sent: Sent
    objects: ObjectStore
    scratch: Path

    def put(self, name: str, content: bytes | dict[str, Any]) -> str:
        path = self.scratch / "content"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        self.objects.put_file(f"inbox/{name}", path)
        return f"inbox/{name}"

    def told(self, name: str, content: bytes | dict[str, Any]) -> None:
        """Put, and the store tells of it."""
        notice_object(self.tools, self.put(name, content))

    def rest(self) -> None:
        """What has been seen has stood still for long enough."""
        with self.tools.sessions.write() as session:
            session.execute(update(tables.DroppedObject).values(seen_at=datetime.now(UTC) - 2 * SETTLE))

    def swept(self) -> int:
        """Look, wait, look again; how many were taken."""
        first = sweep_drops(self.tools)
        self.rest()
        return first + sweep_drops(self.tools)

    def work(self) -> None:
        """Do what is due, as workers would."""
        while self.sent:
            for due in self.sent.pop(0):
                run(self.tools, due.id)

    def calls(self) -> list[Call]:
        with self.tools.sessions.read() as session:
            found = calls.page(session, self.tools.vault, workspace_id=1, limit=100)
        return sorted(found, key=lambda call: call.id)

    def call(self) -> Call:
        """The only one."""
        (found,) = self.calls()
        return found

    def record(self) -> dict[str, Any]:
        """That of the only call."""
        (change,) = self.feed()
        assert change.body is not None
        return change.body

    def feed(self) -> list[records.Change]:
        with self.tools.sessions.read() as session:
            return records.feed(session, workspace_id=1, after=0, limit=100)

    def errors(self) -> dict[str, str]:
        """By the name of the object."""
        with self.tools.sessions.read() as session:
            return {seen.key.removeprefix("inbox/"): str(seen.error) for seen in sources.refused(session)}

    def known(self) -> list[str]:
        with self.tools.sessions.read() as session:
            return sorted(session.scalars(select(tables.DroppedObject.key)))

    def source(self, **given: Any) -> None:
        """In place of the default one."""
        with self.tools.sessions.write() as session:
            sources.remove_source(session, workspace_id=1, name=sources.DEFAULT)
            sources.add_source(session, workspace_id=1, name="pbx", prefix="inbox/", **given)


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.servers)])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "store")
    server: S3Server = request.getfixturevalue("s3_server")
    store = BucketStore(
        BucketOptions(
            endpoint=server.endpoint,
            access_key=server.access_key,
            secret_key=server.secret_key,
            bucket=f"drops-{secrets.token_hex(4)}",
            secure=False,
            may_create=True,
            temporary_folder=tmp_path / "downloads",
        )
    )
    store.check()
    return store


@pytest.fixture
def inbox(tmp_path: Path, objects: ObjectStore) -> Iterator[Inbox]:
    sent: Sent = []
    tools = make_toolbox(
        tmp_path,
        sent=sent,
        objects=objects,
        transcriber=scripted.create(script={"words": WORDS, "language": "en"}),
        classifiers=[mentions.create()],
        limits=Limits(drop_settle_seconds=SETTLE.total_seconds()),
    )
    drops.ensure_default(tools)
    yield Inbox(tools, sent, objects, tmp_path)
    tools.sessions.engine.dispose()


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
