"""A Clip over plain samples in a file: any number of passes, each as cheap as reading."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from audio.clip import Samples
from models.errors import StoreFailed

SAMPLE = np.dtype("<i2")
"""16 bits: a telephone's 8-bit codes span 14, and lossy codecs add noise far above the last bit. Half the bytes of
float, and 16-bit sound at our rate stays as it was, bit for bit."""
FULL_SCALE = 32768


@dataclass(frozen=True, slots=True)
class Source:
    """What the file was before it was decoded."""

    container: str
    """FFmpeg's name of it: `wav`, `mov,mp4,m4a,3gp,3g2,mj2`, `ogg` …; of sound without a header that of its coding."""
    codec: str
    """FFmpeg's name: `pcm_mulaw`, `gsm_ms`, `opus` …"""
    rate: int
    """Samples a second."""
    channels: int
    clipped: tuple[float, ...]
    """Of each channel: the share of samples in runs of three and more at full scale or at the file's flat top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PcmClip:
    """A Clip whose samples lie interleaved in an open file. It ends with the `decoded` that gave it."""

    rate: int
    channels: int
    duration: float
    why_partial: str | None
    """A sentence, such as `It breaks off: …`; None: the file is whole."""
    source: Source
    peak_memory: int
    """Bytes that its decoding took at most."""
    file: int
    """Descriptor; read by position, so that several may read at once."""

    @property
    def partial(self) -> bool:
        return self.why_partial is not None

    def windows(self, seconds: float) -> Iterator[Samples]:
        """The sound in pieces of `seconds`, the last one shorter. Raises StoreFailed when the disk fails."""
        frame = self.channels * SAMPLE.itemsize
        size = max(1, round(seconds * self.rate)) * frame
        left, at = round(self.duration * self.rate) * frame, 0
        while left > 0:
            content = _read(self.file, min(size, left), at)
            at, left = at + len(content), left - len(content)
            sound = np.frombuffer(content, SAMPLE).reshape(-1, self.channels).T
            yield np.ascontiguousarray(sound, np.float32) * np.float32(1 / FULL_SCALE)


def _read(file: int, size: int, at: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        try:
            piece = os.pread(file, size - len(content), at + len(content))
        except OSError as error:
            raise StoreFailed(f"decoded sound cannot be read again: {error.strerror}") from error
        if not piece:
            raise StoreFailed("decoded sound is shorter than it was written; its folder may be full or gone")
        content += piece
    return bytes(content)
