"""Learns `classifiers/learned/weights/` from the labelled calls: `python -m benchmarks.train_tags`; 15 minutes or so.

Each call and each piece is learned from twice: as it is, and about other brands; the second time calls and half of the
pieces are harder too, without speakers or with a tenth to three tenths of the words misheard. The held-back calls
(`held-*.jsonl`) are not read.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.other_brands import with_other_brands
from classifiers.learned import call_model, turn_model
from classifiers.learned.examples import read_example
from classifiers.learned.training import learn
from evaluation.disturb import misheard, without_speakers
from models.call import LANGUAGES

_ROOT = Path(__file__).parents[1]
_LABELLED, _WEIGHTS = _ROOT / "evaluation" / "labelled", _ROOT / "classifiers" / "learned" / "weights"
_KINDS = ("calls", "acts", "channels")
_MISHEARD = (0.1, 0.2, 0.3)
_HARDER = 2
"""Of four pieces."""


def main() -> None:
    """Writes both files anew."""
    given = list(_given())
    found = learn([read_example(record) for record in (*given, *_harder(given))], print)
    (_WEIGHTS / turn_model.FILE).write_bytes(turn_model.written_turn_model(found.turns))
    (_WEIGHTS / call_model.FILE).write_bytes(call_model.written_call_models(found.calls))


def _given() -> Iterator[dict[str, Any]]:
    for language in LANGUAGES:
        for kind in _KINDS:
            lines = (_LABELLED / f"{kind}-{language}.jsonl").read_text(encoding="utf-8").splitlines()
            yield from map(json.loads, lines)


def _harder(given: list[dict[str, Any]]) -> Iterator[Any]:
    for number, record in enumerate(given):
        other = with_other_brands(record)
        if not record.get("piece") or number % 4 < _HARDER:
            yield without_speakers(other) if number % 2 else misheard(other, _MISHEARD[number // 2 % len(_MISHEARD)])
        elif other is not record:
            yield other


if __name__ == "__main__":
    main()
