"""What the sound of a recording does to its call."""

import wave
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from road import drain, facts, recording, toolbox, words
from sqlalchemy import select

from models.call import CallId, CallState
from models.conversation import Conversation, Diarization, Role
from models.errors import BadRecording, EngineFailed, SettingsError, StoreFailed
from models.health import Verdict
from models.tag import TagKind, TagStatus, WithheldReason
from models.upload import Upload
from pipeline.ingest import ingest_call
from pipeline.record import conversation_of
from pipeline.replay import replay_call
from pipeline.toolbox import Toolbox
from storage import calls, recordings, tables, tags, transcripts, workspaces


def worked_off(tools: Toolbox, path: Path) -> CallId:
    with tools.sessions.write() as session:
        workspace = workspaces.ensure(session).id
    known = facts(channel_roles={0: Role.AGENT, 1: Role.CALLER})
    upload = Upload(facts=known, named=frozenset({"channel_roles"}), file=path, origin=path.name)
    call_id = ingest_call(tools, upload, workspace_id=workspace).call_id
    drain(tools)
    return call_id


def heard(tools: Toolbox, call_id: CallId) -> recordings.SavedRecording:
    with tools.sessions.read() as session:
        found = recordings.of_call(session, call_id=call_id)
    assert found is not None
    return found


def noise(path: Path, level: int = 3000) -> Path:
    sound = np.random.default_rng(1).integers(-level, level + 1, (80_000, 2), dtype=np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(sound.tobytes())
    return path


def test_tags_of_words_that_nobody_can_have_heard_are_withheld(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    call_id = worked_off(tools, noise(tmp_path / "noise.wav"))
    health = heard(tools, call_id).health
    assert health is not None
    assert health.verdict is Verdict.WITHHELD
    assert health.findings
    with tools.sessions.read() as session:
        given = tags.of_call(session, call_id=call_id)
    assert given
    assert {(tag.status, tag.reason) for tag in given} == {(TagStatus.WITHHELD, WithheldReason.POOR_SOUND)}


@pytest.mark.parametrize("level", [0, 2])
def test_that_nobody_speaks_is_no_reason_to_withhold_that_nobody_spoke(tmp_path: Path, level: int) -> None:
    tools, _ = toolbox(tmp_path, script={"words": ""})
    call_id = worked_off(tools, noise(tmp_path / "silence.wav", level))
    with tools.sessions.read() as session:
        given = {tag.kind: tag for tag in tags.of_call(session, call_id=call_id)}
    assert (given[TagKind.OUTCOME].value, given[TagKind.OUTCOME].status) == ("no_conversation", TagStatus.GIVEN)


def test_a_clear_recording_withholds_nothing_and_says_what_it_is(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    saved = heard(tools, worked_off(tools, recording(tmp_path / "a.wav")))
    assert saved.health is not None
    assert saved.health.verdict is Verdict.CLEAR
    assert saved.encoding == "pcm_s16le, 8000 Hz, 2 ch, in wav"


def test_sound_without_a_header_is_read_by_its_name(tmp_path: Path) -> None:
    with wave.open(str(recording(tmp_path / "a.wav", channels=1))) as file:
        (tmp_path / "call.sln").write_bytes(file.readframes(file.getnframes()))
    tools, _ = toolbox(tmp_path)
    saved = heard(tools, worked_off(tools, tmp_path / "call.sln"))
    assert saved.duration == pytest.approx(10.0, abs=0.01)


def test_a_recording_that_breaks_off_is_said_in_the_transcript(tmp_path: Path) -> None:
    whole = recording(tmp_path / "a.wav").read_bytes()
    (tmp_path / "half.wav").write_bytes(whole[: len(whole) // 2])
    tools, _ = toolbox(tmp_path)
    call_id = worked_off(tools, tmp_path / "half.wav")
    with tools.sessions.read() as session:
        transcript_id = calls.current_transcript_id(session, call_id=call_id)
        transcript = transcripts.get(session, transcript_id=transcript_id).transcript
    assert transcript.partial
    assert "breaks off" in transcript.notes[0]


@pytest.mark.parametrize("given", [None, "ru"])
def test_what_an_engine_took_for_the_language_binds_no_later_one(tmp_path: Path, given: str | None) -> None:
    tools, engine = toolbox(tmp_path, script={"words": words(), "language": "en"})
    named = frozenset({"language"} if given else ())
    upload = Upload(facts=facts(language=given), named=named, file=recording(tmp_path / "a.wav"))
    call_id = ingest_call(tools, upload, workspace_id=1).call_id
    drain(tools)
    replay_call(tools, call_id=call_id)
    drain(tools)
    assert [context.language for context in engine.contexts] == [given, given]


class Broken:
    version = "broken"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def diarize(self, sound: object, context: object) -> Diarization:
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (EngineFailed("out of memory"), "none: out of memory"),
        (SettingsError("no such folder"), "none: no such folder"),
        (BadRecording("gone"), "none: gone"),
        (StoreFailed("the disk is full"), "none: it broke 4 times"),
        (ZeroDivisionError("a bug"), "none: it broke 4 times"),
    ],
)
def test_without_a_diarizer_the_words_are_there_and_it_is_said(tmp_path: Path, error: Exception, said: str) -> None:
    mono = [{**word, "channel": 0} for word in words()]
    tools, _ = toolbox(tmp_path, script={"words": mono, "language": "en"}, diarizer=Broken(error))
    call_id = worked_off(tools, recording(tmp_path / "a.wav", channels=1))
    while _made_due(tools):
        drain(tools)
    conversation = _conversation(tools, call_id)
    assert conversation.diarizer == said
    assert sum(len(turn.words) for turn in conversation.turns) == len(mono)
    assert {turn.role for turn in conversation.turns} == {Role.UNKNOWN}, "two people in one heap are nobody"
    assert conversation.roles_doubtful
    with tools.sessions.read() as session:
        assert calls.row(session, call_id).state == CallState.FINISHED


def _conversation(tools: Toolbox, call_id: CallId) -> Conversation:
    with tools.sessions.read() as session:
        found = conversation_of(session, call_id)
    assert found is not None
    return found


def _made_due(tools: Toolbox) -> int:
    """What waits for its next attempt is due now; how much."""
    with tools.sessions.write() as session:
        waiting = session.scalars(select(tables.Work).where(tables.Work.state == "due")).all()
        for row in waiting:
            row.due_at = datetime(2026, 1, 1, tzinfo=UTC)
    return len(waiting)
