"""Where a workspace's trackers are said in a call."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from classifiers.wordforms import Finder
from models.conversation import Conversation, Role
from models.tag import Evidence, Opinion, Source, TagKind
from models.tracker import Phrase, SaidBy, Tracker

VERSION = "trackers-1"
_SURE = 0.95
"""The words are there. Chosen, not measured: it leaves room for a form that was read as another word's."""
MOST_EVIDENCE = 20
"""Places that are kept of a tracker and a call; `hits` in the detail counts all."""
_ROLES = {SaidBy.CALLER: Role.CALLER, SaidBy.AGENT: Role.AGENT}


@dataclass(frozen=True, slots=True)
class Place:
    """Words `first` to `last` of a turn, both inclusive."""

    turn: int
    first: int
    last: int
    at: int
    """Words of the call before it."""

    @property
    def words(self) -> tuple[int, int]:
        """First and last, counted through the call."""
        return self.at, self.at + self.last - self.first


@dataclass(frozen=True, slots=True)
class Hits:
    """A tracker and where it is said, in the order of the call; at least one place."""

    tracker: Tracker
    places: tuple[Place, ...]


def find_trackers(conversation: Conversation, trackers: Sequence[Tracker]) -> list[Hits]:
    """Those that are said, in the order given."""
    if not trackers:
        return []
    call = _Call.of(conversation)
    found = []
    for number, said in sorted(_said(conversation, tuple(trackers)).items()):
        places = {phrase: _allowed(call, trackers[number], there) for phrase, there in said.items()}
        hits = _longest(list(_hits(trackers[number], places)))
        if hits:
            found.append(Hits(trackers[number], tuple(hits)))
    return found


def tracker_opinions(conversation: Conversation, found: Sequence[Hits]) -> list[Opinion]:
    """One for each tracker, with the words of its places."""
    return [
        Opinion(
            kind=TagKind.TRACKER,
            item=hits.tracker.name,
            value=hits.tracker.name,
            confidence=_sure(conversation, hits.tracker),
            evidence=tuple(evidence_of(conversation, place) for place in hits.places[:MOST_EVIDENCE]),
            detail={"hits": str(len(hits.places)), **campaign_of(hits.tracker)},
            source=Source.RULES,
            version=version_of(hits.tracker),
        )
        for hits in found
    ]


def evidence_of(conversation: Conversation, place: Place) -> Evidence:
    numbers = conversation.turns[place.turn].numbers
    return Evidence(first=numbers[place.first], last=numbers[place.last], turn=place.turn)


def campaign_of(tracker: Tracker) -> dict[str, str]:
    """For the detail of a tag."""
    if tracker.channel is None:
        return {}
    return {"channel": tracker.channel, "campaign": tracker.campaign or tracker.name}


def version_of(tracker: Tracker) -> str:
    """Changes with what is looked for."""
    return f"{VERSION} {crc32(repr(tracker).encode()):08x}"


@dataclass(frozen=True, slots=True)
class _Call:
    conversation: Conversation
    begins: tuple[int, ...]
    """Words of the call before each turn."""
    end: float
    """Second at which the last word ends; 0 without times."""

    @classmethod
    def of(cls, conversation: Conversation) -> "_Call":
        begins, count, end = [], 0, 0.0
        for turn in conversation.turns:
            begins.append(count)
            count += len(turn.words)
            end = max([end, *(word.end for word in turn.words if word.end is not None)])
        return cls(conversation, tuple(begins), end)


def _sure(conversation: Conversation, tracker: Tracker) -> float:
    """Where it matters who says it, no surer than who is who."""
    return _SURE if tracker.said_by is SaidBy.ANYONE else min(_SURE, conversation.role_confidence)


def _phrases(tracker: Tracker) -> list[Phrase]:
    return list(dict.fromkeys((*tracker.phrases, *tracker.all_of, *tracker.none_of)))


@lru_cache(maxsize=32)
def _finder(trackers: tuple[Tracker, ...]) -> tuple[Finder, list[tuple[int, Phrase]]]:
    listed = [(number, phrase) for number, tracker in enumerate(trackers) for phrase in _phrases(tracker)]
    return Finder([phrase.text for _, phrase in listed]), listed


def _said(
    conversation: Conversation, trackers: tuple[Tracker, ...]
) -> Mapping[int, Mapping[Phrase, list[tuple[int, int, int]]]]:
    """Turn, first and last word of all places, by number of the tracker and phrase; what is not said is not there."""
    finder, listed = _finder(trackers)
    found: dict[int, dict[Phrase, list[tuple[int, int, int]]]] = defaultdict(dict)
    for turn, spoken in enumerate(conversation.turns):
        for number, first, last in finder.find([word.text for word in spoken.words]):
            tracker, phrase = listed[number]
            found[tracker].setdefault(phrase, []).append((turn, first, last))
    return found


def _allowed(call: _Call, tracker: Tracker, said: Sequence[tuple[int, int, int]]) -> list[Place]:
    """By the right speaker, at the right time."""
    wanted = _ROLES.get(tracker.said_by)
    turns = call.conversation.turns
    return [
        Place(turn, first, last, call.begins[turn] + first)
        for turn, first, last in said
        if wanted is None or turns[turn].role is wanted
        if _in_time(tracker, turns[turn].words[first].start, call.end)
    ]


def _in_time(tracker: Tracker, start: float | None, end: float) -> bool:
    """Words without times are at no time."""
    if tracker.first_seconds is None and tracker.last_seconds is None:
        return True
    if start is None:
        return False
    first, last = tracker.first_seconds, tracker.last_seconds
    return (first is not None and start <= first) or (last is not None and start >= end - last)


def _hits(tracker: Tracker, places: Mapping[Phrase, Sequence[Place]]) -> Iterator[Place]:
    for phrase, also in _asked(tracker):
        for place in places.get(phrase, ()):
            near = tracker.near
            wanted = all(any(_is_near(place, other, near) for other in places.get(one, ())) for one in also)
            spoilt = any(_is_near(place, other, near) for one in tracker.none_of for other in places.get(one, ()))
            if wanted and not spoilt:
                yield place


def _asked(tracker: Tracker) -> Iterator[tuple[Phrase, list[Phrase]]]:
    """Each phrase with what must be said as well: in its own language. Without phrases, the first of each language."""
    if tracker.phrases:
        for phrase in tracker.phrases:
            yield phrase, [other for other in tracker.all_of if other.language in ("", phrase.language)]
        return
    for language in dict.fromkeys(phrase.language for phrase in tracker.all_of):
        own = [phrase for phrase in tracker.all_of if phrase.language == language]
        yield own[0], own[1:]


def _is_near(place: Place, other: Place, near: int | None) -> bool:
    if near is None:
        return True
    (first, last), (others_first, others_last) = place.words, other.words
    return max(others_first - last, first - others_last) <= near


def _longest(places: list[Place]) -> list[Place]:
    """Of places that overlap the longest, in the order of the call."""
    kept: list[Place] = []
    taken: set[int] = set()
    for place in sorted(set(places), key=lambda one: (one.first - one.last, one.at)):
        first, last = place.words
        if taken.isdisjoint(range(first, last + 1)):
            taken.update(range(first, last + 1))
            kept.append(place)
    return sorted(kept, key=lambda one: one.at)
