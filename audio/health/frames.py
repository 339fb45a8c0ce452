"""A channel's sound in frames of the speech detector's step, with the spectra that all measures start from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
FRAME, HOP = 1024, 512
"""Samples. At 16 kHz 64 ms every 32 ms: the step of Silero, so that its chances fit; 15.6 Hz tell the tones of the
telephone plans apart (425 from 440 Hz by their peaks' shape)."""
BLOCK = 64
"""Frames, 2 s at 16 kHz: the measures that need more than a frame take this many."""
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Frames:
    """Some seconds of one channel."""

    first: int
    """Number of the first frame in the recording."""
    rate: int
    sound: Floats
    """Shape (samples,), of the frames' own hops: without the half frame that the last one shares with its next."""
    power: Floats
    """Shape (FRAME // 2 + 1, frames): squared magnitude of the windowed spectrum."""
    chances: Floats
    """Shape (frames,): of speech."""

    @property
    def level(self) -> Floats:
        """Mean square of each frame's own hop."""
        rows = self.sound[: len(self.chances) * HOP].reshape(-1, HOP)
        return np.asarray(np.mean(rows.astype(np.float32) ** 2, axis=1), dtype=np.float32)


class Framer:
    """One channel's pieces to frames without a gap between them; keeps half a frame."""

    def __init__(self, rate: int, chances: Floats) -> None:
        self._rate, self._chances, self._next = rate, chances, 0
        self._held = np.zeros(HOP // 2, np.float32)
        """So that a frame's middle is the middle of its hop."""

    def take(self, piece: Floats) -> Frames | None:
        """Frames in whole numbers of `BLOCK`; what is left over is kept."""
        self._held = np.concatenate([self._held, piece])
        return self._frames((len(self._held) - FRAME + HOP) // HOP // BLOCK * BLOCK)

    def rest(self) -> Frames | None:
        """The last frames, fewer than `BLOCK`."""
        return self._frames((len(self._held) - FRAME + HOP) // HOP)

    def _frames(self, count: int) -> Frames | None:
        import librosa

        if count < 1:
            return None
        sound, self._held = self._held, self._held[count * HOP :]
        spectrum = librosa.stft(sound[: (count - 1) * HOP + FRAME], n_fft=FRAME, hop_length=HOP, center=False)
        first, self._next = self._next, self._next + count
        own = sound[HOP // 2 : HOP // 2 + count * HOP]
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        return Frames(first, self._rate, own, power, _fitted(self._chances[first : self._next], count))


def _fitted(chances: Floats, count: int) -> Floats:
    """The detector and we may differ by a frame at the end."""
    return np.pad(chances, (0, count - len(chances)))[:count]


def decibels(power: float) -> float:
    """Of a mean square; full scale is 0 dB for a square wave, as ITU-T G.100.1 has it (dBov)."""
    return 10 * float(np.log10(max(power, _TINY)))
