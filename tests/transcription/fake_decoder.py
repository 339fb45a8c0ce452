"""Recordings that are nothing but marks, and a speech model that reads them, with the faults that real ones have.

A sample is 0 where nobody speaks, above it where English is spoken, below it where Russian is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from audio.clip import Samples
from audio.quality import Levels
from audio.sound import Sound
from audio.speech import frame_seconds
from models.health import Health, SoundEvent
from transcription.engines.whisper import Options, Whisper
from transcription.segments import Heard, Segment
from transcription.whisper_decoder import Sound as Wave

RATE = 16000
WORD = 0.5
"""Seconds of each word that the model reads."""

Stretch = tuple[float, float]


@dataclass
class Marks:
    """A clip with a mark wherever somebody speaks."""

    speech: Mapping[int, Sequence[Stretch]]
    russian: Mapping[int, Sequence[Stretch]]
    duration: float
    channels: int
    rate: int = RATE
    partial: bool = False

    def windows(self, seconds: float) -> Iterator[Samples]:
        size, end = round(seconds * RATE), round(self.duration * RATE)
        for first in range(0, end, size):
            window = np.zeros((self.channels, min(size, end - first)), np.float32)
            for kind, mark in ((self.speech, 0.1), (self.russian, -0.1)):
                for channel, stretches in kind.items():
                    for start, stop in stretches:
                        window[channel, max(0, round(start * RATE) - first) : max(0, round(stop * RATE) - first)] = mark
            yield window


def recording(
    speech: Mapping[int, Sequence[Stretch]],
    *,
    russian: Mapping[int, Sequence[Stretch]] | None = None,
    events: Sequence[SoundEvent] = (),
    chance: float = 1.0,
    sides: int | None = None,
) -> Sound:
    """As `listen` would have heard it: spans come out as they are told here, as long as .7 s lie between them."""
    duration = max((stop for found in speech.values() for _, stop in found), default=5.0) + 1.0
    chances = {}
    for channel, stretches in speech.items():
        chances[channel] = np.zeros(round(duration / frame_seconds(RATE)), np.float32)
        for start, stop in stretches:
            first, last = (round(edge / frame_seconds(RATE)) for edge in (start + 0.2, stop - 0.2))
            chances[channel][first:last] = chance
    channels = len(speech)
    return Sound(
        clip=Marks(speech, russian or {}, duration, channels),
        levels=Levels((0.1,) * channels, (0.1,) * channels, same=False),
        channels=tuple(speech),
        sides=channels if sides is None else sides,
        chances=chances,
        health=Health(events=tuple(events)),
    )


@dataclass
class FakeDecoder:
    """Writes a word for every half second of sound that is not silent."""

    room: int = 100
    """More sounds at a time do not fit into the memory."""
    loses_after: float = 99.0
    """Seconds of a sound, in a batch; what is behind is lost."""
    deaf: bool = False
    """In batches nothing is written."""
    deaf_again: bool = False
    says: str = "w"
    says_again: str = "again"
    avg_logprob: float = -0.3
    no_speech: float = 0.0
    sure: float = 0.95
    """Chance of the language that is spoken."""
    languages: Sequence[str] = ("en", "ru", "fa")
    batches: list[int] = field(default_factory=list)
    """How many sounds were encoded at a time."""
    seconds: list[float] = field(default_factory=list)
    """Of each sound that was encoded."""
    written: list[tuple[str, int, str | None]] = field(default_factory=list)
    """Language, number of sounds and names of each batch."""
    again_seconds: list[float] = field(default_factory=list)

    def encode(self, sounds: Sequence[Wave]) -> Any:
        assert all(len(sound) <= 30 * RATE for sound in sounds)
        if len(sounds) > self.room:
            raise RuntimeError("CUDA failed with error out of memory")
        self.batches.append(len(sounds))
        self.seconds += [len(sound) / RATE for sound in sounds]
        return list(sounds)

    def chances(self, encoded: Any) -> list[dict[str, float]]:
        return [self._chances(float(np.mean(sound < 0) / max(np.mean(sound != 0), 1e-9))) for sound in encoded]

    def _chances(self, russian: float) -> dict[str, float]:
        return {"ru": self.sure * russian, "en": self.sure * (1 - russian), "fa": 0.0}

    def write(self, encoded: Any, sounds: Sequence[Wave], language: str, names: str | None) -> list[list[Segment]]:
        assert len(encoded) == len(sounds)
        self.written.append((language, len(sounds), names))
        heard = [sound[: 0 if self.deaf else round(self.loses_after * RATE)] for sound in sounds]
        return [self._segments(sound, f"{self.says}-{language}") for sound in heard]

    def again(self, sound: Wave, language: str) -> list[Segment]:
        self.again_seconds.append(len(sound) / RATE)
        return [] if self.deaf_again else self._segments(sound, f"{self.says_again}-{language}")

    def hotwords(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(names)

    def _segments(self, sound: Wave, word: str) -> list[Segment]:
        step = round(WORD * RATE)
        starts = [first / RATE for first in range(0, len(sound), step) if np.any(sound[first : first + step])]
        # Each word another one: the same ones would be a loop.
        heard = [
            Heard(f" {word}-{number * 7919 % 10007}", start, min(start + WORD, len(sound) / RATE), 0.9)
            for number, start in enumerate(starts)
        ]
        sentences = [tuple(heard[first : first + 4]) for first in range(0, len(heard), 4)]
        return [
            Segment("".join(word.text for word in said), said, self.avg_logprob, self.no_speech) for said in sentences
        ]


def engine(decoder: FakeDecoder, folder: Path, *, batch_size: int = 4, **options: Any) -> Whisper:
    """`folder` has to have weights, but nobody loads them."""
    chosen = Options(
        folder=folder, name="fake", device="cpu", compute_type="int8", batch_size=batch_size, beam_size=1, threads=1,
        **options,
    )  # fmt: skip
    return Whisper(chosen, lambda _options: decoder)
