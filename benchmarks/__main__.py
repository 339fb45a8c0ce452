"""All measures, one after the other, each in a process of its own: `python -m benchmarks FOLDER [--data DATA]`.

FOLDER keeps what is made for them (weights, calls) and what they found; DATA is the folder with real recordings. Prints
the tables and writes them to `benchmarks/RESULTS.md`. `--only memory roles` measures these anew and keeps the others.
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
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


MEASURES = (
    Measure("speech_part", "Speech part: from a file to labelled turns"),
    Measure("memory", "Memory"),
    Measure("diarization", "Speakers in a mixed recording: diarization error of `embedded`"),
    Measure("roles", "Who is the agent, from words alone", folder=False),
    Measure("word_error", "Words: the fallback engine, pocketsphinx"),
)


def main(arguments: list[str]) -> int:
    told = _told(arguments)
    told.folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for measure in MEASURES:
        kept = told.folder / f"{measure.module}.md"
        if told.only and measure.module not in told.only and kept.exists():
            continue
        busy, began = os.getloadavg()[0], time.monotonic()
        print(f"{measure.title} ...", file=sys.stderr, flush=True)
        text, good = table(measure, told.folder, told.data)
        failed += [] if good else [measure.module]
        took = f"It took {time.monotonic() - began:.0f} s; other work on the machine before it: load {busy:.1f}."
        kept.write_text(f"## {measure.title}\n\n{text}\n\n{took}\n", encoding="utf-8")
        print(f"{text}\n{took}\n", flush=True)
    RESULTS.write_text(_results(told.folder), encoding="utf-8")
    print(f"{RESULTS.name} is written", file=sys.stderr)
    return 1 if failed else 0


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
