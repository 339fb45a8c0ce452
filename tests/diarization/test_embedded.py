"""Voices of real calls come from EARMARK_TEST_DATA; what needs none is checked without it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from audio.clip import Samples
from audio.decoding.decode import open_clip
from audio.quality import mono
from audio.sound import Sound, listen
from diarization.engines.embedded import create, two_voices_from
from models.context import Context
from models.conversation import Diarization, SpeakerTurn


@dataclass
class Silence:
    seconds: float
    rate: int = 16000
    channels: int = 1
    partial: bool = False

    @property
    def duration(self) -> float:
        return self.seconds

    def windows(self, seconds: float) -> Iterator[Samples]:
        yield np.zeros((1, round(self.seconds * self.rate)), np.float32)


def test_nobody_speaks_in_silence() -> None:
    assert create().diarize(listen(Silence(5.0), named=False), Context()) == Diarization()


def test_little_speech_needs_more_evidence_of_a_second_voice() -> None:
    assert [two_voices_from(seconds) for seconds in (8, 40, 200)] == [8.0, 4.0, pytest.approx(-0.8)]


@pytest.fixture(scope="module")
def call() -> Path:
    folder = os.environ.get("EARMARK_TEST_DATA")
    if not folder:
        pytest.skip("EARMARK_TEST_DATA names no folder with real calls")
    return Path(folder) / "audio" / "real" / "call_auto_repairs_40_caller-left_agent-right_8k.flac"


def side(call: Path, number: int) -> Sound:
    return listen(mono(open_clip(call, max_seconds=600), (number,)), named=False)


def mixed(call: Path) -> Sound:
    return listen(mono(open_clip(call, max_seconds=600), (0, 1)), named=False)


def held(turns: tuple[SpeakerTurn, ...], speaker: int | None, seconds: float) -> NDArray[np.bool_]:
    """Hundredths of a second that a speaker (or anybody) holds."""
    mask = np.zeros(round(seconds * 100) + 1, bool)
    for turn in turns:
        if speaker in (None, turn.speaker):
            mask[round(turn.start * 100) : round(turn.end * 100)] = True
    return mask


def test_a_real_call_that_was_mixed_falls_apart_into_its_two_sides(call: Path) -> None:
    sound = mixed(call)
    turns = create().diarize(sound, Context()).turns
    assert [turn.start for turn in turns] == sorted(turn.start for turn in turns)
    assert turns[0].speaker == 0
    sides = [
        held(create().diarize(side(call, number), Context()).turns, None, sound.clip.duration) for number in (0, 1)
    ]
    one = sides[0] ^ sides[1]
    second = held(turns, 1, sound.clip.duration)
    known = one & held(turns, None, sound.clip.duration)
    right = float(np.mean(second[known] == sides[1][known]))
    assert max(right, 1 - right) > 0.95


def test_one_side_of_a_call_is_one_voice(call: Path) -> None:
    assert {turn.speaker for turn in create().diarize(side(call, 0), Context()).turns} == {0}
