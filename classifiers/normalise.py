"""Words as people and engines write them, to the forms that phrases are written in, with the way back to the words."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import lru_cache

_WORDS_KEPT = 100_000
_PIECE = re.compile(r"[^\W_]+")
_MARKS = re.compile(r"[\u064b-\u065f\u0670\u0640\u0300-\u036f\u200b\u200d-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Vowel signs, the stretching stroke, accents and signs of direction: none of them changes the word."""
_LETTERS = str.maketrans(
    {"ё": "е", "ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "ۀ": "ه", "ة": "ه", "ؤ": "و", "آ": "ا", "أ": "ا", "إ": "ا"}
)
_APOSTROPHES = re.compile(r"['’ʼ`´]")
_POSSESSIVE = re.compile(r"(?<=[a-z])['’ʼ`´]s\b")
_HALF_SPACE = "\u200c"
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-z]")
_LATIN_AMONG_OTHERS = 3
"""Latin brand names stand in Russian and Persian sentences, hardly the other way round: their letters count a third."""
_OTHER_SCRIPT_CODES = frozenset({"ru", "uk", "be", "kk", "ky", "bg", "sr", "mk", "tg", "mn", "fa", "ar", "ur", "ps"})
LANGUAGES = ("en", "ru", "fa")
"""Those with a lexicon."""


@dataclass(frozen=True, slots=True)
class Token:
    """A form that phrases are matched on, and the words of the turn that it stands for."""

    text: str
    """A stem with `*` where it is one that phrases know, else the word."""
    plain: str
    first: int
    last: int
    """Places of its first and last word in the turn, both inclusive; mostly the same."""
    stop: str = ""
    """Punctuation behind it: nothing, `,`, `.` or `?`."""


@dataclass(frozen=True, slots=True)
class Forms:
    """How the words of one language vary, from its lexicon."""

    endings: frozenset[str]
    """What may follow a stem that a phrase writes as `stem*`."""
    clitics: tuple[str, ...]
    """Endings that are words of their own; the first is the form that all of them take."""
    prefixes: frozenset[str]
    """Words that belong to the next one when they stand alone (Persian `می`)."""
    stems: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Stems that phrases use, each with the shorter one that it is an ending of, or itself."""
    known: Set[str] = frozenset()
    """Forms that phrases use: a clitic is only cut from what leaves one of them."""

    @property
    def clitics_by_length(self) -> list[str]:
        """Shortest first: what is left then is longest."""
        return sorted(self.clitics, key=len)


def letters(text: str) -> str:
    """Lower case, one spelling of each letter, no accents or vowel signs."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    text = unicodedata.normalize("NFKC", _MARKS.sub("", unicodedata.normalize("NFKD", text).replace("и\u0306", "й")))
    return "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text).translate(_LETTERS)


def pieces(text: str, forms: Forms) -> list[tuple[str, str]]:
    """The parts of one written word, canonical and plain; none for bare punctuation."""
    plain = _APOSTROPHES.sub("", _POSSESSIVE.sub("", letters(text)))
    return [form for piece in _PIECE.findall(_close_half_spaces(plain, forms)) for form in _split(piece, forms)]


def canonical(piece: str, forms: Forms) -> str:
    """`stem*` where the piece is a known stem with an ending of the language, else the piece itself."""
    for cut in range(len(piece), 1, -1):
        if piece[:cut] in forms.stems and has_stem(piece, piece[:cut], forms):
            return forms.stems[piece[:cut]] + "*"
    return piece


def has_stem(piece: str, stem: str, forms: Forms) -> bool:
    """Whether the piece is the stem with nothing or an ending of the language behind it."""
    return piece == stem or (piece.startswith(stem) and piece[len(stem) :] in forms.endings)


def rooted(stems: Set[str], endings: Set[str]) -> dict[str, str]:
    """Each stem with the shortest other stem that it is an ending of: both then read as one."""
    roots: dict[str, str] = {}
    for stem in sorted(stems, key=len):
        shorter = (stem[:cut] for cut in range(2, len(stem)) if stem[:cut] in roots and stem[cut:] in endings)
        roots[stem] = roots.get(next(shorter, ""), stem)
    return roots


def stop_after(text: str) -> str:
    """The weight of a word's closing punctuation: `?`, `.`, `,` or nothing."""
    tail = text[len(text.rstrip("?!.…,;:؟،؛»\"')—–-")) :]
    for signs, stop in (("?؟", "?"), (".!…;؛", "."), (",:،—–", ",")):
        if any(sign in tail for sign in signs):
            return stop
    return ""


def tokens_of(words: Sequence[str], forms: Forms) -> list[Token]:
    """All words of a turn as tokens, in their order."""
    tokens: list[Token] = []
    waiting: tuple[str, int] | None = None
    for number, word in enumerate(words):
        read, stop = _read(word, forms)
        found = list(read)
        if waiting and found:
            found, first = [*_split(waiting[0] + found[0][1], forms), *found[1:]], waiting[1]
        else:
            first = number
        prefix = len(found) == 1 and found[0][1] in forms.prefixes and not stop
        waiting = (found[0][1], first) if prefix else None
        if waiting:
            continue
        if not found and tokens and stop:
            tokens[-1] = replace(tokens[-1], stop=stop)
        tokens += [Token(form, plain, first, number) for form, plain in found]
        if found:
            tokens[-1] = replace(tokens[-1], stop=stop)
    return tokens


def known_language(code: str | None) -> str | None:
    """A language code without its region, `en-US` to `en`; None for none."""
    return re.split(r"[-_]", code.strip().casefold())[0] or None if code else None


def script_language(text: str, hint: str | None) -> str | None:
    """The language whose lexicon reads this text: by script, the hint deciding nothing but what script leaves open.

    None when the hint is a language without a lexicon that may be written so, or when there are no letters.
    """
    counts: dict[str, float] = {
        "fa": len(_ARABIC.findall(text)),
        "ru": len(_CYRILLIC.findall(text)),
        "en": len(_LATIN.findall(text)),
    }
    counts["en"] /= _LATIN_AMONG_OTHERS
    best = max(LANGUAGES, key=lambda language: counts[language])
    if not counts[best]:
        return hint if hint in LANGUAGES else None
    foreign = hint is not None and hint not in LANGUAGES
    if foreign and (best == "en" or hint in _OTHER_SCRIPT_CODES):
        return None
    return best


@lru_cache(maxsize=_WORDS_KEPT)
def _read(text: str, forms: Forms) -> tuple[tuple[tuple[str, str], ...], str]:
    return tuple(pieces(text, forms)), stop_after(text)


def _close_half_spaces(text: str, forms: Forms) -> str:
    """Half-spaces part a prefix or an ending from its word, or two words: closed up or opened accordingly."""
    if _HALF_SPACE not in text:
        return text
    result, *rest = text.split(_HALF_SPACE)
    for part in rest:
        bare = part.rstrip(".,!?؟،؛:»\"')")
        glued = result.split(" ")[-1] in forms.prefixes or bare in forms.endings or bare in forms.clitics
        result += part if glued else " " + part
    return result


def _split(piece: str, forms: Forms) -> list[tuple[str, str]]:
    form = canonical(piece, forms)
    if form in forms.known or len(piece) < 4:
        return [(form, piece)]
    for clitic in forms.clitics_by_length:
        bare = piece.removesuffix(clitic)
        rest = canonical(bare, forms)
        if bare != piece and rest in forms.known:
            return [(rest, bare), (canonical(forms.clitics[0], forms), forms.clitics[0])]
    return [(form, piece)]


def as_set(items: Iterable[str]) -> frozenset[str]:
    """Items in the letters that texts are brought to."""
    return frozenset(letters(item) for item in items)
