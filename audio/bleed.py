"""Speech that is only the other side, heard through: it must not be transcribed twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from audio.leaks import LeakMeter
from audio.speech import Span
from models.health import Leak

if TYPE_CHECKING:
    from audio.sound import Sound

_WINDOW = 60.0
"""Seconds from which the leak's path is learned anew: it changes when a call is handed on."""
_MEMORY = 0.5
"""What the window before still counts: a window may hold little of the other side."""
_FRAME, _HOP = 0.064, 0.016
_BAND = (250.0, 3400.0)
_BANDS = 8
_ROOM = 0.3
"""Of a frame's power there is 16 ms later: a hands-free phone hears the other side's last sound die away (-5 dB)."""
_ROOM_FRAMES = 6
_SPEAKS = 10 ** (-30 / 10)
"""The source speaks in frames no more than 30 dB below its loud ones."""
_CEILING = 10 ** (9 / 10)
"""What the leak can be beyond its measured loudness: with two people talking all the time, what is heard beside the
source would otherwise be taken for its leak."""
_MARGIN = 10 ** (6 / 10)
"""Own energy is what stands 6 dB above all that the leak and the line's noise explain."""
_DRY = 10 ** (-10 / 10)
"""Of a leak that is the same sound again, nothing is left but the last bits: own speech is no more than 4 dB below it
(with the margin), or nobody could understand it."""
_HUSH = 10 ** (-40 / 10)
"""What is 40 dB below the channel's loud frames is breath and line noise."""
_OWN = 0.08
"""Seconds of own energy within `_OWN_IN` that make own speech: the vowel of a short `yes` is longer."""
_OWN_IN = 0.16
_PAD = 0.25
"""Seconds around own energy that stay: consonants and the fading of words."""
_PAUSE = 0.5
"""Seconds around leaking that belong to it, unless there is own energy: the other side's pauses between words."""
_CUT = 1.0
"""Seconds without own energy inside a span that are worth cutting out."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bleed:
    """A stretch of a channel that was the other side only, and taken out."""

    channel: int
    start: float
    """Seconds."""
    end: float
    db: float
    """Against the other side's own channel."""


def without_bleed(sound: Sound, spans: dict[int, list[Span]]) -> tuple[dict[int, list[Span]], list[Bleed]]:
    """Speech spans without what is only the other side leaking in, and what was taken out, ordered by start.

    Of a span in which the channel's own speaker is heard, only stretches of a second and more are cut. Where nothing
    leaks it costs nothing beyond the measurement that `listen` has made; else one pass over the clip.
    """
    leaks = [leak for leak in _leaks(sound) if spans.get(leak.channel) and spans.get(leak.source)]
    if not leaks:
        return spans, []
    tracks = [_Track(leak, sound.clip.rate) for leak in leaks]
    for window in sound.clip.windows(_WINDOW):
        for track in tracks:
            track.take(window[track.leak.channel], window[track.leak.source])
    kept, taken = dict(spans), []
    for track in tracks:
        kept[track.leak.channel], out = _split(kept[track.leak.channel], track.heard())
        taken += [Bleed(track.leak.channel, span.start, span.end, db) for span, db in out]
    return kept, sorted(taken, key=lambda bleed: bleed.start)


def _leaks(sound: Sound) -> Sequence[Leak]:
    if sound.health is not None:
        return sound.health.leaks
    meter = LeakMeter(sound.clip.rate, sound.channels)
    for window in sound.clip.windows(_WINDOW):
        meter.take(window)
    return meter.leaks()


@dataclass(frozen=True, slots=True)
class _Heard:
    """Of each hop: is there energy that the leak does not explain, is there leaking, and the powers."""

    own: NDArray[np.bool_]
    leak: NDArray[np.bool_]
    power: NDArray[np.float32]
    source: NDArray[np.float32]


@dataclass
class _Track:
    """One leak, followed through a recording."""

    leak: Leak
    rate: int
    _into: NDArray[np.float32] = field(init=False)
    _source: NDArray[np.float32] = field(init=False)
    _cross: NDArray[np.complex128] | None = None
    _power: _Floats | None = None
    _ratios: list[_Floats] = field(default_factory=list)
    _heard: list[_Heard] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.size, self.hop = round(_FRAME * self.rate), round(_HOP * self.rate)
        shift = round(self.leak.delay * self.rate)
        # Whoever is late is shortened, by silence before the other: from then on they run side by side. Half a frame
        # more before both puts the middle of frame n at n hops of the channel that is leaked into.
        lead = np.zeros(self.size // 2, np.float32)
        self._into = np.concatenate([lead, np.zeros(max(0, -shift), np.float32)])
        self._source = np.concatenate([lead, np.zeros(max(0, shift), np.float32)])
        self._skip = max(0, -shift) // self.hop

    def take(self, into: NDArray[np.float32], source: NDArray[np.float32]) -> None:
        """The next piece of both channels."""
        into, source = np.concatenate([self._into, into]), np.concatenate([self._source, source])
        count = max(0, (min(len(into), len(source)) - self.size) // self.hop + 1)
        if count:
            self._heard.append(self._judge(self._frames(into, count), self._frames(source, count)))
        self._into, self._source = into[count * self.hop :], source[count * self.hop :]

    def heard(self) -> _Heard:
        names = ("own", "leak", "power", "source")
        return _Heard(*(np.concatenate([getattr(one, name) for one in self._heard])[self._skip :] for name in names))

    def _frames(self, sound: NDArray[np.float32], count: int) -> NDArray[np.complex64]:
        """Shape (frames, bins of the band)."""
        rows = np.lib.stride_tricks.sliding_window_view(sound, self.size)[:: self.hop][:count]
        first, last = (round(edge * _FRAME) for edge in _BAND)
        shape = np.hanning(self.size).astype(np.float32)
        return np.asarray(scipy.fft.rfft(rows * shape, axis=1)[:, first:last], dtype=np.complex64)

    def _judge(self, into: NDArray[np.complex64], source: NDArray[np.complex64]) -> _Heard:
        direct, heard = _banded(source), _banded(into)
        level = direct.sum(axis=1)
        speaks = level > max(float(np.quantile(level, 0.95)) * _SPEAKS, 1e-7)
        rest = _banded(into - source * self._path(into[speaks], source[speaks]))
        tail = _with_room(direct)
        explained = (tail * self._gain(rest[speaks], heard[speaks], tail[speaks])).sum(axis=1)
        floor = max(np.quantile(rest, 0.1, axis=0).sum(), _HUSH * np.quantile(heard.sum(axis=1), 0.98))
        own = _smooth(rest.sum(axis=1)) > _MARGIN * (_smooth(explained) + floor)
        leaking = ~own & (tail.sum(axis=1) > level[speaks].min(initial=np.inf))
        return _Heard(own, leaking, heard.sum(axis=1).astype(np.float32), level.astype(np.float32))

    def _path(self, into: NDArray[np.complex64], source: NDArray[np.complex64]) -> NDArray[np.complex64]:
        """Least squares, bin by bin, over this window and what is remembered: what of the source is in the channel."""
        cross, power = (into * np.conj(source)).sum(axis=0), (np.abs(source) ** 2).sum(axis=0)
        if self._cross is not None and self._power is not None:
            cross, power = cross + _MEMORY * self._cross, power + _MEMORY * self._power
        self._cross, self._power = cross.astype(complex), power.astype(float)
        return np.asarray(cross / np.maximum(power, 1e-12), dtype=np.complex64)

    def _gain(self, rest: _Floats, heard: _Floats, tail: _Floats) -> _Floats:
        """What the path leaves of the source, for each band: the middle of the frames in which it speaks."""
        safe = np.maximum(tail, 1e-12)
        self._ratios = [*self._ratios[-1:], np.stack([rest / safe, heard / safe])]
        ratios = np.concatenate(self._ratios, axis=1)
        if not ratios.shape[1]:
            return np.zeros(_BANDS)
        left, whole = np.minimum(np.median(ratios, axis=1), _CEILING * 10 ** (self.leak.db / 10))
        return np.asarray(np.maximum(left, _DRY * whole))


def _banded(spectrum: NDArray[np.complex64]) -> _Floats:
    """Power in `_BANDS` bands: shape (frames, bands)."""
    power = np.abs(spectrum).astype(float) ** 2
    edges = np.linspace(0, power.shape[1], _BANDS, endpoint=False).astype(int)
    return np.asarray(np.add.reduceat(power, edges, axis=1))


def _with_room(power: _Floats) -> _Floats:
    """Each frame, or what is left of those before it, whichever is more."""
    found = power.copy()
    for late in range(1, _ROOM_FRAMES + 1):
        found[late:] = np.maximum(found[late:], power[:-late] * _ROOM**late)
    return found


def _smooth(values: _Floats) -> _Floats:
    """Mean of three frames."""
    return _around(values, 3) / 3


def _split(spans: Sequence[Span], heard: _Heard) -> tuple[list[Span], list[tuple[Span, float]]]:
    kept: list[Span] = []
    taken: list[tuple[Span, float]] = []
    for span in spans:
        stay, out = _parts(span, heard)
        kept += stay
        taken += [(part, _loudness(part, heard)) for part in out]
    return kept, taken


def _parts(span: Span, heard: _Heard) -> tuple[list[Span], list[Span]]:
    """What stays of a span, and what goes."""
    first, last = round(span.start / _HOP), min(round(span.end / _HOP), len(heard.own))
    if last <= first:
        return [span], []
    stays = _own_speech(heard.own[first:last]) | ~_near(heard.leak[first:last], _PAUSE)
    stay: list[Span] = []
    out: list[Span] = []
    for begin, end, own in _runs(stays):
        part = Span(span.start if begin == 0 else (first + begin) * _HOP, (first + end) * _HOP)
        part = Span(part.start, span.end) if first + end >= last else part
        whole = begin == 0 and first + end >= last
        (stay if own or not (whole or end - begin >= _CUT / _HOP) else out).append(part)
    return _merged(stay), out


def _own_speech(own: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where enough own energy comes together, and what is around it."""
    width = max(1, round(_OWN_IN / _HOP))
    dense = _around(own, width) >= _OWN / _HOP
    return _near(dense & own, _PAD)


def _near(marks: NDArray[np.bool_], seconds: float) -> NDArray[np.bool_]:
    return np.asarray(_around(marks, 2 * round(seconds / _HOP) + 1) > 0)


def _around(values: NDArray[np.bool_] | _Floats, width: int) -> _Floats:
    """Of each frame: the sum of the `width` around it. As many as there are, where numpy's `same` gives no fewer than
    `width`: the end of a recording may hold a frame or two."""
    return np.asarray(np.convolve(values, np.ones(width))[(width - 1) // 2 :][: len(values)])


def _runs(marks: NDArray[np.bool_]) -> list[tuple[int, int, bool]]:
    edges = [0, *(np.flatnonzero(np.diff(marks)) + 1).tolist(), len(marks)]
    return [(begin, end, bool(marks[begin])) for begin, end in pairwise(edges)]


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and span.start <= merged[-1].end + 1e-6:
            merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged


def _loudness(span: Span, heard: _Heard) -> float:
    """Of the channel against the source, in dB."""
    at = slice(round(span.start / _HOP), round(span.end / _HOP))
    power, source = float(heard.power[at].sum()), float(heard.source[at].sum())
    return round(10 * float(np.log10(max(power, 1e-12) / max(source, 1e-12))), 1)
