"""Which words show a tag: the turns that weighed most for it, and in a long turn the sentence that says it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from classifiers.learned.call_features import ACTS, TAGS, Features
from classifiers.learned.call_model import CallModel
from classifiers.learned.turns import blocks_of, folded
from classifiers.learned.understood import Understood
from classifiers.normalise import stop_after
from models.conversation import Turn
from models.tag import Evidence

_PARTS = ("most", "sum", "end", "beginning", "place")
_MOST = 3
"""Quotes for a tag."""
_LEAST_SHARE = 0.25
"""Of the weightiest quote's weight; with less, a turn is no evidence."""
_SHORT = 16
"""Words that are quoted whole."""
_WINDOW, _STEP = 12, 4
"""Where nothing parts a long turn into sentences. Words."""


def shown_by(understood: Understood, question: CallModel, answer: str, features: Features) -> tuple[Evidence, ...]:
    """What speaks for this answer, in the order of the call."""
    weights = _weighty(understood, question, answer, features)
    chosen = sorted(weights.items(), key=lambda item: -item[1][0])[:_MOST]
    kept = [(turn, target) for turn, (weight, target) in chosen if weight >= _LEAST_SHARE * chosen[0][1][0]]
    return tuple(quoted(understood, turn, target) for turn, target in sorted(kept))


def _weighty(
    understood: Understood, question: CallModel, answer: str, features: Features
) -> dict[int, tuple[float, str]]:
    """Of each turn with weight for the answer: how much, and the target that shows it best."""
    column = question.weights[:, question.answers.index(answer)]
    mean = question.weights.mean(axis=1)
    found: dict[int, tuple[float, str]] = {}
    held = _held(understood)
    asked = [*((side, act) for side in "ac" for act in ACTS), *(("", tag) for tag in TAGS)]
    for side, target in asked:
        names = (f"{side} {target} {part}".strip() for part in _PARTS)
        places = [
            (question.features[name], features[name])
            for name in names
            if name in question.features and name in features
        ]
        weight = sum(value * float(column[place] - mean[place]) for place, value in places if value > 0)
        if weight > 0 and held[side].any():
            turn = int(np.where(held[side], understood.of(target), -1.0).argmax())
            before, best = found.get(turn, (0.0, target))
            found[turn] = before + weight, target if weight > before else best
    return found


def _held(understood: Understood) -> dict[str, NDArray[np.bool_]]:
    """Turns with words, by side; under no name those of people."""
    turns = understood.call.turns
    spoken = np.array([bool(turn.words) for turn in turns], dtype=bool)
    people = np.array([turn.side != "m" for turn in turns], dtype=bool)
    return {"a": understood.held_by("a") & spoken, "c": understood.held_by("c") & spoken, "": people & spoken}


def quoted(understood: Understood, number: int, target: str, within: Evidence | None = None) -> Evidence:
    """The words of a turn that say it most clearly, `within` among them."""
    turn = understood.call.heard.conversation.turns[number]
    pieces = _pieces(turn)
    if within is not None:
        first, last = turn.numbers.index(within.first), turn.numbers.index(within.last)
        holding = [piece for piece in pieces if piece.start <= first and last < piece.stop]
        pieces = holding or [slice(first, last + 1)]
    if len(pieces) > 1:
        facts, model = understood.call.turns[number], understood.model
        assert model is not None
        said = (folded(" ".join(word.text for word in turn.words[piece])) for piece in pieces)
        heard = [replace(facts, words=words, classed=()) for words in said]
        chances = model.chances([blocks_of(one) for one in heard])[:, model.targets.index(target)]
        pieces = [pieces[int(chances.argmax())]]
    numbers = turn.numbers[pieces[0]]
    return Evidence(numbers[0], numbers[-1], number)


def _pieces(turn: Turn) -> Sequence[slice]:
    count = len(turn.words)
    if count <= _SHORT:
        return [slice(0, count)]
    ends = [at + 1 for at, word in enumerate(turn.words) if stop_after(word.text) in {".", "?"}]
    if len(ends) > 1:
        starts = [0, *ends]
        return [slice(start, end) for start, end in zip(starts, [*ends, count], strict=True) if end > start]
    return [slice(start, start + _WINDOW) for start in range(0, count - _WINDOW + _STEP, _STEP)]


def objection_answered(understood: Understood, turn: int, reach: int = 3) -> bool:
    """Whether the business meets an objection within so many turns."""
    later = range(turn + 1, min(turn + 1 + reach, len(understood.call.turns)))
    answers = understood.of("answer_objection")
    return any(answers[number] >= 0.5 for number in later if understood.call.turns[number].side != "c")
