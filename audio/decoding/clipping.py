"""Samples that were cut off at the top, counted at the rate of the source: a resampler rounds the corners off."""

import numpy as np

from audio.clip import Samples

RUN = 3
"""Samples in a row at one extreme: a voice passes its peak in one or two, a cut one stays there. What Audacity's
Find Clipping starts with, too."""
_FULL = {"pcm_mulaw": 32124 / 32768, "pcm_alaw": 32256 / 32768, "pcm_u8": 127 / 128, "pcm_s8": 127 / 128}
"""The largest value that the coding has (ITU-T G.711, tables 1 and 2)."""
_FULL_OTHERWISE = 0.999
"""GSM and AMR end at 32760 of 32768; lossy decoders overshoot and are cut at one."""
_COARSE = frozenset(_FULL)
"""Codings whose steps near the top are so wide (1 to 6 %) that a clean peak stays on one for three samples."""
_LEAST_TOP = 0.1
"""-20 dB: a quieter peak was not cut off by anything on its way, and dithered silence must not count."""
_HAIR = 1e-6
"""Below the least step of 16 bits: rounding of floats."""


class Clipping:
    """The share of samples of each channel in runs of three and more at full scale, or at the file's flat top.

    The flat top: the largest value of the channel, where sound was cut and made quieter afterwards. Not looked for in
    companded and 8-bit sound; lossy codecs round it off.
    """

    def __init__(self, codec: str, channels: int) -> None:
        full = _FULL.get(codec, _FULL_OTHERWISE)
        self._tops = [[_Top(full, codec not in _COARSE) for _ in range(2)] for _ in range(channels)]
        self._samples = 0

    def feed(self, sound: Samples) -> None:
        self._samples += sound.shape[1]
        for channel, (above, below) in zip(sound, self._tops, strict=True):
            above.feed(channel)
            below.feed(-channel)

    def shares(self) -> tuple[float, ...]:
        """Of each channel, 0 to 1."""
        return tuple(sum(top.count for top in tops) / max(1, self._samples) for tops in self._tops)


class _Top:
    """Runs at the upper extreme of one channel, in one pass: a new, higher peak makes those before it void."""

    def __init__(self, full: float, seeks_flat: bool) -> None:
        self.count = 0
        self._full = full - _HAIR
        self._least = _LEAST_TOP if seeks_flat else self._full
        self._level = 0.0
        self._run = 0

    def feed(self, line: Samples) -> None:
        if not line.size:
            return
        level = min(float(line.max()), self._full)
        if level > self._level:
            self._level, self.count, self._run = level, 0, 0
        hits = line >= self._level if level == self._level >= self._least else None
        if hits is None or not hits.any():
            self._run = 0
            return
        edges = np.flatnonzero(np.diff(np.concatenate(([0], hits.astype(np.int8), [0]))))
        self._count(edges[::2], edges[1::2] - edges[::2], len(line))

    def _count(self, starts: np.ndarray, lengths: np.ndarray, size: int) -> None:
        """A run may have begun in the piece before, and may go on in the next."""
        before = self._run if starts[0] == 0 else 0
        first = before + int(lengths[0])
        if first >= RUN:
            self.count += first if before < RUN else int(lengths[0])
        rest = lengths[1:]
        self.count += int(rest[rest >= RUN].sum())
        is_open = starts[-1] + lengths[-1] == size
        self._run = 0 if not is_open else first if len(lengths) == 1 else int(lengths[-1])
