"""What keeps an installation clean, and what an upgrade brings: scratch files, sources, replays, reasons."""

import os
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from road import drain, facts, recording, toolbox, words

from models.conversation import Diarization, SpeakerTurn
from models.upload import Upload
from pipeline.ingest import ingest_call
from pipeline.replay import replay_call
from pipeline.sources import ensure_default
from pipeline.sweep import clear_scratch
from storage import calls, sources, transcripts


def test_copies_that_a_killed_process_left_go_after_a_day(tmp_path: Path) -> None:
    tools, _ = toolbox(tmp_path)
    clear_scratch(tools)  # harmless before there is anything
    old, new = tools.scratch / "upload-old", tools.scratch / "upload-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "recording").write_bytes(b"sound")
    (tools.scratch / "file").touch()
    for left in (old, tools.scratch / "file"):
        os.utime(left, (time.time() - 90_000,) * 2)
    clear_scratch(tools)
    assert [entry.name for entry in tools.scratch.iterdir()] == ["upload-new"]


def test_the_inbox_is_made_once_by_many_that_start_at_once(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    errors: list[Exception] = []

    def start() -> None:
        try:
            ensure_default(tools)
        except Exception as error:  # noqa: BLE001  (told to the test)
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with tools.sessions.read() as session:
        assert [source.name for source in sources.list_sources(session)] == [sources.DEFAULT]


class Diarizer:
    """Hears one speaker more with each version."""

    def __init__(self, speakers: int) -> None:
        self.version = f"tests {speakers}"
        self._speakers = speakers

    def diarize(self, sound: object, context: object) -> Diarization:
        length = 10.0 / self._speakers
        return Diarization.without_overlap(SpeakerTurn(n * length, (n + 1) * length, n) for n in range(self._speakers))


def test_a_better_diarizer_is_heard_when_a_call_is_replayed(tmp_path: Path, database_url: str) -> None:
    mono = [{**word, "channel": 0} for word in words()]
    tools, heard = toolbox(
        tmp_path, database_url=database_url, script={"words": mono, "language": "en"}, diarizer=Diarizer(1)
    )
    upload = Upload(facts=facts(), file=recording(tmp_path / "a.wav", channels=1))
    call_id = ingest_call(tools, upload, workspace_id=1).call_id
    drain(tools)
    for speakers in (2, 2, 1):
        better = replace(tools, diarizer=partial(Diarizer, speakers))
        replay_call(better, call_id=call_id)
        drain(better)
        with better.sessions.read() as session:
            current = calls.current_conversation_id(session, call_id=call_id)
            saved = transcripts.get_conversation(session, conversation_id=current)
        assert saved.conversation.diarizer == f"tests {speakers}"
        assert {turn.speaker for turn in saved.conversation.turns} == set(range(speakers))
    assert heard.times == 4


@pytest.mark.parametrize(
    ("origin", "shown"),
    [
        ("2026-11-03_anna_+12025550117.wav", "2026-11-03_anna_….wav"),
        ("+1 (202) 555-0117.wav", "….wav"),
        ("call 42 of 20261103.wav", "call 42 of 20261103.wav"),
    ],
)
def test_the_reason_of_a_failure_names_the_file_and_no_phone_number(tmp_path: Path, origin: str, shown: str) -> None:
    tools, _ = toolbox(tmp_path)
    path = tmp_path / "a.wav"
    path.touch()
    call_id = ingest_call(tools, Upload(facts=facts(), file=path, origin=origin), workspace_id=1).call_id
    drain(tools)
    with tools.sessions.read() as session:
        reason = calls.get(session, tools.vault, call_id=call_id).reason
    assert reason is not None
    assert reason.startswith(f"{shown} is empty (0 bytes)")
