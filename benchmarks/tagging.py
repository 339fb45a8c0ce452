"""What tagging a call costs, over what writing down its words costs: `python -m benchmarks.tagging FOLDER`.

The held-back calls, each three times; the yardstick is faster-whisper's own pipeline with `base` on as many minutes of
a telephone call as these words take to say.
"""

import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.calls import telephone_call
from benchmarks.contest import Took, contest
from benchmarks.fixed_decoder import fixed_decoder
from benchmarks.random_whisper import build
from benchmarks.speech_part import THREADS, batched_pipeline, mono_mix
from benchmarks.table import markdown
from classifiers.classifier import Classifier
from classifiers.kinds import amounts, learned
from classifiers.labelled import read_conversation
from classifiers.tagging import tag_conversation
from models.context import Context
from models.conversation import Conversation

_HELD = Path(__file__).parents[1] / "evaluation" / "labelled"
_CALLS = 60
"""Of each language."""
_WORDS_A_MINUTE = 150
_MINUTES, _ROUNDS, _TIMES = 5, 3, 3
MOST_SHARE, LEAST_RATE = 0.01, 50
"""Of the yardstick's processor time, and calls a second on one core."""


def main(folder: Path) -> str:
    """The table."""
    calls = _calls()
    engines = (learned.create(), amounts.create())
    tag_all(calls, engines)
    mono = mono_mix(telephone_call(folder / "call-5min.wav", seconds=_MINUTES * 60), folder)
    with fixed_decoder(1):
        from faster_whisper import WhisperModel

        library = WhisperModel(
            str(build(folder / "base", "base")), device="cpu", compute_type="int8", cpu_threads=THREADS
        )
        batched_pipeline(mono, library, language="en")
        took = contest(
            {
                "tagging": partial(tag_all, calls * _TIMES, engines),
                "yardstick": partial(batched_pipeline, mono, library, language="en"),
            },
            _ROUNDS,
        )
    return _report(calls, took["tagging"], took["yardstick"])


def tag_all(calls: Sequence[Conversation], engines: Sequence[Classifier]) -> None:
    for call in calls:
        tag_conversation(call, Context(language=call.language), engines)


def _calls() -> list[Conversation]:
    files = sorted(_HELD.glob("held-*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()[:_CALLS]]
    return [read_conversation(json.loads(line)) for line in lines]


def _report(calls: Sequence[Conversation], tagging: Sequence[Took], yardstick: Sequence[Took]) -> str:
    words = sum(len(turn.words) for call in calls for turn in call.turns) / len(calls)
    each = min(took.processor for took in tagging) / (len(calls) * _TIMES)
    written = min(took.processor for took in yardstick) / _MINUTES * words / _WORDS_A_MINUTE
    rows = [
        ("calls a second, one core", f">= {LEAST_RATE}", f"{1 / each:.0f}"),
        ("of the time that `base` takes for the same words", f"<= {MOST_SHARE:.0%}", f"{each / written:.2%}"),
    ]
    costs = f"{1000 * each:.1f} ms a call, {written:.1f} s for its words"
    about = f"{len(calls)} held-back calls, {words:.0f} words each; {costs}."
    return f"{about}\n\n{markdown(('measure', 'target', 'measured'), rows)}"


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))
