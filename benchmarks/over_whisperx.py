"""whisperX's own pipeline over ours: the same weights, threads, batch, beam and files, in turn.

`python -m benchmarks.over_whisperx FOLDER PYTHON [ROUNDS]`, PYTHON being that of an environment with whisperX, as
`make bench-rivals` makes one. Writes `RIVALS.md`, which the next `make bench` puts under its own tables.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from benchmarks.calls import telephone_call
from benchmarks.contest import Took, contest, ratio
from benchmarks.fixed_decoder import TOKENS, fixed_decoder
from benchmarks.random_whisper import build
from benchmarks.speech_part import MINUTES, THREADS, speech_part
from benchmarks.table import markdown
from transcription.engines import whisper

BEST = 1.5
_BATCH = 8
_BEAM = 5
"""The default of both."""
_ROUNDS = 3
_ABOUT = f"""whisperX over ours, {MINUTES} minutes of two channels, `base` with random weights, int8, batch {_BATCH},
beam {_BEAM}, {TOKENS} tokens for each window, {THREADS} threads; target {BEST} or better. Left out for want of weights:
whisperX's word alignment (wav2vec2) and its diarization (pyannote). Left out on our side: nothing, so that ours has
words with times on both sides of the call, and whisperX has lines. Its VAD is the one in its package (pyannote's)."""


class Rival:
    """whisperX in its own process, asked line by line."""

    def __init__(self, asked: IO[str], answers: IO[str]) -> None:
        self._asked, self._answers = asked, answers
        self.windows = 0

    def run(self, path: Path, *, mixed: bool) -> Took:
        print(json.dumps({"path": str(path), "mixed": mixed}), file=self._asked, flush=True)
        found = json.loads(self._answers.readline())
        self.windows = found["windows"]
        return Took(found["wall"], found["processor"])


@contextmanager
def rival(python: Path, weights: Path) -> Iterator[Rival]:
    """Started and loaded. Raises RuntimeError with the end of what it said when it does not start."""
    command = [str(python), "-m", "benchmarks.rival_whisperx", str(weights), str(THREADS), str(_BATCH), str(_BEAM)]
    complaints = weights.parent / "whisperx.log"
    with (
        complaints.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            env={**os.environ, "HF_HUB_OFFLINE": "1"},
        ) as process,
    ):  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:  # It prints of its own before it is ready.
            if line.strip() == "ready":
                break
        else:
            raise RuntimeError(f"whisperX did not start: {complaints.read_text(encoding='utf-8').strip()[-500:]}")
        yield Rival(process.stdin, process.stdout)
        process.stdin.close()


def main(folder: Path, python: Path, rounds: int = _ROUNDS) -> str:
    """The table, and what it is about."""
    call = telephone_call(folder / "call-10min.wav", seconds=MINUTES * 60)
    short = telephone_call(folder / "call-1min.wav", seconds=60)
    weights, busy = build(folder / "base", "base"), os.getloadavg()[0]
    with fixed_decoder(_BEAM), rival(python, weights) as theirs:
        engine = whisper.create(
            model=weights, device="cpu", compute_type="int8", batch_size=_BATCH, beam_size=_BEAM, threads=THREADS
        )
        ours = partial(speech_part, engine=engine, language="en")
        ours(short)
        theirs.run(short, mixed=True)
        contestants: dict[str, Callable[[], object]] = {
            "ours, by channel": partial(ours, call),
            "whisperX, mono mix": partial(theirs.run, call, mixed=True),
            "whisperX, each channel": partial(theirs.run, call, mixed=False),
        }
        took = contest(contestants, rounds)
    noise = f"Rounds: {rounds}. Load of the machine before: {busy:.1f}."
    return f"{_ABOUT}\n{noise}\n\n{markdown(('way', 'processor s', 'wall s', 'processor', 'wall'), _rows(took))}"


def _rows(took: dict[str, list[Took]]) -> list[tuple[str, ...]]:
    ours = next(iter(took.values()))
    return [
        (
            name,
            f"{min(run.processor for run in runs):.1f}",
            f"{min(run.wall for run in runs):.1f}",
            str(ratio(runs, ours)),
            str(ratio(runs, ours, wall=True)),
        )
        for name, runs in took.items()
    ]


if __name__ == "__main__":
    found = main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
    Path(__file__).with_name("RIVALS.md").write_text(f"## whisperX beside ours\n\n{found}\n", encoding="utf-8")
    print(found)
