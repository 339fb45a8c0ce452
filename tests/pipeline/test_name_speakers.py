"""A person says who is agent and who is caller, and everything that follows from it is done again."""

from pathlib import Path

import pytest
from road import drain, facts, recording, toolbox, words
from sqlalchemy import select

from models.call import CallId, CallState
from models.conversation import Conversation, Diarization, Role, SpeakerTurn
from models.errors import BadInput, Conflict
from models.upload import Upload
from pipeline.erase import erase_call
from pipeline.ingest import ingest_call
from pipeline.name_speakers import name_speakers, swapped
from pipeline.record import conversation_of
from pipeline.replay import replay_call
from pipeline.stages import run
from pipeline.toolbox import Toolbox
from storage import calls, records, tables, work, workspaces


def ingested(tools: Toolbox, path: Path) -> CallId:
    with tools.sessions.write() as session:
        workspace = workspaces.ensure(session).id
    known = facts(channel_roles={0: Role.AGENT, 1: Role.CALLER})
    upload = Upload(facts=known, named=frozenset({"channel_roles"}), file=path, origin=path.name)
    return ingest_call(tools, upload, workspace_id=workspace).call_id


def conversation(tools: Toolbox, call_id: CallId) -> Conversation:
    with tools.sessions.read() as session:
        found = conversation_of(session, call_id)
    assert found is not None
    return found


def roles(tools: Toolbox, call_id: CallId) -> dict[int, Role]:
    return {turn.speaker: turn.role for turn in conversation(tools, call_id).turns}


def test_a_swap_classifies_the_call_anew_and_comes_again_in_the_feed(tmp_path: Path, database_url: str) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    call_id = ingested(tools, recording(tmp_path / "a.wav"))
    drain(tools)
    assert roles(tools, call_id) == {0: Role.AGENT, 1: Role.CALLER}
    with tools.sessions.read() as session:
        before = records.of_call(session, call_id=call_id)
    name_speakers(tools, call_id=call_id, given=swapped(conversation(tools, call_id)), who="anna")
    drain(tools)
    assert roles(tools, call_id) == {0: Role.CALLER, 1: Role.AGENT}
    assert conversation(tools, call_id).role_confidence == 1.0
    with tools.sessions.read() as session:
        after = records.of_call(session, call_id=call_id)
        assert calls.row(session, call_id).state == CallState.FINISHED
    assert before is not None
    assert after is not None
    assert after.revision > before.revision
    assert after.body != before.body
    assert heard.times == 1, "the words stay"


class Two:
    """Two speakers; another version may change its mind about where they part."""

    def __init__(self, version: str, part: float) -> None:
        self.version = version
        self._part = part

    def diarize(self, sound: object, context: object) -> Diarization:
        return Diarization.without_overlap([SpeakerTurn(0.0, self._part, 0), SpeakerTurn(self._part, 10.0, 1)])


def test_a_persons_word_outlasts_another_run_over_the_same_words(tmp_path: Path) -> None:
    mono = [{**word, "channel": 0} for word in words()]
    newer = Two("one", 3.1)
    tools, _ = toolbox(tmp_path, script={"words": mono, "language": "en"}, diarizer=newer)
    call_id = ingested(tools, recording(tmp_path / "a.wav", channels=1))
    drain(tools)
    assert roles(tools, call_id) == {0: Role.AGENT, 1: Role.CALLER}
    name_speakers(tools, call_id=call_id, given={0: Role.CALLER, 1: Role.AGENT}, who="anna")
    drain(tools)
    newer.version = "two"
    replay_call(tools, call_id=call_id)
    drain(tools)
    assert conversation(tools, call_id).diarizer == "two"
    assert roles(tools, call_id) == {0: Role.CALLER, 1: Role.AGENT}


def test_one_speaker_may_be_named_and_the_other_stays(tmp_path: Path) -> None:
    tools, _ = toolbox(tmp_path)
    call_id = ingested(tools, recording(tmp_path / "a.wav"))
    drain(tools)
    name_speakers(tools, call_id=call_id, given={0: Role.MACHINE}, who="anna", why="a menu")
    drain(tools)
    assert roles(tools, call_id) == {0: Role.MACHINE, 1: Role.CALLER}
    with tools.sessions.read() as session:
        row = session.scalars(select(tables.Correction)).one()
    assert (row.who, row.why) == ("anna", "a menu")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({7: Role.AGENT}, "there is no speaker 7 in this call; there are: 0, 1"),
        ({0: Role.UNKNOWN}, "'unknown' is no role to give"),
        ({}, "no speaker was named"),
    ],
)
def test_who_is_not_there_cannot_be_named(tmp_path: Path, given: dict[int, Role], said: str) -> None:
    tools, _ = toolbox(tmp_path)
    call_id = ingested(tools, recording(tmp_path / "a.wav"))
    drain(tools)
    with pytest.raises(BadInput, match=said):
        name_speakers(tools, call_id=call_id, given=given, who="anna")


def test_nobody_is_named_between_new_words_and_their_speakers(tmp_path: Path) -> None:
    tools, heard = toolbox(tmp_path)
    call_id = ingested(tools, recording(tmp_path / "a.wav"))
    drain(tools)
    heard.hears({"words": words()[:-1], "language": "en"}, version="scripted 2")
    replay_call(tools, call_id=call_id)
    with tools.sessions.write() as session:
        work.forget_sent(session)
        (transcription,) = work.silent(session)
    run(tools, transcription.id)
    with pytest.raises(Conflict, match="not told apart yet"):
        name_speakers(tools, call_id=call_id, given={0: Role.CALLER, 1: Role.AGENT}, who="anna")
    drain(tools)
    assert sum(len(turn.words) for turn in conversation(tools, call_id).turns) == len(words()) - 1


def test_a_word_on_two_voices_is_not_one_on_the_heap_of_both(tmp_path: Path) -> None:
    mono = [{**word, "channel": 0} for word in words()]
    voices = Two("one", 3.1)
    tools, _ = toolbox(tmp_path, script={"words": mono, "language": "en"}, diarizer=voices)
    call_id = ingested(tools, recording(tmp_path / "a.wav", channels=1))
    drain(tools)
    name_speakers(tools, call_id=call_id, given={0: Role.CALLER, 1: Role.AGENT}, who="anna")
    drain(tools)
    voices.version = "none found"
    voices.diarize = lambda sound, context: Diarization()  # type: ignore[method-assign]
    replay_call(tools, call_id=call_id)
    drain(tools)
    assert conversation(tools, call_id).diarizer == "none found"
    assert roles(tools, call_id) == {0: Role.UNKNOWN}
    assert conversation(tools, call_id).roles_doubtful


def test_nobody_is_named_before_the_speakers_are_told_apart_or_after_an_erasure(tmp_path: Path) -> None:
    tools, _ = toolbox(tmp_path)
    call_id = ingested(tools, recording(tmp_path / "a.wav"))
    with pytest.raises(Conflict, match="not told apart yet"):
        name_speakers(tools, call_id=call_id, given={0: Role.AGENT}, who="anna")
    drain(tools)
    erase_call(tools, call_id=call_id)
    with pytest.raises(Conflict, match="erased"):
        name_speakers(tools, call_id=call_id, given={0: Role.AGENT}, who="anna")
