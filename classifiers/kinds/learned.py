"""Every tag by what was learned from labelled calls, on top of what the rules find.

Rules and lexicons see what is named and in which words; how much that means for the tags was learned. A language
without a lexicon, and a call without a word, are left to the rules.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any
from zlib import crc32

from classifiers.kinds.mentions import MentionRules
from classifiers.kinds.outcome import OutcomeRules
from classifiers.kinds.quality import QualityRules
from classifiers.learned.call_features import (
    CHANNEL_QUESTION,
    FIRST_QUESTION,
    HANDLING_PREFIX,
    NOT_APPLICABLE,
    Features,
    call_features,
    channel_features,
    with_first,
)
from classifiers.learned.call_model import FILE as CALLS
from classifiers.learned.call_model import CallModel, call_models
from classifiers.learned.evidence import objection_answered, quoted, shown_by
from classifiers.learned.turn_model import FILE as TURNS
from classifiers.learned.turn_model import FOLDER, turn_model
from classifiers.learned.understood import Understood, understood
from models.act import Act
from models.context import Context
from models.conversation import Conversation
from models.errors import SettingsError
from models.lead import SCORE_RANGES, Handling, LeadQuality, Outcome
from models.tag import CHANNEL_KINDS, Evidence, Opinion, Source, TagKind

VERSION = (
    f"learned-1 weights {crc32(b''.join(files(FOLDER).joinpath(name).read_bytes() for name in (TURNS, CALLS))):08x}"
)
"""Changes with the weights, so that calls are tagged anew when these were learned again."""
_ACT_FROM = 0.5
_SHOWN_FROM = 0.25
"""Chance of a channel, below which it is no opinion, not even a doubtful one."""
_KINDS = dict(zip(("stated", "possible", "denied", "incidental"), CHANNEL_KINDS, strict=True))
_MENTIONED = {
    "stated": ("discovery", "affirmed"),
    "possible": ("discovery", "uncertain"),
    "denied": ("discovery", "denied"),
    "incidental": ("incidental", "affirmed"),
}
_OBJECTIONS = {Act.OBJECT_PRICE: "price", Act.OBJECT_TIMING: "timing", Act.OBJECT_OTHER: "other"}

Chances = Mapping[str, float]


class LearnedTags:
    """Fits `classifiers.classifier.Classifier`."""

    version = VERSION

    def __init__(self) -> None:
        self._rules = (MentionRules(), QualityRules(), OutcomeRules())
        self._models = call_models()

    def classify(self, conversation: Conversation, context: Context) -> list[Opinion]:
        found = understood(conversation, context)
        if found is None or not any(turn.words for turn in conversation.turns):
            return [opinion for rules in self._rules for opinion in rules.classify(conversation, context)]
        features = call_features(found)
        features = with_first(features, self._models[FIRST_QUESTION].chances(features))
        return [
            *_channels(found, self._models[CHANNEL_QUESTION]),
            *self._call(found, features),
            *_handling(found, features, self._models),
            *_objections(found),
            *_acts(found),
        ]

    def _call(self, found: Understood, features: Features) -> Iterator[Opinion]:
        outcome = self._opinion(found, TagKind.OUTCOME, features)
        quality = self._opinion(found, TagKind.LEAD_QUALITY, features)
        yield from (quality, outcome)
        if quality.value == LeadQuality.NOT_A_LEAD:
            yield self._opinion(found, TagKind.NOT_A_LEAD_REASON, features)
        if outcome.value == Outcome.LOST:
            yield self._opinion(found, TagKind.LOST_REASON, features)

    def _opinion(self, found: Understood, kind: TagKind, features: Features) -> Opinion:
        model = self._models[kind]
        chances = model.chances(features)
        answer = _likeliest(chances)
        return Opinion(
            kind=kind,
            value=answer,
            score=_score(chances) if kind is TagKind.LEAD_QUALITY else None,
            confidence=round(chances[answer], 3),
            evidence=shown_by(found, model, answer, features, turn_model()),
            source=Source.MODEL,
            version=VERSION,
        )


def create(**options: Any) -> LearnedTags:
    """No options."""
    if options:
        raise SettingsError(f"classifier 'learned' takes no options; got: {', '.join(sorted(options))}")
    return LearnedTags()


def _likeliest(chances: Chances) -> str:
    return max(chances, key=lambda answer: chances[answer])


def _score(chances: Chances) -> int:
    """The mean of what the qualities' middles promise, kept within the range of the likeliest."""
    low, high = SCORE_RANGES[LeadQuality(_likeliest(chances))]
    middles = {quality: sum(SCORE_RANGES[quality]) / 2 for quality in LeadQuality}
    return round(min(high, max(low, sum(chances[quality] * middles[quality] for quality in LeadQuality))))


def _channels(found: Understood, model: CallModel) -> Iterator[Opinion]:
    chances = {channel: model.chances(features) for channel, features in channel_features(found).items()}
    decided = {channel: _list_of(chance) for channel, chance in chances.items()}
    places = {channel: _places(found, channel) for channel, name in decided.items() if name}
    for name, kind in _KINDS.items():
        own = [channel for channel, chosen in decided.items() if chosen == name]
        for channel in sorted(own, key=lambda one: places[one][0].first):
            yield _opinion_on(kind, channel, round(chances[channel][name], 3), tuple(places[channel]))
    stated = [chance["stated"] for chance in chances.values()]
    if not any(name == "stated" for name in decided.values()):
        none = math.prod(1.0 - chance for chance in stated)
        yield _opinion_on(TagKind.STATED_CHANNEL, None, round(none, 3), ())
    yield from _mentions(found, chances, decided, places)


def _list_of(chances: Chances) -> str | None:
    """In which of the lists a channel is; stated also where that is only possible, so that a person may look."""
    named = {name: chances.get(name, 0.0) for name in _KINDS}
    best = _likeliest(named)
    return best if named[best] >= _SHOWN_FROM and named[best] >= chances.get("none", 0.0) else None


def _opinion_on(kind: TagKind, channel: str | None, confidence: float, places: tuple[Evidence, ...]) -> Opinion:
    return Opinion(
        kind=kind,
        item=channel or "",
        value=channel,
        confidence=confidence,
        evidence=places,
        source=Source.MODEL,
        version=VERSION,
    )


def _places(found: Understood, channel: str) -> list[Evidence]:
    """Where the rules saw it, the sentence around; else where it is likeliest said."""
    seen = {
        opinion.evidence[0].turn: opinion.evidence[0]
        for opinion in found.call.opinions
        if opinion.kind is TagKind.MENTION and opinion.value == channel and opinion.evidence
    }
    says = found.of(f"says {channel}")
    turns = sorted(seen, key=lambda turn: -float(says[turn]))[:2] or [int((says * found.held_by("c")).argmax())]
    spoken = [turn for turn in sorted(turns) if found.call.heard.conversation.turns[turn].words]
    return [
        quoted(found, turn, f"says {channel}", turn_model(), seen.get(turn)) for turn in spoken or _first_words(found)
    ]


def _first_words(found: Understood) -> list[int]:
    return [number for number, turn in enumerate(found.call.heard.conversation.turns) if turn.words][:1]


def _mentions(
    found: Understood,
    chances: Mapping[str, Chances],
    decided: Mapping[str, str | None],
    places: Mapping[str, Sequence[Evidence]],
) -> Iterator[Opinion]:
    """One for each place of a channel that is in a list, as that list understands it."""
    spoken = sorted(
        ((place, channel, name) for channel, name in decided.items() if name for place in places[channel]),
        key=lambda one: (one[0].turn, one[0].first, one[1]),
    )
    for number, (place, channel, name) in enumerate(spoken):
        role, stance = _MENTIONED[name]
        speaker = found.call.heard.conversation.turns[place.turn].role
        yield Opinion(
            kind=TagKind.MENTION,
            item=str(number),
            value=channel,
            confidence=round(chances[channel][name], 3),
            evidence=(place,),
            detail={"role": role, "stance": stance, "speaker": "agent" if speaker == "machine" else str(speaker)},
            source=Source.MODEL,
            version=VERSION,
        )


def _handling(found: Understood, features: Features, models: Mapping[str, CallModel]) -> Iterator[Opinion]:
    """The seven questions, and a score from 0 to 100: the share of yes among those that apply."""
    answers = {item: models[f"{HANDLING_PREFIX}{item}"].chances(features) for item in Handling}
    applies = {item: 1.0 - chances.get(NOT_APPLICABLE, 0.0) for item, chances in answers.items()}
    for item, chances in answers.items():
        answer = _likeliest(chances)
        model = models[f"{HANDLING_PREFIX}{item}"]
        shown = shown_by(found, model, answer, features, turn_model()) if answer == "yes" else ()
        yield _handled(item, answer, None, round(chances[answer], 3), shown)
    asked = [item for item, chances in answers.items() if _likeliest(chances) != NOT_APPLICABLE]
    if asked:
        done = sum(_likeliest(answers[item]) == "yes" for item in asked)
        sure = math.prod(max(answers[item].values()) for item in asked) ** (1 / len(asked))
        yield _handled(
            "", None, round(100 * done / len(asked)), round(sure * min(applies[item] for item in asked), 3), ()
        )


def _handled(
    item: str, answer: str | None, score: int | None, confidence: float, shown: tuple[Evidence, ...]
) -> Opinion:
    return Opinion(
        kind=TagKind.HANDLING,
        item=item,
        value=answer if answer else str(score),
        score=score,
        confidence=confidence,
        evidence=shown,
        source=Source.MODEL,
        version=VERSION,
    )


def _objections(found: Understood) -> Iterator[Opinion]:
    raised = [(turn, act) for turn, act in _heard_acts(found, _OBJECTIONS) if found.call.turns[turn].side != "a"]
    for number, (turn, act) in enumerate(raised):
        answered = "yes" if objection_answered(found, turn) else "no"
        opinion = _on_turn(found, turn, act)
        yield replace(
            opinion, kind=TagKind.OBJECTION, item=str(number), value=_OBJECTIONS[act], detail={"answered": answered}
        )


def _acts(found: Understood) -> Iterator[Opinion]:
    for number, (turn, act) in enumerate(_heard_acts(found, Act)):
        yield replace(_on_turn(found, turn, act), item=str(number))


def _heard_acts(found: Understood, acts: Iterable[Act]) -> list[tuple[int, Act]]:
    spoken = [number for number, facts in enumerate(found.call.turns) if facts.words]
    return [(turn, act) for turn in spoken for act in acts if found.of(act)[turn] >= _ACT_FROM]


def _on_turn(found: Understood, turn: int, act: Act) -> Opinion:
    return Opinion(
        kind=TagKind.ACT,
        value=act.value,
        confidence=round(float(found.of(act)[turn]), 3),
        evidence=(quoted(found, turn, act, turn_model()),),
        source=Source.MODEL,
        version=VERSION,
    )
