"""Cues: short patterns of a lexicon found in a call by spaCy's matcher, each with its turn, side and words.

A pattern is words with a few signs: `book|reserve` one of these, `appoint*` any ending, `?really` may be missing, `_`
any one word, `..` up to three words, `#` a number. `to~see` is two words where one of several is listed, and
`(come out|drop by)` stands for one of several phrases. Patterns are parted by commas and line ends; their letters are
folded as the call's are. Nothing reaches over the end of a sentence, where the text has punctuation.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from typing import Any

from classifiers.normalise import letters
from classifiers.phrases import phrases_of
from models.call import LANGUAGES
from models.conversation import Conversation, Role, Turn
from models.tag import Evidence

_WORDS_READ = 12_000
"""Of a longer call the first and last half of so many: how it begins and ends tells what it was."""
_MONEY = {"$": " dollars ", "£": " pounds ", "€": " euros ", "₽": " рублей ", "﷼": " ریال ", "%": " percent "}
_APOSTROPHES = re.compile(r"['’ʼ`´]")
_POSSESSIVE = re.compile(r"(?<=[a-z])['’ʼ`´]s\b")
_PIECES = re.compile(r"[^\W_]+")
_STOP = re.compile(r"[.?!…;؟؛][\"'»)”]*$")
_BREAK = "¶"
"""A sentence's end where the text has punctuation: no pattern reaches over it."""
_OTHER_WORD = "·"
"""Stands for every word that no pattern has, so that spaCy's store of strings does not grow with each call."""
_Pattern = list[dict[str, Any]]
"""spaCy's, a token each."""


class Side(StrEnum):
    BUSINESS = "business"
    CALLER = "caller"
    EITHER = "either"
    """Nobody can tell: counts for both."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One place where a pattern of `name` was found; `first` and `last` are places of words in the turn."""

    name: str
    turn: int
    side: Side
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A call as its cues: what every rule reads."""

    conversation: Conversation
    language: str
    sides: tuple[Side, ...]
    """Of each turn."""
    sizes: tuple[int, ...]
    """Words of each turn that mean something: fillers and repeated words are not counted."""
    cues: dict[str, tuple[Cue, ...]] = field(default_factory=dict)

    def of(self, name: str, side: Side | None = None, *, turns: Iterable[int] | None = None) -> list[Cue]:
        """Cues of one name, of one side (or of nobody known), in these turns."""
        within = set(turns) if turns is not None else None
        return [
            cue
            for cue in self.cues.get(name, ())
            if (side is None or cue.side in (side, Side.EITHER)) and (within is None or cue.turn in within)
        ]

    def has(self, name: str, side: Side | None = None, *, turns: Iterable[int] | None = None) -> bool:
        return bool(self.of(name, side, turns=turns))

    def said_by(self, side: Side) -> list[int]:
        """Turns with words that this side (or nobody known) holds."""
        return [number for number, own in enumerate(self.sides) if own in (side, Side.EITHER) and self.sizes[number]]

    def evidence(self, cue: Cue) -> Evidence:
        numbers = self.conversation.turns[cue.turn].numbers
        return Evidence(numbers[cue.first], numbers[cue.last], cue.turn)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    word: int


def hear(conversation: Conversation, language: str) -> Heard:
    """Every cue of the language's lexicon in the call. A language without a lexicon has none."""
    sides = _sides(conversation)
    if language not in LANGUAGES:
        return Heard(conversation, language, sides, tuple(len(turn.words) for turn in conversation.turns))
    book = _book(language)
    found: dict[str, list[Cue]] = {}
    sizes: list[int] = []
    for number, (turn, read) in enumerate(zip(conversation.turns, _read(conversation), strict=True)):
        tokens = book.tokens(turn) if read else []
        sizes.append(sum(token.text != _BREAK for token in tokens))
        for name, first, last in book.matches(tokens):
            cue = Cue(name, number, sides[number], tokens[first].word, tokens[last].word)
            found.setdefault(name, []).append(cue)
    return Heard(conversation, language, sides, tuple(sizes), {name: tuple(cues) for name, cues in found.items()})


def _read(conversation: Conversation) -> list[bool]:
    """Which turns are looked at: all, or the ends of an enormous call."""
    sizes = [len(turn.words) for turn in conversation.turns]
    total, before = sum(sizes), 0
    chosen = []
    for size in sizes:
        ends_early = before < _WORDS_READ // 2
        chosen.append(total <= _WORDS_READ or ends_early or total - before - size < _WORDS_READ // 2)
        before += size
    return chosen


def _sides(conversation: Conversation) -> tuple[Side, ...]:
    """Who is the business. Where no role is known and two speak, the one who speaks first answered the phone."""
    roles = {turn.role for turn in conversation.turns if turn.words}
    unknown = [turn.speaker for turn in conversation.turns if turn.role is Role.UNKNOWN and turn.words]
    guess: dict[int, Side] = {}
    if not roles & {Role.AGENT, Role.CALLER} and len(set(unknown)) > 1:
        guess = dict.fromkeys(unknown, Side.CALLER) | {unknown[0]: Side.BUSINESS}
    elif roles & {Role.AGENT, Role.CALLER} and len(roles & {Role.AGENT, Role.CALLER}) == 1:
        left = Side.CALLER if Role.AGENT in roles else Side.BUSINESS
        guess = dict.fromkeys(unknown, left)
    known = {Role.AGENT: Side.BUSINESS, Role.MACHINE: Side.BUSINESS, Role.CALLER: Side.CALLER}
    return tuple(known.get(turn.role) or guess.get(turn.speaker, Side.EITHER) for turn in conversation.turns)


class _Book:
    """One language's patterns, those that need the same word in a matcher of their own: few are asked of each turn."""

    def __init__(self, language: str) -> None:
        import spacy
        from spacy.matcher import Matcher
        from spacy.tokens import Doc

        lexicon = import_module(f"classifiers.lexicons.{language}")
        self._doc: Any = Doc
        self._vocab: Any = spacy.blank(language).vocab
        self._joined = frozenset(lexicon.CUE_JOINED)
        self._fillers = frozenset(word for filler in lexicon.CUE_FILLERS.split() for word in self._pieces(filler))
        self._number = _any_of(lexicon.CUE_NUMBERS.split())
        patterns = [(name, pattern) for name, block in lexicon.CUES.items() for pattern in self._patterns(block)]
        often = Counter(word for _, pattern in patterns for word in _words_of(pattern))
        grouped: dict[str, dict[str, list[_Pattern]]] = defaultdict(lambda: defaultdict(list))
        for name, pattern in patterns:
            needed = min(_words_of(pattern, needed=True), key=lambda word: (often[word], -len(word), word))
            grouped[needed][name].append(pattern)
        self._matchers: dict[str, Any] = {word: Matcher(self._vocab) for word in grouped}
        for word, named in grouped.items():
            for name, own in named.items():
                self._matchers[word].add(name, own)
        self._expressions = {word: re.compile(word) for word in often}
        self._needing = lru_cache(maxsize=100_000)(self._matchers_needing)

    def tokens(self, turn: Turn) -> list[_Token]:
        """The turn's words folded: fillers and stammered repetitions left out, half-spaces closed."""
        tokens: list[_Token] = []
        waiting = ""
        for place, word in enumerate(turn.words):
            for piece in self._pieces(word.text):
                text, waiting = waiting + piece, ""
                if text in self._joined:
                    waiting = text
                elif text not in self._fillers and not (tokens and tokens[-1].text == text):
                    tokens.append(_Token(text, place))
            if tokens and _STOP.search(word.text) and tokens[-1].text != _BREAK:
                tokens.append(_Token(_BREAK, place))
        return tokens

    def matches(self, tokens: Sequence[_Token]) -> list[tuple[str, int, int]]:
        """Name, first and last token of each match."""
        if not tokens:
            return []
        needing = [self._needing(token.text) for token in tokens]
        words = [
            token.text if token.text == _BREAK or own is not None else _OTHER_WORD
            for token, own in zip(tokens, needing, strict=True)
        ]
        doc = self._doc(self._vocab, words=words)
        asked = dict.fromkeys(word for own in needing for word in own or ())
        found: dict[str, set[tuple[int, int]]] = defaultdict(set)
        for key, start, end in (match for word in asked for match in self._matchers[word](doc)):
            found[self._vocab.strings[key]].add((start, end))
        return sorted((name, start, end - 1) for name, spans in found.items() for start, end in _longest(spans))

    def _matchers_needing(self, text: str) -> tuple[str, ...] | None:
        """Those with a pattern that needs this word; None: no pattern has it."""
        words = [word for word, expression in self._expressions.items() if expression.fullmatch(text)]
        return tuple(word for word in words if word in self._matchers) if words else None

    def _pieces(self, text: str) -> list[str]:
        for sign, word in _MONEY.items():
            text = f"{text.replace(sign, '')} {word}" if sign in text else text
        folded = letters(text).replace("\u200c", "")
        folded = re.sub(r"(?<=\d)[.,:](?=\d)", "", _APOSTROPHES.sub("", _POSSESSIVE.sub("", folded)))
        return _PIECES.findall(folded)

    def _patterns(self, block: str) -> list[_Pattern]:
        phrases = (single for phrase in phrases_of(block) for single in _untied(phrase))
        patterns = (self._pattern(phrase) for phrase in phrases)
        return [pattern for pattern in patterns if _words_of(pattern, needed=True)]

    def _pattern(self, phrase: str) -> _Pattern:
        pattern: _Pattern = []
        for sign in phrase.split():
            body = self._without_fillers(sign.removeprefix("?"))
            optional = sign.startswith("?") or body != sign.removeprefix("?")
            if not body:
                continue
            if body == "..":
                pattern.append({"ORTH": {"NOT_IN": [_BREAK]}, "OP": "{0,3}"})
                continue
            token = {"ORTH": {"NOT_IN": [_BREAK]}} if body == "_" else {"ORTH": self._word(body)}
            pattern.append({**token, "OP": "?"} if optional else token)
        return pattern

    def _without_fillers(self, body: str) -> str:
        """Fillers are cut from the text, so a pattern must not wait for them."""
        options = body.split("|")
        return "|".join(
            option for option in options if "".join(self._pieces(option)) not in self._fillers or option == ""
        )

    def _word(self, body: str) -> str | dict[str, str]:
        """What spaCy compares a word with: itself where that will do, which is quicker, else an expression."""
        if body == "#":
            return {"REGEX": f"^(?:{self._number.pattern})$"}
        folded = ("*".join("".join(self._pieces(part)) for part in option.split("*")) for option in body.split("|"))
        options = _any_of(folded)
        return options.pattern if options.pattern.isalnum() else {"REGEX": f"^(?:{options.pattern})$"}


def _words_of(pattern: _Pattern, *, needed: bool = False) -> list[str]:
    """The expressions of its words; `needed`: of those that may not be missing."""
    said = (token["ORTH"] for token in pattern if not needed or "OP" not in token)
    return [word if isinstance(word, str) else word["REGEX"] for word in said if "NOT_IN" not in word]


def _longest(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of those that overlap the longest, then the first."""
    kept, taken = [], set[int]()
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        if taken.isdisjoint(range(start, end)):
            kept.append((start, end))
            taken.update(range(start, end))
    return kept


def _untied(phrase: str) -> list[str]:
    """A phrase with `to~see` among the alternatives of a word, as one phrase for each and one for the rest."""
    phrases = [""]
    for sign in phrase.split():
        options = sign.split("|")
        tied = [option.replace("~", " ") for option in options if "~" in option]
        plain = "|".join(option for option in options if "~" not in option)
        phrases = [f"{before} {choice}" for before in phrases for choice in (*tied, *([plain] if plain else []))]
    return phrases


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """One of these words; a `*` in one is any letters, `0` any figures."""
    options = (r"\d+\w{0,2}" if word == "0" else re.escape(word).replace(r"\*", r"\w*") for word in words)
    return re.compile("|".join(options))


@lru_cache(maxsize=len(LANGUAGES))
def _book(language: str) -> _Book:
    return _Book(language)
