"""Phrases of a lexicon by which amounts are told, in the tokens of a turn."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from classifiers.money.words import Token

REACH = 4
"""Words between what announces a price and the price: `the fee for that is`."""


class Told(NamedTuple):
    """Tokens `start` to `end` (exclusive); `item` is the unit, for the phrases of units."""

    start: int
    end: int
    item: str


def told(tokens: Sequence[Token], name: str) -> list[Told]:
    """Each phrase of this name."""
    return [
        one for at, token in enumerate(tokens) if name in token.piece.starts for one in _beginning(tokens, at, name)
    ]


def told_at(tokens: Sequence[Token], at: int, name: str) -> list[Told]:
    """Those that begin there, the longest first; none behind the end of a sentence."""
    if at >= len(tokens) or name not in tokens[at].piece.starts or stopped(tokens, at):
        return []
    return sorted(_beginning(tokens, at, name), key=lambda one: -one.end)


def told_before(tokens: Sequence[Token], end: int, name: str) -> list[Told]:
    """Those that end there, the longest first; none before the end of a sentence."""
    near = range(max(0, end - REACH), end)
    starting = [at for at in near if name in tokens[at].piece.starts]
    if not starting or stopped(tokens, end):
        return []
    return [one for at in starting for one in _beginning(tokens, at, name) if one.end == end]


def asks_price(tokens: Sequence[Token]) -> int | None:
    """Where a question for a price ends; None where there is none."""
    found = told(tokens, "asks")
    other = {one.start for one in told(tokens, "not_asked")} if found else set()
    return max((one.end for one in found if one.start not in other), default=None)


def stopped(tokens: Sequence[Token], at: int) -> bool:
    """Whether punctuation stands before this token."""
    return 0 < at <= len(tokens) and tokens[at - 1].stop != ""


def _beginning(tokens: Sequence[Token], at: int, name: str) -> Iterator[Told]:
    for phrase in tokens[at].piece.starts[name]:
        end = at + 1 + len(phrase.rest)
        if end <= len(tokens) and all(
            token.piece.text.startswith(want[:-1]) if want[-1] == "*" else token.piece.text == want
            for want, token in zip(phrase.rest, tokens[at + 1 : end], strict=True)
        ):
            yield Told(at, end, phrase.item)
