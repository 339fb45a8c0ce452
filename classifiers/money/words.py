"""What a written word may be in an amount of money: a number, a currency, or a word that amounts are told by.

One table for all lexicons: their scripts tell the words of Russian and Persian apart from English ones, and a call may
mix them. A word is read once and remembered.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from importlib import import_module

from classifiers.normalise import letters, stop_after
from classifiers.phrases import phrases_of
from models.call import LANGUAGES

_WORDS_KEPT = 100_000
_LONGEST = 40
"""Letters of a word that are read; there is no longer one in an amount."""
_PART = re.compile(r"\d+(?:[.,٫٬]\d+)*|[^\W\d_]+|[$£€₽¥₸₴₺₹₪]|[%٪:/*#+]|[-–—]")
_APOSTROPHES = re.compile(r"['’ʼ`´]")
_HALF_SPACE = "\u200c"
_GROUPED = re.compile(r"(\d{1,3}(?:([,.])\d{3})(?:\2\d{3})*)(?:[.,](\d{1,2}))?")
_PLAIN = re.compile(r"(\d{1,10})(?:[.,](\d{1,2}))?")
_PERSIAN_ENDINGS = ("شه", "ست", "ه", "و", "ی", "ش")
"""`هفتصده`: it is seven hundred. `پنجم` is the fifth and no number."""
_AND_OF_PERSIAN = "و"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words by which an amount is told, or its unit; the first one is known to be there."""

    item: str
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Currency:
    code: str
    factor: Decimal = Decimal(1)
    unit: str = ""
    """What was said, where it is a part or a multiple of the currency's own: `toman`, `cent`."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a written word."""

    text: str
    number: Decimal | None = None
    figure: bool = False
    multiplier: bool = False
    """It multiplies hundreds, as `hundred` does after `fifteen`."""
    currency: Currency | None = None
    nation: str = ""
    """Code of whose dollars follow."""
    note: bool = False
    """Number and currency in one word, as `tenner`."""
    roles: frozenset[str] = frozenset()
    language: str = ""
    starts: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict, compare=False)
    """Phrases that begin with this word, by their name."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece in its turn."""

    piece: Piece
    word: int
    """Its place in the turn."""
    stop: str
    """Punctuation behind it: nothing, `,`, `.` or `?`."""


def tokens_of(words: Sequence[str]) -> list[Token]:
    """All pieces of the words of a turn, in their order."""
    return [
        Token(piece, place, stop if last else "")
        for place, word in enumerate(words)
        for piece, stop, last in read(word)
    ]


@lru_cache(maxsize=_WORDS_KEPT)
def read(word: str) -> tuple[tuple[Piece, str, bool], ...]:
    """Its pieces, each with the punctuation behind the word and whether it is the last one."""
    parts = list(_parts(word))
    pieces = [piece for at, part in enumerate(parts) for piece in _pieces(part, parts[at - 1] if at else "")]
    stop = "" if pieces and "abbreviated" in pieces[-1].roles else stop_after(word)
    return tuple((piece, stop, at == len(pieces) - 1) for at, piece in enumerate(pieces))


@lru_cache(maxsize=_WORDS_KEPT)
def has_number(word: str) -> bool:
    return any(piece.number is not None for piece, *_ in read(word))


def _parts(word: str) -> Iterator[str]:
    """Half-spaces part; a stroke between letters does too, between figures it stays: it means `to`."""
    folded = _APOSTROPHES.sub("", letters(word[:_LONGEST])).replace(_HALF_SPACE, " ")
    found = _PART.findall(folded)
    for at, part in enumerate(found):
        between = 0 < at < len(found) - 1
        if part not in "-–—" or (between and found[at - 1][-1].isdigit() and not found[at + 1][0].isalpha()):
            yield part


def _pieces(part: str, before: str) -> list[Piece]:
    words = _words()
    if part[0].isdigit():
        return [Piece(part, number=figure(part), figure=True, roles=frozenset() if figure(part) else _JUNK)]
    if before[:1].isdigit() and part in words.glued:
        return [Piece(part, number=words.glued[part], roles=frozenset({"glued"}), language=words.language_of(part))]
    known = words.piece(part)
    if known.number is not None or known.currency or known.roles:
        return [known]
    return [words.piece(one) for one in _unglued(part, words)] or [known]


_JUNK = frozenset({"junk"})


def figure(text: str) -> Decimal | None:
    """`1,200.50`, `1.200,50`, `200,50`, `40`; None for what is a date, a code or a telephone number."""
    text = text.replace("٫", ".").replace("٬", ",")
    if len(text) > 1 and text[0] == "0" and text[1].isdigit():
        return None
    if found := _GROUPED.fullmatch(text):
        whole = found[1].replace(",", "").replace(".", "")
        return Decimal(f"{whole}.{found[3] or 0}") if found[3] else Decimal(whole)
    if found := _PLAIN.fullmatch(text):
        return Decimal(f"{found[1]}.{found[2]}") if found[2] else Decimal(found[1])
    return None


def _unglued(part: str, words: "_Words") -> list[str]:
    """Persian words that are written as one: `صدوپنجاه`, `پنجاهتومن`, `هفتصده`. Nothing where it is another word."""
    if not "\u0600" <= part[0] <= "\u06ff":
        return []
    for cut in range(1, len(part)):
        head, tail = part[:cut], part[cut:]
        if _is_number(head, words) and tail in words.currencies:
            return [head, tail]
        if tail[0] == _AND_OF_PERSIAN and _is_number(head, words):
            rest = [tail[1:]] if _is_number(tail[1:], words) else _unglued(tail[1:], words) if tail[1:] else []
            if rest:
                return [head, _AND_OF_PERSIAN, *rest]
    if part[0] == _AND_OF_PERSIAN and _is_number(part[1:], words):
        return [_AND_OF_PERSIAN, part[1:]]
    return _without_ending(part, words)


def _without_ending(part: str, words: "_Words") -> list[str]:
    for ending in _PERSIAN_ENDINGS:
        bare = part.removesuffix(ending)
        number = words.numbers.get(bare)
        if bare != part and number is not None and number >= (100 if ending != "ه" else 40):
            return [bare]
    return []


def _is_number(text: str, words: "_Words") -> bool:
    return text in words.numbers


class _Words:
    """All lexicons in one."""

    def __init__(self) -> None:
        self.numbers: dict[str, Decimal] = {}
        self.multipliers: set[str] = set()
        self.roles: dict[str, set[str]] = defaultdict(set)
        self.glued: dict[str, Decimal] = {}
        self.currencies: dict[str, Currency] = {}
        self.nations: dict[str, str] = {}
        self.notes: dict[str, tuple[Decimal, Currency]] = {}
        self.starts: dict[str, dict[str, tuple[Phrase, ...]]] = defaultdict(dict)
        self.stem_lengths: list[int] = []
        for language in LANGUAGES:
            self._add(vars(import_module(f"classifiers.lexicons.{language}")))
        self.stem_lengths = sorted({len(word) - 1 for word in self.starts if word.endswith("*")})

    def piece(self, text: str) -> Piece:
        note = self.notes.get(text)
        return Piece(
            text,
            number=note[0] if note else self.numbers.get(text),
            multiplier=text in self.multipliers,
            currency=note[1] if note else self.currencies.get(text),
            nation=self.nations.get(text, ""),
            note=note is not None,
            roles=frozenset(self.roles.get(text, ())),
            language=self.language_of(text),
            starts=self._starting(text),
        )

    def language_of(self, text: str) -> str:
        """By its letters."""
        if "\u0400" <= text[:1] <= "\u04ff":
            return "ru"
        return "fa" if "\u0600" <= text[:1] <= "\u06ff" else "en"

    def _starting(self, text: str) -> dict[str, tuple[Phrase, ...]]:
        found: dict[str, tuple[Phrase, ...]] = {}
        stems = (f"{text[:cut]}*" for cut in self.stem_lengths if cut <= len(text))
        for beginning in (text, *stems):
            for name, phrases in self.starts.get(beginning, {}).items():
                found[name] = (*found.get(name, ()), *phrases)
        return found

    def _add(self, lexicon: Mapping[str, Mapping[str, str]]) -> None:
        for value, text in lexicon["AMOUNT_NUMBERS"].items():
            for word in _folded(text):
                self.numbers[word] = Decimal(value.removeprefix("x"))
                self.multipliers.update([word] if value.startswith("x") else [])
        for value, text in lexicon["AMOUNT_GLUED"].items():
            self.glued.update(dict.fromkeys(_folded(text), Decimal(value)))
        for role, text in lexicon["AMOUNT_WORDS"].items():
            for word in _folded(text):
                self.roles[word].add(role)
        self._add_money(lexicon)
        for name, items in (
            ("per", lexicon["AMOUNT_PER"]),
            ("per_before", lexicon["AMOUNT_PER_BEFORE"]),
        ):
            for item, block in items.items():
                self._add_phrases(name, item, block)
        for name, block in lexicon["AMOUNT_PHRASES"].items():
            self._add_phrases(name, "", block)

    def _add_money(self, lexicon: Mapping[str, Mapping[str, str]]) -> None:
        for key, text in lexicon["AMOUNT_CURRENCIES"].items():
            code, factor, unit = (*key.split(), "", "")[:3]
            for word in _folded(text):
                if factor and not factor[0].isdigit():
                    self.nations[word] = code
                else:
                    self.currencies[word] = Currency(code, Decimal(factor or 1), unit)
        for key, text in lexicon["AMOUNT_NOTES"].items():
            code, _, value = key.partition(" ")
            self.notes.update({word: (Decimal(value), Currency(code)) for word in _folded(text)})

    def _add_phrases(self, name: str, item: str, block: str) -> None:
        for phrase in phrases_of(block):
            first, *rest = (letters(word) for word in phrase.split())
            self.starts[first][name] = (*self.starts[first].get(name, ()), Phrase(item, tuple(rest)))


def _folded(text: str) -> list[str]:
    return [letters(word) for word in text.split()]


@cache
def _words() -> _Words:
    return _Words()
