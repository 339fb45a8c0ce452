"""Real calls come from EARMARK_TEST_DATA; voices made of numbers and those of the samples are always there."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sounds import Held

from audio.clip import Clip
from audio.decoding.decode import open_clip
from audio.quality import measure_levels, mono
from audio.sound import Sound, listen
from audio.speech import frame_seconds
from benchmarks.der import Stretch, error_rate, read_rttm
from diarization.clusters import told_apart
from diarization.engines.embedded import Embedded, create, one_after_the_other
from diarization.voices import Cells
from models.context import Context
from models.conversation import Diarization, SpeakerTurn
from models.errors import EngineFailed

RATE = 16000
SAMPLES = Path(__file__).parents[2] / "samples" / "calls"
LOW, HIGH = (110.0, 1.0), (205.0, 1.18)
"""Pitch in Hz, and how much shorter the throat is than a man's."""
VOWELS = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240))
"""Formants in Hz (Peterson and Barney 1952)."""


def said(voice: tuple[float, float], seconds: float, seed: int) -> NDArray[np.float32]:
    """Vowels of 0.2 s in a melody."""
    from scipy.signal import lfilter

    random = np.random.default_rng(seed)
    pitch, size = voice
    parts = []
    for _ in range(round(seconds / 0.2)):
        turns = np.cumsum(np.full(RATE // 5, pitch * random.uniform(0.9, 1.1) / RATE))
        source = np.diff(np.floor(turns), prepend=0.0) + random.normal(0, 0.01, RATE // 5)
        for formant in VOWELS[random.integers(len(VOWELS))]:
            radius, angle = np.exp(-np.pi * 90 / RATE), 2 * np.pi * formant * size / RATE
            source = lfilter([1 - radius], [1, -2 * radius * np.cos(angle), radius**2], source)
        parts.append(source / np.sqrt(np.mean(source**2)) * 0.1)
    return np.concatenate(parts).astype(np.float32)


def all_speech(sound: NDArray[np.float32]) -> Sound:
    clip = Held(sound[None])
    chances = np.ones(int(clip.duration / frame_seconds(RATE)) + 1, np.float32)
    return Sound(clip=clip, levels=measure_levels(clip), channels=(0,), sides=1, chances={0: chances})


def stretches(turns: Sequence[SpeakerTurn]) -> list[Stretch]:
    return [Stretch(turn.start, turn.end, str(turn.speaker)) for turn in turns]


def voices_of(found: Diarization) -> int:
    return len({turn.speaker for turn in found.turns})


@pytest.fixture(scope="module")
def engine() -> Embedded:
    return create()


def test_nobody_speaks_in_silence(engine: Embedded) -> None:
    silence = listen(Held(np.zeros((1, 5 * RATE), np.float32)), named=False)
    assert engine.diarize(silence, Context()) == Diarization()


def cells(sides: str, apart: float) -> Cells:
    """Of one sound and one coefficient; each cell is off by `apart` deviations to the side that its letter tells."""
    random, way = np.random.default_rng(0), np.array([1.0 if side == "a" else -1.0 for side in sides])[:, None]
    count, nothing = np.full(len(sides), 25.0), np.zeros(len(sides))
    offsets = 25 * (apart * way + random.normal(0, 0.2, way.shape))
    return Cells(count, count[:, None], offsets, nothing, nothing, np.zeros((len(sides), 104)))


def split(sides: str) -> NDArray[np.float64]:
    return np.array([[float(side == voice) for voice in "ab"] for side in sides])


@pytest.mark.parametrize(
    ("sides", "apart", "expected"),
    [("aaaaaabbbbbb" * 4, 1.0, True), ("aaaaaabbbbbb" * 4, 0.0, False), ("ab" * 24, 0.7, False)],
    ids=["far apart in turns", "not apart", "some way apart, and changing all the time"],
)
def test_two_voices_must_be_likelier_than_one(sides: str, apart: float, expected: bool) -> None:
    assert (told_apart(cells(sides, apart), split(sides)) > 0) is expected


def test_one_voice_is_as_likely_as_itself() -> None:
    heard = cells("aaaaaabbbbbb", 1.0)
    assert told_apart(heard, np.ones((len(heard.count), 1))) == 0


@pytest.mark.parametrize(("order", "expected"), [("aaabbbaaccc", True), ("abcabcabcab", False), ("aabbaabb", False)])
def test_a_voice_that_comes_after_another_has_gone_is_noticed(order: str, expected: bool) -> None:
    shares = np.array([[float(letter == voice) for voice in sorted(set(order))] for letter in order])
    assert one_after_the_other(shares) is expected


def test_two_voices_of_numbers_are_told_apart_turn_by_turn(engine: Embedded) -> None:
    turns = [(LOW, 3.0), (HIGH, 2.0), (LOW, 1.0), (HIGH, 4.0), (LOW, 5.0), (HIGH, 3.0), (LOW, 2.0)]
    sound = np.concatenate([said(voice, seconds, seed) for seed, (voice, seconds) in enumerate(turns)])
    ends = np.cumsum([seconds for _, seconds in turns])
    truth = [
        Stretch(float(end - seconds), float(end), "low" if voice == LOW else "high")
        for end, (voice, seconds) in zip(ends, turns, strict=True)
    ]
    found = engine.diarize(all_speech(sound), Context())
    assert voices_of(found) == 2
    assert found.turns == found.exclusive
    assert found.turns[0].speaker == 0
    assert error_rate(truth, stretches(found.turns), collar=0.25).total < 8


def test_the_same_sound_gives_the_same_turns(engine: Embedded) -> None:
    sound = all_speech(np.concatenate([said(LOW, 5.0, 1), said(HIGH, 5.0, 2), said(LOW, 3.0, 3)]))
    assert engine.diarize(sound, Context()) == engine.diarize(sound, Context())


@pytest.mark.parametrize("seconds", [4.0, 20.0])
def test_one_voice_of_numbers_stays_one(engine: Embedded, seconds: float) -> None:
    assert voices_of(engine.diarize(all_speech(said(LOW, seconds, 5)), Context())) == 1


def test_a_recording_longer_than_what_is_learned_from_is_followed_to_its_end(
    engine: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diarization.engines.embedded._MOST_CELLS", 480)
    sound = np.concatenate([said(voice, 20.0, seed) for seed, voice in enumerate([LOW, HIGH] * 9)])
    found = engine.diarize(all_speech(sound), Context())
    truth = [Stretch(20.0 * number, 20.0 * number + 20, str(number % 2)) for number in range(18)]
    assert error_rate(truth, stretches(found.turns)).total < 8


def test_a_network_that_breaks_is_an_engine_that_failed(engine: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no such shape")

    monkeypatch.setattr("diarization.engines.embedded.count_cells", broken)
    with pytest.raises(EngineFailed, match="no such shape"):
        engine.diarize(all_speech(said(LOW, 8.0, 1)), Context())


@pytest.mark.parametrize("name", ["01-google-ad.ogg", "03-truck.wav", "05-wrong-number.mp3"])
def test_the_samples_that_are_mixed_have_two_voices(engine: Embedded, name: str) -> None:
    clip = open_clip(SAMPLES / name, max_seconds=600)
    assert voices_of(engine.diarize(listen(mono(clip, range(clip.channels)), named=False), Context())) == 2


@pytest.fixture(scope="module")
def real() -> Path:
    folder = os.environ.get("EARMARK_TEST_DATA")
    if not folder:
        pytest.skip("EARMARK_TEST_DATA names no folder with real calls")
    return Path(folder) / "audio" / "real"


def mixed(path: Path) -> Sound:
    clip: Clip = open_clip(path, max_seconds=600)
    return listen(mono(clip, range(clip.channels)), named=False)


BETTER_BY = {
    "call_auto_repairs_40": 40.0,
    "call_auto_repairs_49": 25.0,
    "falcon_3spk": 35.0,
    "ami_tst00": 2.0,
    "ami_dev00": 15.0,
    "ami_trn03": -2.0,
}
"""Points of diarization error by which the engine beats calling everybody one speaker, some less than measured."""


@pytest.mark.parametrize("name", BETTER_BY)
def test_a_real_recording_falls_apart_into_who_speaks_when(real: Path, engine: Embedded, name: str) -> None:
    sound = mixed(next(path for path in real.glob(f"{name}*") if path.suffix in {".flac", ".wav"}))
    truth = read_rttm(next(real.glob(f"{name}*.rttm")))
    turns = engine.diarize(sound, Context()).turns
    assert [turn.start for turn in turns] == sorted(turn.start for turn in turns)
    one = error_rate(truth, [replace(stretch, speaker="0") for stretch in stretches(turns)]).total
    assert one - error_rate(truth, stretches(turns)).total >= BETTER_BY[name]


def pieces(sound: Sound, seconds: float) -> Iterator[Sound]:
    """The speech of a sound in pieces, each span followed by half a second of near silence."""
    clip, pause = sound.clip, np.zeros(RATE // 2, np.float32)
    heard = np.concatenate([window[0] for window in clip.windows(60.0)])
    spans = [heard[round(span.start * clip.rate) : round(span.end * clip.rate)] for span in sound.speech()[0]]
    joined = np.concatenate([part for span in spans for part in (span, pause)])
    joined += np.random.default_rng(0).normal(0, 1e-4, len(joined)).astype(np.float32)
    size = round(seconds * RATE)
    for first in range(0, len(joined) - size, size):
        yield listen(Held(joined[None, first : first + size]), named=False)


def test_of_one_voice_few_pieces_fall_into_two(real: Path, engine: Embedded) -> None:
    sides = [(path, side) for path in sorted(real.glob("call_auto_repairs_*.flac")) for side in (0, 1)]
    heard = [listen(mono(open_clip(path, max_seconds=600), (side,)), named=False) for path, side in sides]
    found = [voices_of(engine.diarize(piece, Context())) for sound in heard for piece in pieces(sound, 25.0)]
    assert len(found) >= 12
    assert sum(voices > 1 for voices in found) <= len(found) // 10


@pytest.mark.parametrize(("number", "side"), [(40, 0), (40, 1), (49, 1)])
def test_a_side_of_a_call_is_one_voice(real: Path, engine: Embedded, number: int, side: int) -> None:
    """Not the fourth: the caller of 49, half a minute of speech that breaks off sixteen times, becomes two."""
    clip = open_clip(next(real.glob(f"call_auto_repairs_{number}_*.flac")), max_seconds=600)
    assert voices_of(engine.diarize(listen(mono(clip, (side,)), named=False), Context())) == 1
