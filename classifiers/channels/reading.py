"""A conversation as lines of tokens with the phrases of its languages marked."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib import import_module
from itertools import accumulate

from classifiers.normalise import LANGUAGES, Token, known_language, script_language
from classifiers.phrases import Marks, PhraseBook, Span
from models.conversation import Conversation, Role, Turn

NAMES = (
    *("BRANDS", "PLACES", "TELLING", "PEOPLE", "AD", "MAP", "FOUND", "FOUND_SELF", "FOUND_YOU", "FOUND_NOT"),
    *("FOUND_OTHER", "SENT", "RECOMMENDED", "OURS", "FROM", "SELF", "OTHERS", "ASKED", "ASKED_WHO", "SUGGESTED"),
    *("YES", "NO", "NOT", "UNSURE", "GUESSING", "OR", "TAKEN_BACK", "REPEAT", "REPEAT_ASKED", "BUYING", "SERVICE"),
    *("USED", "HOUSEHOLD", "FROM_WHOM", "AND", "SKIPPED", "NOT_AN_ANSWER", "NEARBY", "FILLERS"),
)
"""The phrase blocks that every lexicon has for this room."""

GOVERNING = ("FOUND", "FOUND_SELF", "FOUND_YOU", "FOUND_NOT", "FOUND_OTHER", "SENT", "RECOMMENDED")
"""Verbs and the like that say what a channel was used for; of two that overlap, the longer counts."""
_PLACE_NAMES = ("BRANDS", "PLACES", "TELLING", "PEOPLE", "REPEAT")
_SILENCED = (*GOVERNING, *_PLACE_NAMES, "YES", "NO", "NOT", "UNSURE", "AD", "MAP", "TAKEN_BACK")
FULL_STOP = 10
"""What a full stop adds to the distance between two words: as much as ten words."""


@dataclass(slots=True)
class Line:
    """One turn. `role` is who speaks as far as can be told, also where the conversation does not say."""

    number: int
    turn: Turn
    role: Role
    tokens: list[Token]
    marks: Marks
    verb_follows: bool | None
    """Whether the language puts its verb behind; None: on either side."""
    stops: list[int] = field(default_factory=list)
    """How many full stops come before each token; one more entry than tokens."""
    governing: list[Span] = field(default_factory=list)

    def gap(self, left: int, right: int) -> int:
        """Distance from a span that ends at `left`, exclusive, to token `right` behind it, full stops included."""
        return right - left + FULL_STOP * (self.stops[right] - self.stops[left - 1])

    def sentence(self, at: int) -> tuple[int, int]:
        """First token of the sentence of token `at`, and the first of the next."""
        return bisect_left(self.stops, self.stops[at]), bisect_left(self.stops, self.stops[at] + 1)

    def asks(self, start: int, end: int) -> bool:
        """Whether a question mark stands behind one of these tokens."""
        return any(token.stop == "?" for token in self.tokens[start:end])


@dataclass(frozen=True, slots=True)
class Named:
    """Words `first` to `last` (places in their turn, both inclusive) that name a channel without any lexicon's help."""

    turn: int
    first: int
    last: int
    channel: str


def with_named(lines: list[Line], named: Sequence[Named]) -> list[Line]:
    """The same lines; what is named is marked in them."""
    by_turn = {line.number: line for line in lines}
    for one in named:
        line = by_turn.get(one.turn)
        tokens = line.tokens if line else ()
        at = [place for place, token in enumerate(tokens) if token.first <= one.last and one.first <= token.last]
        if line and at:
            span = Span(at[0], at[-1] + 1, "CAMPAIGNS", one.channel)
            line.marks.spans["CAMPAIGNS"] = sorted({*line.marks["CAMPAIGNS"], span})
            # A word of the name is no verb of its own: `the spring code` is no code that was sent.
            line.governing = [cue for cue in line.governing if cue.end <= span.start or span.end <= cue.start]
    return lines


@cache
def phrase_book(language: str) -> PhraseBook:
    """The compiled lexicon, made once in a process. Latin brand names are read in every language."""
    lexicon = import_module(f"classifiers.lexicons.{language}")
    blocks = {name: getattr(lexicon, name) for name in NAMES}
    if language != "en":
        english = import_module("classifiers.lexicons.en").BRANDS
        brands = blocks["BRANDS"]
        blocks["BRANDS"] = {item: f"{brands.get(item, '')}\n{block}" for item, block in english.items()}
    return PhraseBook(language, blocks, lexicon.FORMS)


@lru_cache(maxsize=len(LANGUAGES))
def _verb_follows(language: str) -> bool | None:
    follows: bool | None = import_module(f"classifiers.lexicons.{language}").VERB_FOLLOWS
    return follows


def read_lines(conversation: Conversation, hint: str | None = None) -> list[Line]:
    """All turns that some lexicon can read, each by its own script."""
    hint = known_language(conversation.language) or known_language(hint)
    whole = script_language(" ".join(turn.text for turn in conversation.turns[:200]), hint)
    if whole is None:
        return []
    lines = []
    for number, turn in enumerate(conversation.turns):
        language = script_language(turn.text, whole if turn.words else None) or whole
        lines.append(_line(number, turn, language))
    return _with_roles(lines)


def _line(number: int, turn: Turn, language: str) -> Line:
    book = phrase_book(language)
    tokens = book.tokens([word.text for word in turn.words])
    marks = _without_silenced(book.marks(tokens))
    line = Line(number, turn, turn.role, tokens, marks, _verb_follows(language))
    line.stops = [0, *accumulate(int(token.stop in {".", "?"}) for token in tokens)]
    line.governing = longest([span for name in GOVERNING for span in marks[name]])
    return line


def _without_silenced(marks: Marks) -> Marks:
    """Marks inside a phrase that means something else are no marks: `no problem`, `google docs`."""
    silent = longest(marks["SKIPPED"])
    yes_no = longest([*silent, *marks["NOT_AN_ANSWER"], *marks["UNSURE"]])
    spans = dict(marks.spans)
    for name in _SILENCED:
        cover = yes_no if name in {"YES", "NO", "NOT"} else silent
        if cover and name in spans:
            loose = name in _PLACE_NAMES
            spans[name] = [span for span in spans[name] if not _covered(span, cover, loose=loose)]
    return Marks(spans)


def _covered(span: Span, cover: list[Span], *, loose: bool) -> bool:
    """Whether a span lies within one of `cover`; loosely, also where it overlaps one that is no shorter."""
    at = bisect_left(cover, span.start + 1, key=lambda other: other.start) - 1
    for other in cover[max(0, at) : at + 2]:
        if other.start <= span.start and span.end <= other.end:
            return True
        overlaps = other.start < span.end and span.start < other.end
        if loose and overlaps and other.end - other.start >= span.end - span.start:
            return True
    return False


def longest(spans: list[Span]) -> list[Span]:
    """Spans that do not overlap, the longer and then the earlier kept, in order."""
    taken: set[int] = set()
    kept = []
    for span in sorted(spans, key=lambda span: (span.start - span.end, span.start)):
        places = range(span.start, span.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(span)
    return sorted(kept)


def _with_roles(lines: list[Line]) -> list[Line]:
    """Guess who is who where the conversation does not know: who asks the business's questions, else who is first."""
    unknown = [line for line in lines if line.role is Role.UNKNOWN]
    speakers = {line.turn.speaker for line in unknown}
    if not unknown:
        return lines
    if len(speakers) == 1:
        known = {line.role for line in lines} - {Role.UNKNOWN}
        role = Role.AGENT if known == {Role.CALLER} else Role.CALLER
        return [replace(line, role=role) if line.role is Role.UNKNOWN else line for line in lines]
    asked = {line.turn.speaker: 0 for line in unknown}
    for line in unknown:
        asked[line.turn.speaker] += len(line.marks["ASKED"]) + len(line.marks["FOUND_YOU"])
    agent = max(asked, key=lambda speaker: asked[speaker])
    roles = {speaker: Role.AGENT if speaker == agent else Role.CALLER for speaker in asked}
    return [replace(line, role=roles[line.turn.speaker]) if line.role is Role.UNKNOWN else line for line in lines]
