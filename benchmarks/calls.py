"""Calls to measure on: the repository's own samples, put together to any length as a phone system records them."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from audio.clip import Samples
from audio.decoding.decode import open_clip

_SAMPLES = Path(__file__).parents[1] / "samples" / "calls"
_TWO_SIDED = ("01-google-ad.ogg", "02-neighbor.ogg", "03-truck.wav", "05-wrong-number.mp3", "06-out-of-area.ogg")
_RATE = 16_000
"""Of the samples when they are put together."""
TELEPHONE_RATE = 8_000
_PIECE = 5.0
"""Seconds written at a time."""


def telephone_call(path: Path, *, seconds: float, start: int = 0) -> Path:
    """Two channels, 8 kHz mu-law WAV, of exactly `seconds`; `start` is the sample that comes first. Returns `path`.

    From the second round on a sample begins a few seconds later than before, so that no stretch of 30 s comes twice.
    """
    if not path.exists():
        _write(path, seconds, start)
    return path


def _write(path: Path, seconds: float, start: int) -> None:
    left = round(seconds * _RATE)
    with av.open(str(path), "w", format="wav") as container:
        stream = container.add_stream("pcm_mulaw", rate=TELEPHONE_RATE)
        stream.layout = "stereo"
        for piece in _endless(start):
            frame = av.AudioFrame.from_ndarray(_as_pcm(piece[:, :left]), format="s16", layout="stereo")
            frame.sample_rate = _RATE
            container.mux(stream.encode(frame))
            left -= piece.shape[1]
            if left <= 0:
                break
        container.mux(stream.encode(None))


def _endless(start: int) -> Iterator[Samples]:
    number = start
    while True:
        path = _SAMPLES / _TWO_SIDED[number % len(_TWO_SIDED)]
        skip = round(number // len(_TWO_SIDED) % 7 * 3.7 * _RATE)
        for window in open_clip(path, max_seconds=600).windows(_PIECE):
            if window.shape[1] > skip:
                yield window[:, skip:]
            skip = max(0, skip - window.shape[1])
        number += 1


def _as_pcm(sound: Samples) -> NDArray[np.int16]:
    whole = np.round(sound * 32767).astype(np.int16)
    return np.ascontiguousarray(whole.T.reshape(1, -1))
