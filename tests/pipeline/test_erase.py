"""An erased call: what is left of it, and what can bring it back (nothing). On SQLite and on PostgreSQL."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from road import drain, facts, recording, toolbox
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from models.call import CallId, CallState
from models.errors import Conflict, StoreFailed
from models.upload import Upload
from pipeline.correct import correct_tag
from pipeline.erase import erase_call
from pipeline.ingest import ingest_call
from pipeline.replay import replay_call
from pipeline.retry import retry_call
from pipeline.sources import ensure_default, sweep_drops
from pipeline.sweep import sweep_work
from pipeline.toolbox import Limits, Toolbox
from storage import calls, doomed, records, tables

NUMBER = "+12025550117"
WORDS: tuple[type[tables.Row], ...] = (
    tables.Transcript,
    tables.Conversation,
    tables.Opinion,
    tables.Tag,
    tables.Recording,
    tables.Caller,
)


def take(tools: Toolbox, external_id: str | None = "42", **given: object) -> CallId:
    about = facts(external_id, caller_number=NUMBER)
    upload = Upload(facts=about, named=frozenset({"caller_number"}), **given)  # type: ignore[arg-type]
    return ingest_call(tools, upload, workspace_id=1).call_id


def stored(tools: Toolbox) -> list[str]:
    return [info.key for info in tools.objects.list()]


def left(tools: Toolbox, *also: type[tables.Row]) -> list[str]:
    """Tables with rows that an erasure should have emptied."""
    with tools.sessions.read() as session:
        return [
            table.__tablename__ for table in (*WORDS, *also) if session.scalar(select(func.count()).select_from(table))
        ]


def feed(tools: Toolbox) -> list[tuple[str, bool]]:
    with tools.sessions.read() as session:
        found = records.feed(session, workspace_id=1, after=0, limit=99)
    return [(change.type, change.body is None) for change in found]


def during(owner: object, name: str, happens: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Right after `owner.name` has done its work, something else happens; once."""
    does, times = getattr(owner, name), []

    def also(*args: object, **named: object) -> object:
        done = does(*args, **named)
        times.append(1)
        if len(times) == 1:
            happens()
        return done

    monkeypatch.setattr(owner, name, also)


def test_a_call_erased_while_it_is_listened_to_is_not_written_any_more(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    call_id = take(tools, file=recording(tmp_path / "a.wav"))
    during(heard, "transcribe", lambda: erase_call(tools, call_id=call_id), monkeypatch)
    drain(tools)
    assert left(tools) == []
    assert stored(tools) == []
    assert feed(tools) == [("call.erased", True)]


def test_a_call_erased_while_it_is_fetched_leaves_no_sound(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    call_id = take(tools, url="https://pbx.example/1.wav")
    sound = recording(tmp_path / "a.wav").read_bytes()

    def fetch(_url: str, into: Path, **_: object) -> None:
        into.write_bytes(sound)
        erase_call(tools, call_id=call_id)

    monkeypatch.setattr("pipeline.fetch_recording.fetch_url", fetch)
    drain(tools)
    assert heard.times == 0
    assert stored(tools) == []
    assert left(tools, tables.DoomedObject) == []


def test_an_erased_call_stays_erased_whatever_comes_for_it(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    path = recording(tmp_path / "a.wav")
    call_id = take(tools, file=path)
    drain(tools)
    erase_call(tools, call_id=call_id)
    for again in (
        lambda: take(tools, file=path),
        lambda: take(tools),
        lambda: take(tools, url="https://pbx.example/1.wav"),
        lambda: retry_call(tools, call_id=call_id),
        lambda: replay_call(tools, call_id=call_id),
        lambda: correct_tag(tools, call_id=call_id, kind="outcome", values=("lost",), who="anna"),
    ):
        with pytest.raises(Conflict):
            again()
    erase_call(tools, call_id=call_id)
    drain(tools)
    assert left(tools, tables.DoomedObject) == []
    assert stored(tools) == []
    assert feed(tools) == [("call.erased", True)]


def test_why_an_erased_call_failed_is_forgotten_too(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    path = tmp_path / "call with Ann Smith.wav"
    path.write_text("no sound\n" * 99)
    call_id = take(tools, file=path, origin=path.name)
    drain(tools)
    erase_call(tools, call_id=call_id)
    with tools.sessions.read() as session:
        said = [*session.scalars(select(tables.Work.error)), session.get_one(tables.Call, call_id).reason]
    assert set(said) == {None}


def drop(tools: Toolbox, name: str, content: bytes) -> None:
    place = tools.scratch / "content"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    tools.objects.put_file(f"inbox/{name}", place)


def sweep(tools: Toolbox) -> None:
    for _ in range(2):
        sweep_drops(tools)
    drain(tools)


def test_what_landed_by_itself_is_erased_with_its_metadata_and_does_not_come_back(
    tmp_path: Path, database_url: str
) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url, limits=Limits(drop_settle_seconds=0))
    ensure_default(tools)
    sound = recording(tmp_path / "a.wav").read_bytes()
    drop(tools, "one_+12025550117.wav", sound)
    drop(tools, "one_+12025550117.json", json.dumps({"external_id": "1", "caller_number": NUMBER}).encode())
    drop(tools, "two.wav", sound)
    drop(tools, "two.wav.json", json.dumps({"external_id": "2"}).encode())
    sweep(tools)
    with tools.sessions.read() as session:
        one, two = calls.page(session, tools.vault, workspace_id=1, limit=9)
    first = one if one.facts.external_id == "1" else two
    erase_call(tools, call_id=first.id)
    sweep(tools)
    sweep_work(tools)
    assert "inbox/one_+12025550117.json" not in stored(tools)
    for found in (one, two):
        erase_call(tools, call_id=found.id)
    sweep(tools)
    assert stored(tools) == []
    assert left(tools, tables.DroppedObject, tables.DoomedObject) == []


def test_a_double_is_erased_with_the_call_that_stands_for_it(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url, limits=Limits(drop_settle_seconds=0))
    ensure_default(tools)
    sound = recording(tmp_path / "a.wav").read_bytes()
    for name in ("one.wav", "two.wav"):
        drop(tools, name, sound)
        drop(tools, f"{name}.json", json.dumps({"caller_number": NUMBER, "agent": name}).encode())
        sweep(tools)
    with tools.sessions.read() as session:
        (call,) = calls.page(session, tools.vault, workspace_id=1, limit=9)
    assert call.facts.agent == "two.wav"
    erase_call(tools, call_id=call.id)
    assert stored(tools) == []
    assert left(tools, tables.DroppedObject) == []
    with tools.sessions.read() as session:
        rows = session.execute(select(tables.Call.agent, tables.Call.caller_id, tables.Call.origin)).all()
    assert {tuple(row) for row in rows} == {(None, None, "")}


def test_a_store_that_is_away_is_told_of_the_erasure_later(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    call_id = take(tools, file=recording(tmp_path / "a.wav"))
    drain(tools)

    def away(_key: str) -> None:
        raise StoreFailed("no answer")

    with monkeypatch.context() as broken, capture_logs() as logs:
        broken.setattr(tools.objects, "delete", away)
        erase_call(tools, call_id=call_id)
    assert left(tools) == []
    assert len(stored(tools)) == 1
    assert [entry["event"] for entry in logs] == ["an object is to be deleted and was not"]
    sweep_work(tools)
    assert stored(tools) == []
    assert left(tools, tables.DoomedObject) == []


def test_sound_of_a_process_that_died_before_its_row_was_written_goes_after_a_day(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    def dies(*_: object, **__: object) -> None:
        raise Died

    tools, _ = toolbox(tmp_path, database_url=database_url)
    path = recording(tmp_path / "a.wav")
    with monkeypatch.context() as killed:
        killed.setattr("pipeline.ingest.calls.insert", dies)
        with pytest.raises(Died):
            take(tools, file=path)
    sweep_work(tools)
    assert len(stored(tools)) == 1, "somebody may be at it this very moment"
    with tools.sessions.write() as session:
        session.execute(update(tables.DoomedObject).values(at=datetime.now(UTC) - timedelta(seconds=1)))
    sweep_work(tools)
    assert stored(tools) == []


def test_an_object_that_a_call_has_is_never_deleted(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    call_id = take(tools, file=recording(tmp_path / "a.wav"))
    (key,) = stored(tools)
    with tools.sessions.write() as session:
        doomed.doom(session, workspace_id=1, object_key=key)
    sweep_work(tools)
    assert stored(tools) == [key]
    assert left(tools, tables.DoomedObject) == ["recording", "caller"]
    drain(tools)
    with tools.sessions.read() as session:
        assert calls.get(session, tools.vault, call_id=call_id).state is CallState.FINISHED
