"""How much memory the speech part needs above the loaded model, and whether a worker's grows from call to call.

`python -m benchmarks.memory FOLDER` starts each measure in a process of its own and prints the table.
"""

import gc
import json
import resource
import subprocess
import sys
from pathlib import Path

import psutil

from benchmarks.calls import telephone_call
from benchmarks.fixed_decoder import fixed_decoder
from benchmarks.random_whisper import build
from benchmarks.speech_part import speech_part
from benchmarks.table import markdown
from transcription.engines import whisper

HOURS = 3
MOST_ABOVE_MODEL = 300
"""MB."""
EARLY, LATE = 20, 200
"""Calls after which a worker's memory is compared."""
MOST_GROWTH = 0.05
_CALL_SECONDS = 12.0
_KINDS = 10
"""Different short calls that are taken in turn."""
_BEAM = 5
"""The engine's own, as is the batch: that is what a worker has."""
_MB = 1e6


def long_call(folder: Path) -> dict[str, float]:
    """MB that `HOURS` of two channels need at most, above the process with its model loaded and warm."""
    call, listener = _call(folder, "call-3h.wav", HOURS * 3600.0), _Listener(folder)
    before = _resident()
    turns = listener.turns(call)
    # The kernel's highest mark of the process; it holds the warm-up too, so that it errs to our harm at most.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MB
    return {"before": before, "peak": peak, "turns": turns}


def many_calls(folder: Path) -> dict[str, float]:
    """MB of one process after `EARLY` and after `LATE` calls."""
    calls = [_call(folder, f"call-short-{number}.wav", _CALL_SECONDS + number, number) for number in range(_KINDS)]
    listener, found = _Listener(folder), {}
    for number in range(1, LATE + 1):
        listener.turns(calls[number % _KINDS])
        if number in (EARLY, LATE):
            gc.collect()
            found[number] = _resident()
    return {"early": found[EARLY], "late": found[LATE]}


def main(folder: Path) -> str:
    """The table."""
    length, many = _apart("long_call", folder), _apart("many_calls", folder)
    above, growth = length["peak"] - length["before"], many["late"] / many["early"] - 1
    rows = [
        (
            f"{HOURS} hours of two channels, peak above the loaded model",
            f"<= {MOST_ABOVE_MODEL} MB",
            f"{above:.0f} MB ({length['before']:.0f} before, {length['peak']:.0f} at the peak)",
        ),
        (
            f"a worker after {LATE} calls, over the same after {EARLY}",
            f"<= {MOST_GROWTH:.0%}",
            f"{growth:+.1%} ({many['early']:.0f} MB, {many['late']:.0f} MB)",
        ),
    ]
    return markdown(("measure", "target", "measured"), rows)


def _call(folder: Path, name: str, seconds: float, start: int = 0) -> Path:
    return telephone_call(folder / name, seconds=seconds, start=start)


class _Listener:
    """The speech part with one engine for all calls, as a worker has it; loaded and warm."""

    def __init__(self, folder: Path) -> None:
        with fixed_decoder(_BEAM):
            model = build(folder / "nano", "nano")
            self._engine = whisper.create(model=model, device="cpu", compute_type="int8", beam_size=_BEAM, threads=1)
            self.turns(_call(folder, "call-1min.wav", 60.0))

    def turns(self, path: Path) -> int:
        return len(speech_part(path, self._engine, language="en"))


def _resident() -> float:
    return float(psutil.Process().memory_info().rss / _MB)


def _apart(measure: str, folder: Path) -> dict[str, float]:
    """In a process of its own: the peak of a process is the peak of all that it ever did."""
    command = [sys.executable, "-m", "benchmarks.memory", str(folder), measure]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    return dict(json.loads(found))


_ALONE = {"long_call": long_call, "many_calls": many_calls}

if __name__ == "__main__":
    where, *said = sys.argv[1:]
    Path(where).mkdir(parents=True, exist_ok=True)
    alone = _ALONE.get(said[0]) if said else None
    print(json.dumps(alone(Path(where))) if alone else main(Path(where)))
