"""Sound made on the spot, and the sample calls, as clips that are at hand."""

import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sounds import Held

from audio.clip import Samples
from audio.decoding.decode import open_clip
from audio.sound import Sound, listen

RATE = 16000
SAMPLES = Path(__file__).parents[2] / "samples" / "calls"
TEST_DATA = Path(os.environ.get("EARMARK_TEST_DATA", "")) / "audio"

needs_test_data = pytest.mark.skipif(
    "EARMARK_TEST_DATA" not in os.environ, reason="EARMARK_TEST_DATA names no folder with real recordings"
)

Wave = NDArray[np.float64]


def heard(*channels: Wave | NDArray[np.float32], named: bool = False) -> Sound:
    """Of channels of one length, listened to."""
    return listen(Held(np.stack(channels).astype(np.float32)), named=named)


@cache
def recording(path: Path) -> Samples:
    """The whole sound; not to be written into."""
    return np.concatenate(list(open_clip(path, max_seconds=1000).windows(60.0)), axis=1)


def sample_call(name: str) -> Samples:
    return recording(next(SAMPLES.glob(f"{name}.[mow]*")))


def tone(seconds: float, *pitches: float, level: float = 0.2) -> Wave:
    """Sines of one strength, together at `level`."""
    at = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(sum(np.sin(2 * np.pi * pitch * at) for pitch in pitches) * level / max(len(pitches), 1))


def silence(seconds: float) -> Wave:
    return np.zeros(round(seconds * RATE))


def noise(seconds: float, level: float, seed: int = 0) -> Wave:
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE)) * level


def cadence(count: int, *parts: Wave) -> Wave:
    """A second of silence, then the parts so many times, over a whisper of line noise."""
    sound = np.concatenate([silence(1.0), *list(parts) * count, silence(1.0)])
    return sound + noise(len(sound) / RATE, 0.0005)[: len(sound)]


def song(seconds: float, *, beat: float = 0.5, drums: bool = False, seed: int = 0) -> Wave:
    """Struck chords that die away with a melody above them, as a queue plays."""
    rng = np.random.default_rng(seed)
    played = silence(seconds + 4 * beat)
    chords = ((57, 60, 64), (53, 57, 60), (48, 52, 55), (55, 59, 62))
    for number, start in enumerate(np.arange(0.0, seconds, beat)):
        chord = chords[number // 4 % 4]
        if number % 4 == 0:
            for key in chord:
                _strike(played, start, _note(key, 4 * beat))
        _strike(played, start, 1.4 * _note(int(rng.choice(chord)) + 12, beat))
        if drums:
            _strike(played, start, noise(0.1, 0.5, seed=number) * np.exp(-np.arange(1600) / 400))
    return np.asarray(played[: round(seconds * RATE)] / np.abs(played).max() * 0.5)


def _note(key: int, seconds: float) -> Wave:
    at = np.arange(round(seconds * RATE)) / RATE
    pitch = 440 * 2 ** ((key - 69) / 12)
    return np.asarray(
        sum(np.sin(2 * np.pi * pitch * part * at) / part * np.exp(-at * (1 + 0.4 * part)) for part in range(1, 8))
    )


def _strike(played: Wave, start: float, sound: Wave) -> None:
    first = round(start * RATE)
    played[first : first + len(sound)] += sound[: len(played) - first]
