"""Words to what all their forms have in common, so that a phrase is found however it is inflected or spelt.

English and Russian by Snowball's stems, Persian by `classifiers/persian_forms.py`; which, the letters of the word say.
Numbers are read alike in words and digits up to the thousands, and `%` like its word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from classifiers.normalise import Forms, letters, tokens_of
from classifiers.persian_forms import HELPERS, PARTICLES, PREFIXES, persian_form

_WORDS_KEPT = 100_000
_PERCENT = re.compile(r"[%٪]")
_FORMS = Forms(endings=HELPERS, clitics=(), prefixes=PREFIXES)
_FLEETING = re.compile(r"(?<=[бвгджзйклмнпрстфхцчшщь])[ое]к$")
"""`скидок` of `скидка`: the vowel is there in some forms only."""

_UNITS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    "ru": "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
    "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
    "fa": "صفر یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "ru": "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
    "fa": "بیست سی چهل پنجاه شصت هفتاد هشتاد نود",
}
_HUNDREDS = {
    "ru": "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот",
    "fa": "صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد",
}
_MORE = {
    **{"hundred": ("#100",), "thousand": ("#1000",), "тысяча": ("#1000",), "هزار": ("#1000",)},
    **{
        "одна": ("#1",),
        "одну": ("#1",),
        "одной": ("#1",),
        "две": ("#2",),
        "двух": ("#2",),
        "трех": ("#3",),
        "четырех": ("#4",),
        "сорока": ("#40",),
        "ста": ("#100",),
    },
    **{"پونزده": ("#15",), "شونزده": ("#16",), "هیجده": ("#18",), "هیفده": ("#17",), "پونصد": ("#5", "#100")},
    **{"percent": ("#%",), "процент": ("#%",), "درصد": ("#%",)},
}
_AND = frozenset({"و", "and"})


@dataclass(frozen=True, slots=True)
class Form:
    """What is left of a word when its ending is gone, and the words of the turn that it stands for."""

    text: str
    first: int
    last: int
    """Places in the turn, both inclusive."""


def forms_of(words: Sequence[str]) -> list[Form]:
    """Of the words of a turn, or of a phrase, in their order. A number has several, a bare sign none."""
    tokens = tokens_of([_PERCENT.sub(" percent", word) for word in words], _FORMS)
    found = [
        Form(text, token.first, token.last)
        for token in tokens
        if token.text not in PARTICLES or len(tokens) == 1
        for text in _forms(token.text)
    ]
    return list(_without_and(found))


def _without_and(found: Sequence[Form]) -> Iterator[Form]:
    """`بیست و پنج` is 25, as `twenty five` is."""
    for at, form in enumerate(found):
        between = 0 < at < len(found) - 1 and form.text in _AND
        if not (between and found[at - 1].text.startswith("#") and found[at + 1].text.startswith("#")):
            yield form


@lru_cache(maxsize=_WORDS_KEPT)
def _forms(piece: str) -> tuple[str, ...]:
    """`20%` is two pieces by now, so digits stand alone or beside letters, as in `b2b`."""
    number = _number(piece)
    return number if number is not None else (_stem(piece),)


def _number(piece: str) -> tuple[str, ...] | None:
    if piece.isdecimal():
        return tuple(_parts(int(piece))) if len(piece) <= 6 and not (len(piece) > 1 and piece[0] == "0") else None
    return _number_words().get(piece)


def _parts(number: int) -> Iterator[str]:
    """25 is `#20#5` and 500 is `#5#100`, as they are spoken."""
    if number == 0:
        yield "#0"
    for size in (1000, 100):
        if number >= size:
            if number // size > 1:
                yield from _parts(number // size)
            yield f"#{size}"
            number %= size
    if number > 19:
        yield f"#{number // 10 * 10}"
        number %= 10
    if number:
        yield f"#{number}"


@cache
def _number_words() -> dict[str, tuple[str, ...]]:
    found = {}
    for words, numbers in ((_UNITS, range(20)), (_TENS, range(20, 100, 10)), (_HUNDREDS, range(100, 1000, 100))):
        for text in words.values():
            for word, number in zip(text.split(), numbers, strict=True):
                for form in _declined(letters(word)):
                    found[form] = tuple(_parts(number))
    for word, value in _MORE.items():
        for form in (word, *(f"{word}{ending}" for ending in ("s", "а", "ы", "и", "у", "ов", "ам", "ами", "ах", "ей"))):
            found[form] = value
    return {**found, "тысяч": ("#1000",), "тысячи": ("#1000",), "тысячу": ("#1000",)}


def _declined(word: str) -> list[str]:
    """`двадцать`, `двадцати`, `двадцатью`."""
    return [word, f"{word[:-1]}и", f"{word}ю"] if word.endswith("ь") else [word]


def _stem(piece: str) -> str:
    letter = next((sign for sign in piece if not sign.isdecimal()), "")
    if "\u0600" <= letter <= "\u06ff":
        return persian_form(piece)
    if "\u0400" <= letter <= "\u04ff":
        return _FLEETING.sub("к", str(_stemmer("russian").stemWord(piece)))
    return str(_stemmer("english").stemWord(piece)) if letter else piece


@cache
def _stemmer(language: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(language)


class Finder:
    """Phrases, compiled once, and where they are said."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self._numbers: dict[str, list[tuple[int, int]]] = {}
        """Under a phrase's forms joined: its number, and how many forms it has."""
        self._beginnings: set[str] = set()
        for number, phrase in enumerate(phrases):
            forms = [form.text for form in forms_of(phrase.split())]
            joined = "".join(forms)
            if joined:
                self._numbers.setdefault(joined, []).append((number, len(forms)))
                self._beginnings.update(joined[:cut] for cut in range(1, len(joined) + 1))

    def find(self, words: Sequence[str]) -> list[tuple[int, int, int]]:
        """Number of the phrase, first and last word of the place, both inclusive, in the order of the places.

        Words may be written together or apart: `face book`, `پیش‌فروش`.
        """
        forms = forms_of(words)
        found = []
        for start in range(len(forms)):
            joined = ""
            for end in range(start, len(forms)):
                joined += forms[end].text
                if joined not in self._beginnings:
                    break
                for number, count in self._numbers.get(joined, ()):
                    if abs(end - start + 1 - count) <= 1 and not _cuts_number(forms, start, end):
                        found.append((number, forms[start].first, forms[end].last))
        return found


def _cuts_number(forms: Sequence[Form], start: int, end: int) -> bool:
    """`five percent` is not said in `twenty five percent`."""
    return any(
        left >= 0 and right < len(forms) and _is_number(forms[left]) and _is_number(forms[right])
        for left, right in ((start - 1, start), (end, end + 1))
    )


def _is_number(form: Form) -> bool:
    return form.text.startswith("#") and form.text != "#%"


def overlapping(left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Of two places, both ends inclusive."""
    return left[0] <= right[1] and right[0] <= left[1]
