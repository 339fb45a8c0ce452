"""All measures, one after the other, each in a process of its own: `python -m benchmarks FOLDER [DATA]`.

FOLDER keeps what is made for them (weights, calls); DATA is the folder with real recordings. Prints the tables and
writes them to `benchmarks/RESULTS.md`.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.machine import describe

RESULTS = Path(__file__).with_name("RESULTS.md")
RIVALS = Path(__file__).with_name("RIVALS.md")
"""Written by `make bench-rivals`, which needs gigabytes of its own."""
PACKAGES = ("faster-whisper", "ctranslate2", "onnxruntime", "pocketsphinx", "librosa", "numpy")


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
    folder, data = Path(arguments[0]), arguments[1:2]
    folder.mkdir(parents=True, exist_ok=True)
    busy, failed = os.getloadavg()[0], []
    parts = ["# What was measured", f"On {describe(PACKAGES)}. Other work on the machine before: load {busy:.1f}."]
    for measure in MEASURES:
        began = time.monotonic()
        print(f"{measure.title} ...", file=sys.stderr, flush=True)
        text, good = table(measure, folder, data)
        failed += [] if good else [measure.module]
        parts.append(f"## {measure.title}\n\n{text}")
        print(f"{text}\n({time.monotonic() - began:.0f} s)\n", flush=True)
    RESULTS.write_text("\n\n".join([*parts, *_rivals()]) + "\n", encoding="utf-8")
    print(f"{RESULTS.name} is written", file=sys.stderr)
    return 1 if failed else 0


def table(measure: Measure, folder: Path, data: list[str]) -> tuple[str, bool]:
    """What the measure prints, and whether it went well."""
    if find_spec(f"benchmarks.{measure.module}") is None:
        return "Not measured here.", True
    command = [sys.executable, "-m", f"benchmarks.{measure.module}", *([str(folder), *data] if measure.folder else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        return f"It did not run: {last}", False
    return done.stdout.strip(), True


def _rivals() -> Iterator[str]:
    if RIVALS.exists():
        yield RIVALS.read_text(encoding="utf-8").strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
