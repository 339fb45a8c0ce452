"""Whether one side of a call is heard on the other's channel too: how loud, and how much later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from audio.clip import Samples
from models.health import Leak

_SECONDS = 2.0
"""Looked at together: long against the longest delay, so that little of the echo falls outside."""
_BAND = (250.0, 3400.0)
"""Hz that every telephone carries, without the hum that both channels may share."""
_LAG_RATE = 8000
"""Delays are told to an eighth of a millisecond."""
EARLIEST, LATEST = -0.06, 0.3
"""Seconds a leak may come after its source: recorders shift channels a little, an echo over satellite comes late."""
_WEAKER = 10 ** (3 / 10)
"""Only windows where the source is 3 dB louder than what it may leak into speak of leaking."""
_BLOCK = 15
"""Windows summed before they are looked at for the times."""
_SURE = 12.0
"""Peak of the summed correlation, in its own deviations (robust). Sides that do not leak stay
below 7, of real calls and of the samples; a leak 40 dB down reaches 100 in half a minute of speech."""
_SURE_BLOCK = 6.0
_FAINTEST, _LOUDEST = -50.0, -3.0
"""dB. Fainter is lost in the noise of any line, and is what stereo codecs leave of one channel in the other; louder is
no leak but a mix."""
_SPREAD = (0.008, 0.032)
"""Seconds before and after the peak that belong to the leak's path."""

_Complex = NDArray[np.complex128]


@dataclass
class _Pair:
    """What was gathered of one channel into another."""

    white: _Complex
    cross: _Complex
    power: NDArray[np.float64]
    """Of the source."""
    block: _Complex
    blocks: list[tuple[float, float, NDArray[np.float32]]] = field(default_factory=list)
    begun: float = 0.0
    count: int = 0
    total: int = 0


class LeakMeter:
    """Takes a recording in pieces; keeps sums, and one short correlation for each half minute of speech."""

    def __init__(self, rate: int, channels: tuple[int, ...]) -> None:
        self.size = round(_SECONDS * rate)
        self._first, self._last = (round(edge * _SECONDS) for edge in _BAND)
        self._channels = channels
        self._held: dict[int, NDArray[np.float32]] = {number: np.zeros(0, np.float32) for number in channels}
        self._time = 0.0
        bins = self._last - self._first
        self._pairs = {
            pair: _Pair(np.zeros(bins, complex), np.zeros(bins, complex), np.zeros(bins), np.zeros(bins, complex))
            for pair in permutations(channels, 2)
        }

    def take(self, window: Samples) -> None:
        """The next piece of all channels of the clip."""
        if not self._pairs:
            return
        held = {number: np.concatenate([self._held[number], window[number]]) for number in self._channels}
        count = len(held[self._channels[0]]) // self.size
        for number in range(count):
            self._look({key: sound[number * self.size :][: self.size] for key, sound in held.items()})
            self._time += _SECONDS
        self._held = {key: sound[count * self.size :] for key, sound in held.items()}

    def leaks(self) -> tuple[Leak, ...]:
        """One for each pair of channels where there is one."""
        heard = {pair: self._leak(*pair, kept) for pair, kept in self._pairs.items() if kept.total}
        found = {pair: told for pair, told in heard.items() if told is not None}
        return tuple(leak for pair, (sure, leak) in found.items() if not _is_mirror(sure, leak, found.get(pair[::-1])))

    def _look(self, sounds: Mapping[int, NDArray[np.float32]]) -> None:
        spectra = {number: scipy.fft.rfft(sound)[self._first : self._last] for number, sound in sounds.items()}
        powers = {number: float(np.sum(np.abs(spectrum) ** 2)) for number, spectrum in spectra.items()}
        for (into, source), pair in self._pairs.items():
            if powers[source] > max(_WEAKER * powers[into], self.size * 1e-4) and powers[into] > 0:
                self._add(pair, spectra[into], spectra[source])

    def _add(self, pair: _Pair, into: _Complex, source: _Complex) -> None:
        cross = into * np.conj(source)
        white = cross / np.maximum(np.abs(cross), 1e-20)
        pair.begun = pair.begun if pair.count else self._time
        pair.white += white
        pair.block += white
        pair.cross += cross
        pair.power += np.abs(source) ** 2
        pair.count, pair.total = pair.count + 1, pair.total + 1
        if pair.count == _BLOCK or self._time - pair.begun > 2 * _BLOCK * _SECONDS:
            self._close(pair)

    def _close(self, pair: _Pair) -> None:
        pair.blocks.append((pair.begun, self._time + _SECONDS, self._by_lag(pair.block).astype(np.float32)))
        pair.block[:] = 0
        pair.count = 0

    def _by_lag(self, spectrum: _Complex) -> NDArray[np.float64]:
        """Correlation by delay, from `EARLIEST` to `LATEST`."""
        size = round(_SECONDS * _LAG_RATE)
        whole = np.zeros(size // 2 + 1, complex)
        whole[self._first : self._last] = spectrum
        lags = scipy.fft.irfft(whole, size)
        early, late = round(-EARLIEST * _LAG_RATE), round(LATEST * _LAG_RATE)
        return np.concatenate([lags[-early:], lags[: late + 1]])

    def _leak(self, into: int, source: int, pair: _Pair) -> tuple[float, Leak] | None:
        """How sure it is, and the leak."""
        if pair.count:
            self._close(pair)
        lags = np.abs(self._by_lag(pair.white))
        at = int(np.argmax(lags))
        sure, db = _sureness(lags, at), self._loudness(pair, at)
        spans = tuple((begun, ended) for begun, ended, block in pair.blocks if _sureness(block, at) > _SURE_BLOCK)
        if sure < _SURE or not spans or not _FAINTEST <= db <= _LOUDEST:
            return None
        delay = round(EARLIEST + at / _LAG_RATE, 4)
        return sure, Leak(channel=into, source=source, db=db, delay=delay, spans=spans)

    def _loudness(self, pair: _Pair, at: int) -> float:
        """Energy of the leak's path beyond what chance puts beside it, in dB of the source."""
        path = self._by_lag(pair.cross / np.maximum(pair.power, pair.power.mean() * 1e-3)) ** 2
        begin, end = max(0, at - round(_SPREAD[0] * _LAG_RATE)), at + round(_SPREAD[1] * _LAG_RATE)
        beside = np.concatenate([path[:begin], path[end:]])
        energy = float(path[begin:end].sum() - beside.mean() * len(path[begin:end]))
        # The band is a part of the spectrum, so that a path of gain 1 has only this part's energy.
        share = (self._last - self._first) / (_SECONDS * _LAG_RATE / 2)
        return round(10 * float(np.log10(max(energy / share, 1e-9))), 1)


def _is_mirror(sure: float, leak: Leak, other: tuple[float, Leak] | None) -> bool:
    """The leak of the other direction, seen while both speak: it comes as much too early as the other too late."""
    return other is not None and sure < 0.2 * other[0] and abs(leak.delay + other[1].delay) < 1e-3


def _sureness(lags: NDArray[np.floating], at: int) -> float:
    """How far the correlation at a delay, give or take half a millisecond, stands out of that at all others."""
    size = np.abs(lags)
    deviation = float(np.median(size)) / 0.6745
    near = size[max(0, at - 4) : at + 5]
    return float(near.max()) / deviation if deviation > 0 else 0.0
