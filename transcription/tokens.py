"""Tokens with times, as models write them frame by frame, to words."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from audio.speech import Span
from models.transcript import Word

LAST_SOUND = 0.32
"""Seconds after the last token of a word at which the word ends at the latest. A token's time is where it was written,
and a syllable of running speech seldom lasts longer."""
_OPENING = frozenset("«„“(\"'[")


@dataclass(frozen=True, slots=True)
class Token:
    """Letters or a part of a word; a blank in it begins another word."""

    text: str
    at: float
    """Seconds from the beginning of the piece of speech."""
    logprob: float | None = None
    """Logarithm of its chance, if the model tells it."""


@dataclass(slots=True)
class _Spelt:
    """A word while its tokens come in."""

    text: str
    first: float
    last: float
    tokens: dict[int, Token]
    """By their number: a token has a say once, however many letters it has."""

    def add(self, letter: str, number: int, token: Token) -> None:
        self.text += letter
        self.last = max(self.last, token.at)
        self.tokens[number] = token

    @property
    def confidence(self) -> float | None:
        """The geometric mean of the chances of its tokens."""
        known = [token.logprob for token in self.tokens.values() if token.logprob is not None]
        return round(min(1.0, math.exp(sum(known) / len(known))), 3) if known else None


def words_of(tokens: Iterable[Token], span: Span, channel: int) -> list[Word]:
    """The words of one piece of speech, with the times of the recording; none where the tokens hold no letter."""
    spelt = [word for word in _spelt(tokens) if any(letter.isalnum() for letter in word.text)]
    starts = [span.start + word.first for word in spelt]
    return [_timed(word, after, span, channel) for word, after in zip(spelt, [*starts[1:], span.end], strict=False)]


def _spelt(tokens: Iterable[Token]) -> list[_Spelt]:
    words: list[_Spelt] = []
    inside = False
    for number, token, letter in _letters(tokens):
        if letter.isspace():
            inside = False
        elif inside or (words and not letter.isalnum() and letter not in _OPENING):
            words[-1].add(letter, number, token)  # a mark behind a blank belongs to the word before it
        else:
            words.append(_Spelt(letter, token.at, token.at, {number: token}))
            inside = True
    return words


def _letters(tokens: Iterable[Token]) -> Iterator[tuple[int, Token, str]]:
    for number, token in enumerate(tokens):
        if token.text.startswith("<") and token.text.endswith(">"):
            continue  # `<unk>` and its like stand for no letters
        for letter in token.text.replace("\u2581", " "):  # how SentencePiece writes a blank
            yield number, token, letter


def _timed(word: _Spelt, following: float, span: Span, channel: int) -> Word:
    """It ends where the next one begins, soon after its own last token, or with the piece."""
    first = min(span.start + word.first, span.end)
    last = max(first, min(following, span.start + word.last + LAST_SOUND, span.end))
    return Word(word.text, round(first, 2), round(last, 2), word.confidence, channel)
