"""Recordings made on the spot, in every container and coding that there is an encoder for."""

import wave
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from audio.clip import Samples
from audio.decoding.decode import open_clip

LAYOUTS = {1: "mono", 2: "stereo", 8: "7.1"}


def tone(seconds: float, *pitches: float, rate: int = 8000, peak: float = 0.5) -> NDArray[np.float32]:
    """One sine on each channel."""
    at = np.arange(round(seconds * rate)) / rate
    return np.stack([peak * np.sin(2 * np.pi * pitch * at) for pitch in pitches]).astype(np.float32)


def babble(seconds: float, rate: int = 8000, seed: int = 0) -> NDArray[np.float32]:
    """Noise in bursts: unlike itself at every other moment, as speech is, so that a shift shows in a correlation."""
    noise = np.random.default_rng(seed).standard_normal(round(seconds * rate))
    smooth = np.convolve(noise, np.hanning(9) / 5, mode="same")
    bursts = np.repeat(np.random.default_rng(seed + 1).uniform(0, 1, len(noise) // 800 + 1), 800)[: len(noise)]
    return (0.2 * smooth * bursts)[None].astype(np.float32)


@cache
def _talk() -> NDArray[np.float32]:
    """Twelve seconds of a sample call: two people at 8 kHz, shape (2, samples)."""
    path = Path(__file__).parents[1] / "samples" / "calls" / "05-wrong-number.mp3"
    return next(open_clip(path, max_seconds=120).windows(12.0))[:, ::2]


def talk(seconds: float = 4.0, *, seed: int = 1, channels: int = 2) -> bytes:
    """A WAV of people talking for at most 12 s, behind a little noise. Another seed: other bytes."""
    heard = _talk()[:, : round(8000 * seconds)]
    picked = heard if channels == 2 else heard.mean(axis=0, keepdims=True)
    noise = np.random.default_rng(seed).normal(0, 3e-4, picked.shape)
    return wav(((picked + noise) * 32000).astype(np.int16).T)


def wav(samples: NDArray[np.int16]) -> bytes:
    """8 kHz; shape (samples, channels)."""
    held = BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.astype("<i2").tobytes())
    return held.getvalue()


def encode(path: Path, codec: str, sound: NDArray[np.float32], rate: int, **how: Any) -> Path:
    """Through PyAV, in frames of 20 ms. `how`: `container`, when the name does not tell it; `options` of the muxer."""
    layout = LAYOUTS[len(sound)]
    with av.open(str(path), "w", format=how.get("container"), options=how.get("options", {})) as container:
        stream = cast(AudioStream, container.add_stream(codec, rate=rate, layout=layout))
        resampler = av.AudioResampler(format=stream.format, layout=layout, rate=rate)
        for first in range(0, sound.shape[1], rate // 50):
            piece = np.round(sound[:, first : first + rate // 50] * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(piece.T.reshape(1, -1), format="s16", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
            for ready in resampler.resample(frame):
                container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return path


def alike(one: NDArray[np.float32], other: NDArray[np.float32], most: int = 800) -> float:
    """The best correlation of the first channels when one is shifted by at most `most` samples, as codecs do."""
    size = 1 << (one.shape[1] + other.shape[1]).bit_length()
    left, right = (sound[0] - sound[0].mean() for sound in (one, other))
    found = np.fft.irfft(np.conj(np.fft.rfft(left, size)) * np.fft.rfft(right, size), size)
    near = np.concatenate([found[: most + 1], found[-most:]])
    return float(near.max() / (np.linalg.norm(left) * np.linalg.norm(right)))


@dataclass
class Held:
    """A clip of sound that is at hand."""

    sound: Samples
    rate: int = 16000
    partial: bool = False

    @property
    def channels(self) -> int:
        return len(self.sound)

    @property
    def duration(self) -> float:
        return float(self.sound.shape[1] / self.rate)

    def windows(self, seconds: float) -> Iterator[Samples]:
        size = round(seconds * self.rate)
        for first in range(0, self.sound.shape[1], size):
            yield self.sound[:, first : first + size]
