"""A file of anybody's, decoded once, in a process that can be lost."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from audio.decoding.apart import APART, Crashed, Limits, OutOfTime
from audio.decoding.decode import RATE
from audio.decoding.frames import MAX_CHANNELS
from audio.decoding.raw import RawFormat
from audio.pcm import SAMPLE, PcmClip, Source
from models.errors import BadRecording, EngineFailed, StoreFailed

_MIB = 1 << 20
_OTHERS_KILL = {signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
"""Signals that no file sends: an operator or a machine short of memory did, and another attempt may go well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What decoding one file may take. Ordinary files take a hundredth of it; the rest is for slow machines."""

    memory: int = 512 * _MIB
    """Bytes beyond the decoder itself. The widest files of ours take under 100 MB."""
    cpu_seconds: float = 20
    """Of processor time before there is any sound, and …"""
    cpu_seconds_per_mib: float = 0.2
    """… for what has to be read and passed over: pictures, a film."""
    pace: float = 0.2
    """Seconds of processor time for each of sound. Of our kinds Opus and AMR take most, and that is 0.01."""
    waiting: float = 4
    """Wall clock over processor time: others use the processors, and disks are slow."""

    def of(self, size: int, max_seconds: float) -> Limits:
        """For a file of `size` bytes."""
        return Limits(
            memory=self.memory,
            cpu_seconds=self.cpu_seconds + self.cpu_seconds_per_mib * size / _MIB,
            pace=self.pace,
            most=max_seconds,
            waiting=self.waiting,
            file_bytes=round(max_seconds + 60) * RATE * MAX_CHANNELS * SAMPLE.itemsize,
        )


@contextmanager
def decoded(
    path: Path,
    *,
    folder: Path,
    max_seconds: float,
    name: str | None = None,
    raw: RawFormat | None = None,
    bounds: Bounds | None = None,
) -> Iterator[PcmClip]:
    """The sound of a file at 16 kHz, decoded once into a nameless file in `folder`, which is gone afterwards.

    A file that breaks off gives what is there, marked `partial`, with `why_partial`. All channels are kept, up to
    MAX_CHANNELS. `name`: under which its sender knows the file; it stands in reasons, and its end may tell how a file
    without a header is read. `raw`: how one is read whose name tells nothing.

    Raises BadRecording for what holds no sound or more than `max_seconds` of it, and for what crashes the decoder or
    takes more memory or time than `bounds`; StoreFailed when the file is gone or `folder` has no room; EngineFailed
    when no process could be had to decode in. The last two are worth a retry.
    """
    called = name or path.name
    bounds = bounds or Bounds()
    try:
        size = path.stat().st_size
    except OSError as error:
        raise StoreFailed(f"{called} is not there any more ({error.strerror}); it has to be fetched again") from error
    with _nameless(folder) as file:
        request = {
            "path": str(path.absolute()),
            "name": called,
            "max_seconds": max_seconds,
            "raw": asdict(raw) if raw else None,
        }
        limits = bounds.of(size, max_seconds)
        try:
            answer = APART.ask(request, output=file.fileno(), limits=limits)
        except (Crashed, OutOfTime) as error:
            raise _lost(called, error, limits) from error
        yield _clip(answer, file.fileno(), called, folder, limits)


def _nameless(folder: Path) -> IO[bytes]:
    try:
        return tempfile.TemporaryFile(dir=folder, buffering=0)
    except OSError as error:
        raise StoreFailed(f"no file for decoded sound can be made in {folder}: {error.strerror}") from error


def _lost(called: str, error: Crashed | OutOfTime, limits: Limits) -> BadRecording | EngineFailed:
    if isinstance(error, OutOfTime):
        return _too_slow(called, f"{limits.waiting * limits.cpu(error.progress):.0f} seconds", error.progress)
    if error.signal is None:
        return EngineFailed(f"the process that decoded {called} ended without an answer; its reason is in the log")
    if error.signal == signal.SIGXCPU:
        return _too_slow(called, f"{limits.cpu(error.progress):.0f} seconds of processor time", error.progress)
    told = signal.Signals(error.signal).name if error.signal in set(signal.Signals) else f"signal {error.signal}"
    if error.signal in _OTHERS_KILL:
        return EngineFailed(
            f"the process that decoded {called} was killed ({told}), perhaps because the machine is short of memory"
        )
    return BadRecording(f"decoding {called} crashed the decoder ({told}); it is broken: send it anew, as WAV")


def _too_slow(called: str, time: str, progress: float) -> BadRecording:
    return BadRecording(
        f"decoding {called} took more than {time} for {progress:.0f} seconds of sound and was given up; "
        "send it anew, as WAV"
    )


def _clip(answer: dict[str, Any], file: int, called: str, folder: Path, limits: Limits) -> PcmClip:
    if "bad" in answer:
        raise BadRecording(answer["bad"])
    if "store" in answer:
        raise StoreFailed(answer["store"])
    if "room" in answer:
        raise StoreFailed(f"the decoded sound of {called} cannot be written to {folder}: {answer['room']}")
    if "out_of_memory" in answer:
        raise BadRecording(
            f"decoding {called} needs more than {limits.memory // _MIB} MiB of memory; it is broken: "
            "send it anew, as WAV"
        )
    told = answer["clip"]
    source = Source(**{**told["source"], "clipped": tuple(told["source"]["clipped"])})
    return PcmClip(
        rate=RATE,
        channels=told["channels"],
        duration=told["samples"] / RATE,
        why_partial=told["why_partial"],
        source=source,
        peak_memory=answer["peak_memory"],
        file=file,
    )
