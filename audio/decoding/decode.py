"""A recording at the rate of our models: the sound of a file, resampled, counted, and refused when it is too long."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from audio.clip import Samples
from audio.decoding.frames import MAX_CHANNELS
from audio.decoding.raw import RawFormat
from audio.decoding.reader import Block, Reader
from models.errors import BadRecording

__all__ = ["MAX_CHANNELS", "RATE", "FileClip", "open_clip", "resampled", "too_long"]

RATE = 16_000
"""What every model of speech here was trained on."""
_QUALITY = "HQ"
"""soxr's own default: 20 bits, more than the 16 that are kept."""


def resampled(reader: Reader, rate: int, tap: Callable[[Block], None] | None = None) -> Iterator[Samples]:
    """The sound of a file at `rate`; `tap` gets each piece as it was before. Exactly as long as its source.

    Where the source changes its own rate, the old one is finished and a new resampler begins.
    """
    stream: soxr.ResampleStream | None = None
    source = 0
    for block in reader.blocks():
        if tap is not None:
            tap(block)
        if block.rate != source:
            if stream is not None:
                yield _through(stream, np.zeros((reader.channels, 0), np.float32), last=True)
            source = block.rate
            stream = None if source == rate else soxr.ResampleStream(source, rate, reader.channels, quality=_QUALITY)
        yield block.sound if stream is None else _through(stream, block.sound)
    if stream is not None:
        yield _through(stream, np.zeros((reader.channels, 0), np.float32), last=True)


def _through(stream: soxr.ResampleStream, sound: Samples, *, last: bool = False) -> Samples:
    """A band limit swings over where sound was clipped; what is beyond full scale is cut again."""
    given = stream.resample_chunk(np.ascontiguousarray(sound.T), last=last)
    cut: Samples = np.clip(given.T, -1.0, 1.0, dtype=np.float32)
    return cut


def too_long(name: str, max_seconds: float) -> BadRecording:
    limit = f"{max_seconds / 3600:g} hours" if max_seconds >= 3600 else f"{max_seconds:g} seconds"
    return BadRecording(
        f"{name} lasts longer than {limit}, the most that is taken; cut it, or raise EARMARK_MAX_SECONDS"
    )


@dataclass(frozen=True, slots=True)
class FileClip:
    """A Clip that decodes its file anew each time it is read, in this very process: for files of our own."""

    path: Path
    rate: int
    channels: int
    duration: float
    partial: bool
    raw: RawFormat | None = None

    def windows(self, seconds: float) -> Iterator[Samples]:
        size = max(1, round(seconds * self.rate))
        held: list[Samples] = []
        count = 0
        for piece in resampled(Reader(self.path, told=self.raw), self.rate):
            held.append(piece)
            count += piece.shape[1]
            while count >= size:
                joined = np.concatenate(held, axis=1)
                yield np.ascontiguousarray(joined[:, :size])
                held, count = [joined[:, size:]], count - size
        if count:
            yield np.concatenate(held, axis=1)


def open_clip(path: Path, *, max_seconds: float, rate: int = RATE, raw: RawFormat | None = None) -> FileClip:
    """Decode the file once, to learn how long it really is. For files of our own: those of others go to `decoded`.

    A file that breaks off gives what is there, marked `partial`. All channels are kept, up to `MAX_CHANNELS`.
    Raises BadRecording for what holds no sound, or more than `max_seconds` of it, StoreFailed when the file is gone.
    """
    reader = Reader(path, told=raw)
    samples = 0
    for piece in resampled(reader, rate):
        samples += piece.shape[1]
        if samples > max_seconds * rate:
            raise too_long(reader.name, max_seconds)
    if not samples:
        raise reader.no_sound("it has an audio stream, but not one sample of it could be decoded")
    seconds = samples / rate
    return FileClip(path, rate, reader.channels, seconds, reader.why_partial(seconds) is not None, raw)
