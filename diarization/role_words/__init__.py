"""What tells an agent from a caller, and a machine from both: patterns by language and kind, weights by kind.

A language is chosen turn by turn, by its letters. Patterns are matched against the output of `plain`: lower-case text
without punctuation, one form for letters that are written in several.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from diarization.role_words import en, fa, ru
from diarization.role_words.weights import WEIGHTS

__all__ = ["WEIGHTS", "Lexicon", "lexicon_of", "plain"]

_LETTERS: dict[int, str | int | None] = {
    **str.maketrans("ёيكآأإۀة\u200c’", "еیکاااهه '"),
    **dict.fromkeys(range(0x64B, 0x656)),
    **{ord("۰") + digit: str(digit) for digit in range(10)},
}
"""Vowel marks are left out, Persian digits become ours."""
_APART = re.compile(r"[^\w' ]|_")
_PERSIAN_PREFIX = re.compile(r"\b((?:بر|در)?ن?می) (?=\w)| (?=ها(ی|یی|تون|شون|مون)?\b)")
"""Written apart, joined or with a half-space; both spellings of a verb become one."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The patterns of one language, compiled."""

    cues: Mapping[str, re.Pattern[str]]
    machine: re.Pattern[str]
    takes_message: re.Pattern[str]
    private_machine: re.Pattern[str]
    """An answering machine of a person, not of a business."""
    hello: re.Pattern[str]
    """Nothing but what is said on lifting a private telephone."""
    greeting: re.Pattern[str]
    first_person: re.Pattern[str]
    second_person: re.Pattern[str]
    question: re.Pattern[str]
    digits: re.Pattern[str]


def plain(text: str) -> str:
    """Lower case, no punctuation, one spelling of what has several."""
    words = " ".join(_APART.sub(" ", text.lower().translate(_LETTERS)).split())
    return _PERSIAN_PREFIX.sub(lambda found: found.group(1) or "", words)


def lexicon_of(text: str) -> Lexicon:
    """Of the language whose letters a text is mostly written in."""
    cyrillic = sum("а" <= letter <= "я" for letter in text)
    arabic = sum("\u0600" <= letter <= "\u06ff" for letter in text)
    latin = sum("a" <= letter <= "z" for letter in text)
    return _compiled("ru" if cyrillic > max(arabic, latin) else "fa" if arabic > latin else "en")


@cache
def _compiled(language: str) -> Lexicon:
    words: ModuleType = {"en": en, "ru": ru, "fa": fa}[language]
    return Lexicon(
        cues={kind: _any(patterns) for kind, patterns in words.CUES.items()},
        machine=_any(words.MACHINE),
        takes_message=_any(words.MESSAGE_TAKER),
        private_machine=_any(words.PRIVATE_MACHINE),
        hello=re.compile(words.HELLO),
        greeting=re.compile(words.GREETING),
        first_person=re.compile(words.FIRST_PERSON),
        second_person=re.compile(words.SECOND_PERSON),
        question=re.compile(words.QUESTION),
        digits=re.compile(words.DIGITS),
    )


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
