"""What happens to a call while something else happens to it. On SQLite and on PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from road import drain, facts, recording, toolbox, words
from sqlalchemy import update

from audio.sound import Sound
from models.call import CallId, CallState, Stage
from models.context import Context
from models.conversation import Role
from models.errors import BadRecording
from models.tag import TagKind
from models.transcript import Transcript
from models.upload import Upload
from pipeline.correct import correct_tag
from pipeline.ingest import ingest_call
from pipeline.retry import retry_call
from pipeline.stages import run
from pipeline.sweep import sweep_work
from pipeline.toolbox import Toolbox
from storage import calls, records, tables, tags, work

ROLES = {0: Role.AGENT, 1: Role.CALLER}


def upload(path: Path, external_id: str | None = "42") -> Upload:
    known = facts(external_id, channel_roles=ROLES)
    return Upload(facts=known, named=frozenset({"channel_roles"}), file=path, origin=path.name)


def take(tools: Toolbox, given: Upload) -> CallId:
    return ingest_call(tools, given, workspace_id=1).call_id


def swap(tools: Toolbox) -> None:
    swapped = facts(channel_roles={0: Role.CALLER, 1: Role.AGENT})
    take(tools, Upload(facts=swapped, named=frozenset({"channel_roles"})))


def state(tools: Toolbox, call_id: CallId) -> tuple[CallState, str | None]:
    with tools.sessions.read() as session:
        call = calls.get(session, tools.vault, call_id=call_id)
    return call.state, call.reason


def body(tools: Toolbox) -> dict[str, object]:
    with tools.sessions.read() as session:
        (change,) = records.feed(session, workspace_id=1, after=0, limit=9)
    assert change.body is not None
    return change.body


def work_on(tools: Toolbox, stage: Stage) -> None:
    """Only what is due of one stage."""
    with tools.sessions.write() as session:
        work.forget_sent(session)
        due = [row.id for row in work.silent(session) if session.get_one(tables.Work, row.id).stage == stage]
    assert due
    for work_id in due:
        run(tools, work_id)


def during(heard: object, happens: Callable[[], object]) -> None:
    """The first time the engine listens, something else happens first."""
    hear, times = heard.transcribe, []  # type: ignore[attr-defined]

    def transcribe(sound: Sound, context: Context, *, progress: object) -> Transcript:
        times.append(1)
        outcome = happens() if len(times) == 1 else None
        if isinstance(outcome, Exception):
            raise outcome
        found: Transcript = hear(sound, context, progress=progress)
        return found

    heard.transcribe = transcribe  # type: ignore[attr-defined]


def test_a_recording_that_fails_after_it_was_replaced_does_not_fail_the_call(tmp_path: Path, database_url: str) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    newer = upload(recording(tmp_path / "b.wav", seed=2))

    def replaced_and_broken() -> Exception:
        take(tools, newer)
        return BadRecording("the old one cannot be read")

    during(heard, replaced_and_broken)
    call_id = take(tools, upload(recording(tmp_path / "a.wav")))
    drain(tools)
    assert state(tools, call_id) == (CallState.FINISHED, None)


def test_a_correction_between_two_stages_keeps_what_the_machine_said(tmp_path: Path, database_url: str) -> None:
    """New speakers are known, and not yet what follows from what they say."""
    tools, _ = toolbox(tmp_path, database_url=database_url)
    call_id = take(tools, upload(recording(tmp_path / "a.wav")))
    drain(tools)
    before = body(tools)["stated_channels"]
    swap(tools)
    work_on(tools, Stage.DIARIZE)
    correct_tag(tools, call_id=call_id, kind="outcome", values=("lost",), who="anna")
    assert body(tools)["stated_channels"] == before
    drain(tools)
    with tools.sessions.read() as session:
        settled = {tag.kind: tag.value for tag in tags.of_call(session, call_id=call_id)}
        assert tags.conversation_id(session, call_id=call_id) == calls.current_conversation_id(session, call_id=call_id)
    assert settled[TagKind.OUTCOME] == "lost"
    assert state(tools, call_id)[0] is CallState.FINISHED


def test_a_record_between_two_stages_quotes_the_conversation_that_its_tags_stand_on(
    tmp_path: Path, database_url: str
) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    take(tools, upload(recording(tmp_path / "a.wav")))
    drain(tools)
    before = body(tools)["stated_channels"]
    heard.hears({"words": words()[-3:], "language": "en"})
    call_id = take(tools, upload(recording(tmp_path / "b.wav", seed=2)))
    work_on(tools, Stage.TRANSCRIBE)
    work_on(tools, Stage.DIARIZE)
    correct_tag(tools, call_id=call_id, kind="outcome", values=("lost",), who="anna")
    assert body(tools)["stated_channels"] == before
    drain(tools)
    assert body(tools)["stated_channels"] == []


def test_a_person_s_word_on_a_missed_call_is_its_only_tag(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    call_id = take(tools, Upload(facts=facts(answered=False), named=frozenset({"answered"})))
    correct_tag(tools, call_id=call_id, kind="stated_channel", values=("referral",), who="anna")
    with tools.sessions.read() as session:
        assert [(tag.kind, tag.item) for tag in tags.of_call(session, call_id=call_id)] == [
            (TagKind.STATED_CHANNEL, "referral")
        ]


def test_a_call_that_failed_at_its_last_stage_is_finished_when_tried_again(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    call_id = take(tools, upload(recording(tmp_path / "a.wav")))
    with monkeypatch.context() as broken:
        broken.setattr("pipeline.stages.write_record", _breaks)
        for _ in range(9):
            drain(tools)
            _now(tools)
    failed, reason = state(tools, call_id)
    assert failed is CallState.FAILED
    assert reason == "feed_back broke (ZeroDivisionError); the log says where"
    retry_call(tools, call_id=call_id)
    drain(tools)
    assert state(tools, call_id) == (CallState.FINISHED, None)


def test_a_call_whose_record_cannot_be_made_does_not_stop_the_sweep(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    ids = [take(tools, upload(recording(tmp_path / f"{n}.wav", seed=n), str(n))) for n in (1, 2)]
    with tools.sessions.write() as session:
        session.execute(update(tables.Work).values(crashes=work.MAX_CRASHES))
    monkeypatch.setattr("pipeline.stages.write_record", _breaks)
    sweep_work(tools)
    assert [state(tools, call_id)[0] for call_id in ids] == [CallState.FAILED] * 2


def _breaks(*_: object) -> None:
    raise ZeroDivisionError("a number: +12025550117")


def _now(tools: Toolbox) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    with tools.sessions.write() as session:
        session.execute(update(tables.Work).where(tables.Work.state == "due").values(due_at=past))
