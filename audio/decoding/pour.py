"""A file of anybody's to plain samples, in a process of its own: the child's half of `recording`."""

import os
import socket
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from audio.clip import Samples
from audio.decoding.clipping import Clipping
from audio.decoding.decode import RATE, resampled, too_long
from audio.decoding.forks import Forks, Progress
from audio.decoding.raw import RawFormat
from audio.decoding.reader import Block, Reader
from audio.pcm import FULL_SCALE, SAMPLE, Source
from models.errors import BadRecording, StoreFailed

_STEP = 30.0
"""Seconds of sound between two words of progress: they buy more time than the next thirty take."""


def serve() -> None:
    """The server that forks a process for each file; its standard input is the socket to who asks."""
    Forks(socket.socket(fileno=0), pour).serve()


def pour(request: Mapping[str, Any], output: int, progress: Progress) -> dict[str, Any]:
    """Write the samples, interleaved, to `output`; tell what they are. Progress is in seconds of sound.

    The answer holds `clip` (channels, samples, why_partial, source), or the text of a `bad` recording, or why it is
    not in `store`, or that there is no `room` for it.
    """
    try:
        return {"clip": _poured(request, output, progress)}
    except BadRecording as error:
        return {"bad": str(error)}
    except StoreFailed as error:
        return {"store": str(error)}
    except _NoRoom as error:
        return {"room": str(error)}
    except OSError as error:
        return {"store": f"{request['name']} cannot be read: {error.strerror}"}


def _poured(request: Mapping[str, Any], output: int, progress: Progress) -> dict[str, Any]:
    raw = RawFormat(**request["raw"]) if request["raw"] else None
    reader = Reader(Path(request["path"]), name=request["name"], told=raw)
    clipping: Clipping | None = None

    def measure(block: Block) -> None:
        nonlocal clipping
        clipping = clipping or Clipping(reader.codec, reader.channels)
        clipping.feed(block.sound)

    samples = told = 0
    for piece in resampled(reader, RATE, tap=measure):
        samples += piece.shape[1]
        if samples > request["max_seconds"] * RATE:
            raise too_long(reader.name, request["max_seconds"])
        _write(output, piece)
        if samples > told + _STEP * RATE:
            progress(samples / RATE)
            told = samples
    if not samples or clipping is None:
        raise reader.no_sound("it has an audio stream, but not one sample of it could be decoded")
    return {
        "channels": reader.channels,
        "samples": samples,
        "why_partial": reader.why_partial(samples / RATE),
        "source": asdict(Source(reader.container, reader.codec, reader.rate, reader.channels, clipping.shares())),
    }


def _write(output: int, piece: Samples) -> None:
    rounded = np.clip(np.rint(piece.T * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(SAMPLE)
    left = memoryview(rounded.tobytes())
    try:
        while left:
            left = left[os.write(output, left) :]
    except OSError as error:
        raise _NoRoom(error.strerror) from error


class _NoRoom(Exception):
    """The samples cannot be written."""
