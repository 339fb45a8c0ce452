"""How speech stands in a channel: its level, the noise around it, clipping, and up to which frequency it is carried."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from audio.health.frames import FRAME, HOP, Frames, decibels
from models.health import ChannelHealth

_SPOKEN, _UNSPOKEN = 0.5, 0.1
"""Chances of speech in frames that count as speech, and as what is around it."""
_MARGIN = 6
"""Frames (0.2 s) beside speech that are no noise: words fade."""
_LEAST = 30
"""Frames, a second: less tells no level."""
_DEAD = -85.0
"""dB. Below it a line sends nothing in pauses (silence suppression, a synthetic voice): then the noise that goes with
the speech shows only between its syllables."""
_BINS = 1000
"""Of the histogram of sizes of samples."""
_CLIP_TOP, _CLIP_BELOW = (0.9, 1.0), (0.7, 0.85)
"""Parts of the peak. In speech the louder part holds about a third as many samples for its width; speech that was cut
off piles up under its peak. What a resampler has blurred since is left to the decoder, which saw it before."""
_CARRIED = 10 ** (4 / 10)
"""4 dB by which speech stands out of the noise in a frequency that it really has."""
_DEEPEST = 50.0
"""dB below the strongest frequency: beneath it lie the leavings of filters. Narrowband recordings end below 3950 Hz by
this, wideband speech between 4500 (a dull voice) and 8000."""
_SMOOTH = 5
"""Bins, 80 Hz: a single harmonic of hum shall not speak for a band."""


@dataclass
class VoiceMeter:
    """Takes a channel's frames; keeps their levels (one number for 32 ms) and sums of spectra."""

    _levels: list[NDArray[np.float32]] = field(default_factory=list)
    _chances: list[NDArray[np.float32]] = field(default_factory=list)
    _other: list[NDArray[np.bool_]] = field(default_factory=list)
    _sizes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(_BINS, np.int64))
    _speech: NDArray[np.float64] = field(default_factory=lambda: np.zeros(FRAME // 2 + 1))
    _around: NDArray[np.float64] = field(default_factory=lambda: np.zeros(FRAME // 2 + 1))
    _counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(2, np.int64))
    _rate: int = 16000

    def take(self, frames: Frames, other: NDArray[np.bool_]) -> None:
        """`other`: frames that are tones, and so neither speech nor noise."""
        self._rate = frames.rate
        speech = (frames.chances > _SPOKEN) & ~other
        around = _away(frames.chances) & ~other
        self._levels.append(frames.level)
        self._chances.append(np.asarray(frames.chances, np.float32))
        self._other.append(other)
        self._speech += frames.power[:, speech].sum(axis=1)
        self._around += frames.power[:, around].sum(axis=1)
        self._counts += (int(speech.sum()), int(around.sum()))
        samples = np.abs(frames.sound[: len(speech) * HOP]).reshape(-1, HOP)[speech].ravel()
        self._sizes += np.bincount(np.minimum(samples * _BINS, _BINS - 1).astype(np.int64), minlength=_BINS)

    def told(self, number: int, events: NDArray[np.bool_]) -> ChannelHealth:
        """`events`: for each frame, whether a tone or music was heard."""
        if not self._chances:
            return ChannelHealth(channel=number)
        chances, other = np.concatenate(self._chances), np.concatenate(self._other)
        speech, other = (chances > _SPOKEN) & ~other, other | events[: len(chances)]
        level = np.concatenate(self._levels).astype(float)
        loudness = decibels(float(level[speech].mean())) if speech.sum() >= _LEAST else None
        noise = _noise(10 * np.log10(level + 1e-12), speech, _away(chances) & ~other)
        return ChannelHealth(
            channel=number,
            speech_db=_rounded(loudness),
            noise_db=_rounded(noise),
            snr=None if loudness is None or noise is None else _rounded(_ratio(loudness, noise)),
            clipped=round(self._clipped(), 5),
            bandwidth=self._bandwidth(),
            silence=round(float((~speech & ~other).mean()), 3),
            speech=round(float(speech.sum()) * HOP / self._rate, 2),
        )

    def _clipped(self) -> float:
        """Share of speech samples piled up under the largest."""
        sizes, total = self._sizes, int(self._sizes.sum())
        if not total:
            return 0.0
        peak = int(np.flatnonzero(sizes)[-1]) + 1
        top, below = _part(sizes, peak, _CLIP_TOP), _part(sizes, peak, _CLIP_BELOW)
        width = (_CLIP_TOP[1] - _CLIP_TOP[0]) / (_CLIP_BELOW[1] - _CLIP_BELOW[0])
        return top / total if top > width * below else 0.0

    def _bandwidth(self) -> float | None:
        """Hz: the highest frequency in which speech is not lost in its own depth, and stands out of the noise."""
        import librosa

        if self._counts[0] < _LEAST:
            return None
        speech = _smooth(self._speech / self._counts[0])
        carried = librosa.power_to_db(speech, ref=np.max, top_db=None, amin=1e-20) > -_DEEPEST
        if self._counts[1] >= _LEAST:
            carried &= speech > _CARRIED * _smooth(self._around / self._counts[1])
        highest = np.flatnonzero(carried)
        return round(float(highest[-1]) * self._rate / FRAME) if len(highest) else None


def _noise(levels: NDArray[np.floating], speech: NDArray[np.bool_], around: NDArray[np.bool_]) -> float | None:
    """dB: the quieter part of what is around speech; where a line is dead there, the quietest frames of the speech."""
    if around.sum() >= _LEAST and (found := float(np.quantile(levels[around], 0.25))) > _DEAD:
        return found
    return float(np.quantile(levels[speech], 0.02)) if speech.sum() >= _LEAST else None


def _ratio(speech: float, noise: float) -> float:
    """dB: what speech adds to the noise; at least -30, where nothing is added."""
    return max(decibels(10 ** (speech / 10) - 10 ** (noise / 10)) - noise, -30.0)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _away(chances: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Frames without speech, and none within `_MARGIN` of them."""
    spoken = np.convolve(chances >= _UNSPOKEN, np.ones(2 * _MARGIN + 1), mode="same") > 0
    return np.asarray(~spoken[: len(chances)]) if len(chances) else np.zeros(0, bool)


def _part(sizes: NDArray[np.int64], peak: int, part: tuple[float, float]) -> int:
    return int(sizes[round(part[0] * peak) : round(part[1] * peak)].sum())


def _smooth(spectrum: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.convolve(spectrum, np.ones(_SMOOTH) / _SMOOTH, mode="same")
