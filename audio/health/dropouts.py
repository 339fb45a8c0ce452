"""Holes in speech as lost packets make them: the sound breaks off within 10 ms and comes back as suddenly.

A closure before `p` or `k` is as silent on a clean line, but the voice dies away into it; the pauses of a line that
sends nothing in silence begin after the voice has ended. Losses that the receiver covered up by repeating sound are not
found.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from audio.health.frames import HOP, Frames

_BLOCK = 0.005
"""Seconds."""
_SHORTEST, _LONGEST = 0.02, 0.5
"""Seconds: a packet is 20 ms; after half a second a listener takes it for a pause. Of a hole about two half blocks are
not seen as empty."""
_EDGE = 3
"""Blocks before and after in which the sound must be loud: one is lost to the resampler's ringing."""
_LOUD = 20.0
"""dB below the loud blocks (95 %) at most, on both edges."""
_EMPTY = 50.0
"""dB below the loud blocks at least, all through the hole."""
_SPOKEN = 0.5
"""Chance of speech somewhere near: Silero may fall within the hole itself."""
_KEPT = 50
"""Times that are told; all are counted."""


@dataclass
class DropoutMeter:
    """Takes a channel's frames; keeps the holes found."""

    count: int = 0
    seconds: float = 0.0
    times: list[tuple[float, float]] = field(default_factory=list)

    def take(self, frames: Frames) -> None:
        size = round(_BLOCK * frames.rate)
        loudest = np.abs(frames.sound[: len(frames.sound) // size * size]).reshape(-1, size).max(axis=1)
        level = 20 * np.log10(np.maximum(loudest, 1e-6))
        if len(level) < 2 * _EDGE or not (frames.chances > _SPOKEN).any():
            return
        speech = _near_speech(frames.chances, len(level), size)
        loud = float(np.quantile(level[speech], 0.95)) if speech.any() else 0.0
        start = frames.first * HOP / frames.rate
        for begin, end in _holes(level, loud):
            if speech[begin] and speech[end - 1]:
                self._add(start + (begin - 0.5) * _BLOCK, start + (end + 0.5) * _BLOCK)

    def _add(self, begin: float, end: float) -> None:
        self.count += 1
        self.seconds += end - begin
        if len(self.times) < _KEPT:
            self.times.append((round(begin, 2), round(end, 2)))


def _near_speech(chances: NDArray[np.float32], blocks: int, size: int) -> NDArray[np.bool_]:
    """For each block: speech within 10 frames (0.3 s) on both sides, or in it."""
    spoken = (chances > _SPOKEN).astype(np.int8)
    width = 10
    padded = np.pad(spoken, width)
    around = np.lib.stride_tricks.sliding_window_view(padded, width + 1).max(axis=1)
    before, after = around[: len(spoken)], around[width : width + len(spoken)]
    frame = np.minimum(np.arange(blocks) * size // HOP, len(spoken) - 1)
    return np.asarray((before & after).astype(bool)[frame])


def _holes(level: NDArray[np.floating], loud: float) -> list[tuple[int, int]]:
    """First block and the one behind the last of each run of emptiness with loud edges."""
    empty = np.concatenate([[False], level < max(loud - _EMPTY, -100.0), [False]])
    edges = np.flatnonzero(np.diff(empty.astype(np.int8)))
    found = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        before, after = level[max(0, begin - _EDGE) : begin], level[end : end + _EDGE]
        long_enough = _SHORTEST - 2 * _BLOCK <= (end - begin) * _BLOCK <= _LONGEST
        if long_enough and len(before) and len(after) and min(before.max(), after.max()) > loud - _LOUD:
            found.append((begin, end))
    return found
