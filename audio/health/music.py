"""Where a channel plays music: harmonics that stand still, in pieces of two seconds."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from audio.health.frames import BLOCK, FRAME, HOP, Frames
from models.health import EventKind, SoundEvent

_BAND = (500.0, 3400.0)
"""Hz. The upper harmonics of a voice glide with every turn of its pitch, those of a note do not; the lower ones of a
calm voice hardly move."""
_HELD = 8
"""Frames, a quarter of a second, that a peak stays in its bin."""
_ACTIVE_DB = 30.0
"""Only frames this near to the loudest count: notes die away into noise."""
_FAINT = -50.0
"""dB: the hum of a quiet line is as steady as a note, and is not played."""
_NOISY = -9.5
"""dB of spectral flatness; speech pauses and line noise lie above -8.5, music after G.711 or AMR below -10."""
_CERTAIN, _LIKELY, _POSSIBLE = 0.3, 0.15, 0.06
"""Share of held peaks in the power. Speech of 38 real recordings stays below .05, but for lines with hum (.24) and
ringing handsets (.12); chords, strings and hold music have .2 to .6, plucked notes under drums .06 to .2."""
_SPOKEN, _HARDLY_SPOKEN = 0.6, 0.15
"""Mean chance of speech: for less certain harmonics the detector must not hear a voice."""
_HARMONY, _STILL = 0.55, 0.97
"""Likeness of the chroma to that of 200 ms later: notes last that long, and only hum never changes."""
_TONE = 0.8
"""Share of the active frames that are one or two pure tones: then it is ringing, or a key."""
_GAPS = 0.25
"""Share of frames 10 dB below the mean: speech breathes and pauses about four times a second, music seldom."""
_LEAST = 3
"""Pieces, 6 s. Shorter is a jingle, or an error."""

_Row = NDArray[np.floating]


@dataclass
class MusicMeter:
    """Takes a channel's frames, in whole numbers of `BLOCK` but for the last; keeps a bit for each piece."""

    channel: int
    _pieces: list[bool] = field(default_factory=list)
    _seconds: float = 0.0

    def take(self, frames: Frames, tonal: NDArray[np.bool_]) -> None:
        """`tonal`: the frames that are a telephone tone, and so no music."""
        self._seconds = BLOCK * HOP / frames.rate
        count = len(frames.chances) // BLOCK
        held, flat, harmony = _held(frames), _flatness(frames), _harmony(frames)
        level = 10 * np.log10(frames.level.astype(float) + 1e-12)
        for number in range(count):
            at = slice(number * BLOCK, (number + 1) * BLOCK)
            active = level[at] > level[at].max() - _ACTIVE_DB
            look = _Look(
                level=float(level[at].mean()),
                held=float(held[at][active].mean()),
                flat=10 * float(np.log10(np.median(flat[at]) + 1e-9)),
                harmony=float(harmony[at].mean()),
                gaps=float(np.mean(level[at] < level[at].mean() - 10)),
                chance=float(frames.chances[at].mean()),
                tone=float(tonal[at][active].mean()),
            )
            self._pieces.append(look.is_music)

    def events(self) -> tuple[SoundEvent, ...]:
        """Runs of pieces: a lone piece that differs from both neighbours follows them."""
        smooth = _smoothed(np.array(self._pieces, dtype=bool))
        edges = np.flatnonzero(np.diff(np.concatenate([[0], smooth, [0]]).astype(np.int8)))
        return tuple(
            self._told(begin, end)
            for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
            if end - begin >= _LEAST
        )

    def _told(self, begin: int, end: int) -> SoundEvent:
        start, stop = round(begin * self._seconds, 2), round(end * self._seconds, 2)
        return SoundEvent(kind=EventKind.MUSIC, channel=self.channel, start=start, end=stop)


@dataclass(frozen=True, slots=True)
class _Look:
    """What one piece sounds like."""

    level: float
    held: float
    flat: float
    harmony: float
    gaps: float
    chance: float
    tone: float

    @property
    def is_music(self) -> bool:
        if self.level < _FAINT or self.flat > _NOISY or self.harmony > _STILL or self.tone > _TONE:
            return False
        if self.held >= _CERTAIN or (self.held >= _LIKELY and self.chance <= _SPOKEN):
            return True
        quiet = self.chance <= _HARDLY_SPOKEN and self.gaps <= _GAPS
        return self.held >= _POSSIBLE and quiet and self.harmony >= _HARMONY


def _held(frames: Frames) -> _Row:
    """Of each frame: the share of power in spectral peaks that stay in their bin for `_HELD` frames."""
    first, last = (round(edge * FRAME / frames.rate) for edge in _BAND)
    band = frames.power[first:last]
    inner = band[2:-2]
    peak = (inner > band[1:-3]) & (inner > band[3:-1]) & (inner > 4 * np.minimum(band[:-4], band[4:]))
    staying = np.zeros_like(peak)
    if peak.shape[1] >= _HELD:
        whole = np.lib.stride_tricks.sliding_window_view(peak, _HELD, axis=1).all(axis=2)
        for late in range(_HELD):
            staying[:, late : late + whole.shape[1]] |= whole
    return np.asarray((inner * staying).sum(axis=0) / np.maximum(inner.sum(axis=0), 1e-12))


def _flatness(frames: Frames) -> _Row:
    import librosa

    first, last = (round(edge * FRAME / frames.rate) for edge in _BAND)
    return np.asarray(librosa.feature.spectral_flatness(S=frames.power[first:last], power=1.0)[0])


def _harmony(frames: Frames) -> _Row:
    """Of each frame: how like its chroma is to that 200 ms later."""
    import librosa

    late = 6
    chroma = librosa.feature.chroma_stft(S=frames.power, sr=frames.rate, n_fft=FRAME, tuning=0.0)
    one, other = chroma, np.roll(chroma, -late, axis=1)
    product = np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    return np.asarray((one * other).sum(axis=0) / np.maximum(product, 1e-9))


def _smoothed(pieces: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if len(pieces) < 3:
        return pieces
    around = np.concatenate([pieces[:1], pieces, pieces[-1:]]).astype(np.int8)
    return np.asarray(around[:-2] + around[1:-1] + around[2:] >= 2)
