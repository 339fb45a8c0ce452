"""What can be said of the sound itself: how loud each channel is, and whether two channels are two sides of a call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from audio.clip import Clip, Samples

_WINDOW = 30.0
"""Seconds read at a time."""
_DEAD_PEAK = 1e-4
"""-80 dB: below the last bits of 16-bit sound, so a line that carried nothing."""
_SAME_REST = 1e-3
"""Two channels are one sound when a gain on one leaves less than this share (-30 dB) of the other's energy.
A lossy codec leaves some rest; cross-talk between two real sides of a call leaves far more."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Of a whole clip, channel by channel."""

    peak: tuple[float, ...]
    """Largest absolute sample, 0 to 1."""
    rms: tuple[float, ...]
    same: bool
    """All channels carry the same sound, up to a gain."""


def measure_levels(clip: Clip) -> Levels:
    """One pass over the sound."""
    peak = np.zeros(clip.channels)
    products = np.zeros((clip.channels, clip.channels))
    count = 0
    for window in clip.windows(_WINDOW):
        if not window.shape[1]:
            continue
        sound = window.astype(np.float64)
        peak = np.maximum(peak, np.abs(sound).max(axis=1))
        products += sound @ sound.T
        count += sound.shape[1]
    rms = np.sqrt(np.diag(products) / max(count, 1))
    return Levels(tuple(peak.tolist()), tuple(rms.tolist()), _is_one_sound(products))


def _is_one_sound(products: np.ndarray) -> bool:
    first = products[0, 0]
    for other in range(1, len(products)):
        second, both = products[other, other], products[0, other]
        if first <= 0 or second <= 0 or 1 - both * both / (first * second) > _SAME_REST:
            return False
    return len(products) > 1


def live_channels(levels: Levels) -> tuple[int, ...]:
    """The channels that are worth hearing: one of several with the same sound, and none that is dead.

    An empty tuple says that there is no sound at all.
    """
    alive = tuple(number for number, peak in enumerate(levels.peak) if peak > _DEAD_PEAK)
    return alive[:1] if levels.same else alive


def call_sides(levels: Levels, *, named: bool) -> tuple[tuple[int, ...], int]:
    """The channels to hear, and how many sides of a call are on channels of their own.

    One sound on all channels is one side. So is one live channel beside dead ones, unless the metadata has named
    whose channel is whose (`named`): then somebody was silent.
    """
    alive = live_channels(levels)
    mixed = levels.same or (len(alive) < 2 and not named)
    return alive, 1 if mixed else len(levels.peak)


@dataclass(frozen=True, slots=True)
class MonoClip:
    """Some channels of a clip as one."""

    source: Clip
    mixed: tuple[int, ...]
    rate: int
    duration: float
    partial: bool
    channels: int = 1

    def windows(self, seconds: float) -> Iterator[Samples]:
        for window in self.source.windows(seconds):
            yield np.asarray(window[list(self.mixed)].mean(axis=0, keepdims=True), dtype=np.float32)


def mono(clip: Clip, channels: Sequence[int]) -> MonoClip:
    """The mean of the channels that are worth hearing (`live_channels`); the first one when none is."""
    return MonoClip(clip, tuple(channels) or (0,), clip.rate, clip.duration, clip.partial)
