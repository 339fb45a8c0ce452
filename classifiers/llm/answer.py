"""A language model's answer to opinions, believed only as far as its quotes are in the call.

Whatever does not fit is dropped by itself: an identifier that is none of ours, a number that is none, a tag without a
quote that was said. Who asked for strict JSON and got something else raises EngineFailed.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from classifiers.llm.question import LISTS, NONE
from classifiers.normalise import Forms, tokens_of
from models.channel import GROUP_OF
from models.conversation import Conversation
from models.errors import EngineFailed
from models.lead import SCORE_RANGES, LeadQuality, LostReason, NotALeadReason, Outcome
from models.tag import CHANNEL_KINDS, Evidence, Opinion, Source, TagKind

MOST_SURE = 0.7
"""Confidence that is believed at most. What a model says of its own sureness is not measured here: most say 0.9 and
above to whatever they answer. With 0.7 it answers alone where nobody else does, loses to what is surer, and leaves
what the two disagree on to a person more often than not. Chosen, not measured."""
NONE_STATED = 0.5
"""That no channel was stated is what is left when a model lists none; it overlooks some, so this decides little."""
_QUOTES = 3
_GAP = re.compile(r"\.{3,}|…")
_AS_WRITTEN = Forms(endings=frozenset(), clitics=(), prefixes=frozenset())

_KINDS = dict(zip(LISTS, CHANNEL_KINDS, strict=True))
_ANSWERS: Mapping[TagKind, type[StrEnum]] = {
    TagKind.LEAD_QUALITY: LeadQuality,
    TagKind.NOT_A_LEAD_REASON: NotALeadReason,
    TagKind.OUTCOME: Outcome,
    TagKind.LOST_REASON: LostReason,
}
_REASON_OF = {
    TagKind.NOT_A_LEAD_REASON: (TagKind.LEAD_QUALITY, LeadQuality.NOT_A_LEAD),
    TagKind.LOST_REASON: (TagKind.OUTCOME, Outcome.LOST),
}
"""A reason counts only beside what it explains."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is left of an answer."""

    opinions: list[Opinion]
    dropped: list[str]
    """What was not believed and why, by our identifiers: never the words of the call or of the model."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One entry of the form whose identifiers are ours."""

    kind: TagKind
    value: str
    fields: Mapping[str, Any]


def read_answer(text: str, conversation: Conversation, version: str, detail: Mapping[str, str]) -> Heard:
    """`detail` is put into every opinion. Raises EngineFailed for what is not the form that was asked for."""
    form, dropped = _form(text), list[str]()
    words, opinions = Words(conversation), list[Opinion]()
    common: dict[str, Any] = {"detail": detail, "source": Source.LLM, "version": version}
    for said in [*_channels(form, dropped), *_answers(form, dropped)]:
        if said.kind in CHANNEL_KINDS and any(one.item == said.value for one in opinions):
            continue
        sure, evidence = _number(said.fields.get("confidence")), words.shown_by(said.fields.get("quotes"))
        if sure is None or not 0 <= sure <= 1 or not evidence:
            why = "its quote is not in the call" if not evidence else "its confidence is not from 0 to 1"
            dropped.append(f"{said.kind} {said.value}: {why}")
            continue
        opinions.append(
            Opinion(
                kind=said.kind,
                item=said.value if said.kind in CHANNEL_KINDS else "",
                value=said.value,
                score=_score(said),
                confidence=min(MOST_SURE, sure),
                evidence=evidence,
                **common,
            )
        )
    kept = [opinion for opinion in opinions if _is_explained(opinion, opinions)]
    if isinstance(form.get("channels"), list) and not _names_stated(form):
        kept.append(Opinion(kind=TagKind.STATED_CHANNEL, value=None, confidence=NONE_STATED, **common))
    return Heard(kept, dropped)


def _form(text: str) -> dict[str, Any]:
    try:
        form = json.loads(text)
    except (ValueError, RecursionError):
        raise EngineFailed("the model's answer is no JSON; does the endpoint keep to `json_schema`?") from None
    if not isinstance(form, dict) or not {"channels", *_ANSWERS} & form.keys():
        raise EngineFailed("the model's answer is not the form; does the endpoint keep to `json_schema`?")
    return form


def _channels(form: Mapping[str, Any], dropped: list[str]) -> list[_Said]:
    """Stated before possible before denied before incidental: the first that is shown has the channel."""
    found: list[_Said] = []
    for entry in _entries(form.get("channels")):
        channel, listed = entry.get("channel"), entry.get("list")
        if not isinstance(channel, str) or channel not in GROUP_OF or listed not in LISTS:
            dropped.append("a channel or list that is none of ours")
        else:
            found.append(_Said(_KINDS[listed], channel, entry))
    return sorted(found, key=lambda said: CHANNEL_KINDS.index(said.kind))


def _answers(form: Mapping[str, Any], dropped: list[str]) -> Iterator[_Said]:
    for kind, values in _ANSWERS.items():
        given = form.get(kind)
        fields = given if isinstance(given, dict) else {}
        value = fields.get("value")
        if value in list(values):
            yield _Said(kind, str(value), fields)
        elif value not in (None, NONE):
            dropped.append(f"{kind}: a value that is none of ours")


def _entries(given: object) -> list[dict[str, Any]]:
    return [entry for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []


def _names_stated(form: Mapping[str, Any]) -> bool:
    """Whether the model saw one at all, believed or not."""
    return any(entry.get("list") == LISTS[0] for entry in _entries(form.get("channels")))


def _number(given: object) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    return float(given) if abs(given) < 1e9 else None  # NaN is not less either


def _score(said: _Said) -> int | None:
    """Of a lead quality, moved into its range; the range's middle where none is given."""
    if said.kind is not TagKind.LEAD_QUALITY:
        return None
    low, high = SCORE_RANGES[LeadQuality(said.value)]
    given = _number(said.fields.get("score"))
    return (low + high) // 2 if given is None else min(high, max(low, round(given)))


def _is_explained(opinion: Opinion, opinions: Iterable[Opinion]) -> bool:
    explained = _REASON_OF.get(opinion.kind)
    return explained is None or any((other.kind, other.value) == explained for other in opinions)


class Words:
    """The words of a call, to look quotes up in."""

    def __init__(self, conversation: Conversation) -> None:
        self._turns = conversation.turns
        self._read: dict[int, _Letters] = {}

    def shown_by(self, quotes: object) -> tuple[Evidence, ...]:
        """Where the quotes are said, in the order of the call; none for what nobody said."""
        found: list[Evidence] = []
        for quote in _entries(quotes)[:_QUOTES]:
            turn, words = quote.get("turn"), quote.get("words")
            if isinstance(turn, int) and isinstance(words, str):
                found += self._places(turn, [part for part in _GAP.split(words) if part.strip()])
        return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.turn, one.first)))

    def _places(self, turn: int, parts: list[str]) -> list[Evidence]:
        """Of all parts of a quote, in one turn: the one that is named, else the nearest other one."""
        for number in sorted(range(len(self._turns)), key=lambda other: (abs(other - turn), other)):
            places = [self._place(number, part) for part in parts]
            if all(places):
                return [place for place in places if place]
        return []

    def _place(self, number: int, part: str) -> Evidence | None:
        if number not in self._read:
            self._read[number] = _Letters.of([word.text for word in self._turns[number].words])
        found = self._read[number].find(_Letters.of(part.split()).text)
        if found is None:
            return None
        numbers = self._turns[number].numbers
        return Evidence(numbers[found[0]], numbers[found[1]], number)


@dataclass(frozen=True, slots=True)
class _Letters:
    """Words in the letters that lexicons are brought to, without spaces: half-spaces and `face book` part none."""

    text: str
    starts: Mapping[int, int]
    """Where a word begins in the text: its number."""
    ends: Mapping[int, int]

    @classmethod
    def of(cls, words: list[str]) -> "_Letters":
        text, starts, ends = "", dict[int, int](), dict[int, int]()
        for token in tokens_of(words, _AS_WRITTEN):
            starts[len(text)] = token.first
            text += token.plain
            ends[len(text)] = token.last
        return cls(text, starts, ends)

    def find(self, quote: str) -> tuple[int, int] | None:
        """First and last word of its first place that begins and ends with a word."""
        at = self.text.find(quote) if quote else -1
        while at >= 0:
            if at in self.starts and at + len(quote) in self.ends:
                return self.starts[at], self.ends[at + len(quote)]
            at = self.text.find(quote, at + 1)
        return None
