"""All measures, each in a process of its own: `python -m benchmarks FOLDER [--data DATA]`.

FOLDER keeps what is made for them (weights, calls) and what they found; DATA is the folder with real recordings. Prints
the tables and writes them to `benchmarks/RESULTS.md`. `--only memory roles` measures these anew and keeps the others.
"""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from benchmarks.machine import describe

RESULTS = Path(__file__).with_name("RESULTS.md")
RIVALS = Path(__file__).with_name("RIVALS.md")
"""Written by `make bench-rivals`, which needs gigabytes of its own."""
PACKAGES = ("faster-whisper", "ctranslate2", "onnxruntime", "pocketsphinx", "librosa", "numpy")


_READ = """Weights are random and of true dimensions where no real ones are needed, so that nothing is downloaded.
What is noisy: seconds and real-time factors, which change with what else the machine does; ratios between contestants
that take turns in one run change by a tenth or so. Memory differs by some MB. Errors are the same in every run."""


@dataclass(frozen=True, slots=True)
class Measure:
    module: str
    """Of this package; what it prints is its table."""
    title: str
    folder: bool = True
    """It is told where to keep things, and where the real recordings are."""
    alone: bool = False
    """It measures time, so that nothing may run beside it; two of the others run side by side."""


MEASURES = (
    Measure("speech_part", "Speech part: from a file to labelled turns", alone=True),
    Measure("memory", "Memory"),
    Measure("diarization", "Speakers in a mixed recording: diarization error of `embedded`", alone=True),
    Measure("tagging", "Tagging: what it costs", alone=True),
    Measure("roles", "Who is the agent, from words alone", folder=False),
    Measure("word_error", "Words: the fallback engine, pocketsphinx"),
)


def main(arguments: list[str]) -> int:
    told = _told(arguments)
    told.folder.mkdir(parents=True, exist_ok=True)
    wanted = [measure for measure in MEASURES if not told.only or measure.module in told.only]
    good = [_measured(measure, told) for measure in wanted if measure.alone]
    with ThreadPoolExecutor(2) as two:
        good += two.map(partial(_measured, told=told), [measure for measure in wanted if not measure.alone])
    RESULTS.write_text(_results(told.folder), encoding="utf-8")
    print(f"{RESULTS.name} is written", file=sys.stderr)
    return 0 if all(good) else 1


def _measured(measure: Measure, told: argparse.Namespace) -> bool:
    """Run, printed and kept for the whole; whether it went well."""
    busy, began = os.getloadavg()[0], time.monotonic()
    print(f"{measure.title} ...", file=sys.stderr, flush=True)
    text, good = table(measure, told.folder, told.data)
    took = f"It took {time.monotonic() - began:.0f} s; load of the machine before it: {busy:.1f}."
    kept = f"## {measure.title}\n\n{text}\n\n{took}\n"
    (told.folder / f"{measure.module}.md").write_text(kept, encoding="utf-8")
    print(kept, flush=True)
    return good


def _told(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", nargs="?", default="")
    parser.add_argument("--only", nargs="*", choices=[measure.module for measure in MEASURES])
    return parser.parse_args(arguments)


def _results(folder: Path) -> str:
    parts = [folder / f"{measure.module}.md" for measure in MEASURES]
    texts = [path.read_text(encoding="utf-8").strip() for path in [*parts, RIVALS] if path.exists()]
    return "\n\n".join(["# What was measured", f"On {describe(PACKAGES)}.", _READ, *texts]) + "\n"


def table(measure: Measure, folder: Path, data: str | None = None) -> tuple[str, bool]:
    """What the measure prints, and whether it went well."""
    if find_spec(f"benchmarks.{measure.module}") is None:
        return "Not measured here.", True
    places = [str(folder), *([data] if data else [])] if measure.folder else []
    command = [sys.executable, "-m", f"benchmarks.{measure.module}", *places]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        return f"It did not run: {last}", False
    return done.stdout.strip(), True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
