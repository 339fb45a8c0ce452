"""The labelled calls that come with the product: those that are learned from, and those that are held back."""

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

LEARNED_FROM = ("calls", "acts", "channels")
"""Whole calls, and pieces of calls."""
HELD_BACK = ("held",)
"""Never learned from, nor looked at to mend a rule."""


def shipped(kinds: Sequence[str], languages: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Their lines, by language and kind."""
    folder = files("evaluation") / "labelled"
    for language in languages:
        for kind in kinds:
            lines = (folder / f"{kind}-{language}.jsonl").read_text(encoding="utf-8").splitlines()
            yield from map(json.loads, lines)
