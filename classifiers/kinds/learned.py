"""Every tag by what was learned from labelled calls, on top of what the rules find.

Rules and lexicons see what is named and in which words; how much that means for the tags was learned. A language
without a lexicon, and a call without a word, are left to the rules.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from classifiers.kinds.mentions import MentionRules
from classifiers.kinds.outcome import OutcomeRules
from classifiers.kinds.quality import QualityRules
from classifiers.learned.call_features import (
    FIRST_QUESTION,
    HANDLING_PREFIX,
    NOT_APPLICABLE,
    QUESTIONS,
    Features,
    answers_of,
    call_features,
    with_first,
)
from classifiers.learned.call_model import CallModel
from classifiers.learned.channel_features import CHANNEL_QUESTION, NO_CHANNEL, channel_features
from classifiers.learned.evidence import objection_answered, quoted, shown_by
from classifiers.learned.examples import CHANNEL_LISTS
from classifiers.learned.trained import Trained, shipped
from classifiers.learned.understood import Understood, find, understand
from models.act import Act
from models.context import Context
from models.conversation import Conversation
from models.errors import SettingsError
from models.lead import SCORE_RANGES, Handling, LeadQuality, Outcome
from models.tag import CHANNEL_KINDS, Evidence, Opinion, Source, TagKind

_NO_LEAD_FROM = 0.7
"""Chance of `not_a_lead`, below which it is not said; of those said, 95 % are right (on calls not learned from)."""
_ACT_FROM = 0.5
_SHOWN_FROM = 0.25
"""Chance of a channel, below which it is no opinion, not even a doubtful one."""
_KINDS = dict(zip(CHANNEL_LISTS, CHANNEL_KINDS, strict=True))
_MENTIONED = {
    "stated": ("discovery", "affirmed"),
    "possible": ("discovery", "uncertain"),
    "denied": ("discovery", "denied"),
    "incidental": ("incidental", "affirmed"),
}
_OBJECTIONS: Mapping[str, str] = {Act.OBJECT_PRICE: "price", Act.OBJECT_TIMING: "timing", Act.OBJECT_OTHER: "other"}

Chances = Mapping[str, float]


class LearnedTags:
    """Fits `classifiers.classifier.Classifier`."""

    def __init__(self, trained: Trained) -> None:
        self._rules = (MentionRules(), QualityRules(), OutcomeRules())
        self._turns, self._models = trained.turns, trained.calls
        self.version = trained.version

    def classify(self, conversation: Conversation, context: Context) -> list[Opinion]:
        call = find(conversation, context)
        if call is None or not any(turn.words for turn in conversation.turns):
            return [opinion for rules in self._rules for opinion in rules.classify(conversation, context)]
        return [replace(opinion, version=self.version) for opinion in self._learned(understand(call, self._turns))]

    def _learned(self, found: Understood) -> list[Opinion]:
        features = call_features(found)
        features = with_first(features, self._models[FIRST_QUESTION].chances(features))
        chances = {question: self._models[question].chances(features) for question in QUESTIONS}
        acts = _acts(found)
        return [
            *_channels(found, self._models[CHANNEL_QUESTION], answers_of(chances)),
            *self._call(found, features, chances),
            *_handling(found, features, self._models),
            *_objections(found, acts),
            *acts,
        ]

    def _call(self, found: Understood, features: Features, chances: Mapping[str, Chances]) -> Iterator[Opinion]:
        def opinion(kind: TagKind, answer: str, score: int | None = None) -> Opinion:
            shown = shown_by(found, self._models[kind], answer, features)
            return _learned(kind, answer, chances[kind][answer], score=score, evidence=shown)

        quality, outcome = _quality(chances[TagKind.LEAD_QUALITY]), _likeliest(chances[TagKind.OUTCOME])
        yield opinion(TagKind.LEAD_QUALITY, quality, _score(chances[TagKind.LEAD_QUALITY], quality))
        yield opinion(TagKind.OUTCOME, outcome)
        if quality == LeadQuality.NOT_A_LEAD:
            yield opinion(TagKind.NOT_A_LEAD_REASON, _likeliest(chances[TagKind.NOT_A_LEAD_REASON]))
        if outcome == Outcome.LOST:
            yield opinion(TagKind.LOST_REASON, _likeliest(chances[TagKind.LOST_REASON]))


def create(*, trained: Trained | None = None, **options: Any) -> LearnedTags:
    """`trained`: weights other than those that are shipped."""
    if options:
        raise SettingsError(f"classifier 'learned' takes no option but `trained`; got: {', '.join(sorted(options))}")
    return LearnedTags(trained or shipped())


def _learned(kind: TagKind, value: str | None, chance: float, **rest: Any) -> Opinion:
    """`rest`: other fields of the opinion."""
    return Opinion(kind=kind, value=value, confidence=round(chance, 3), source=Source.MODEL, **rest)


def _likeliest(chances: Chances) -> str:
    return max(chances, key=lambda answer: chances[answer])


def _quality(chances: Chances) -> str:
    """A real lead thrown away is the worst error: what is hardly likelier to be none is the likeliest of leads."""
    answer = _likeliest(chances)
    if answer != LeadQuality.NOT_A_LEAD or chances[answer] >= _NO_LEAD_FROM:
        return answer
    return _likeliest({quality: chance for quality, chance in chances.items() if quality != answer})


def _score(chances: Chances, quality: str) -> int:
    """The mean of what the qualities' middles promise, kept within the range of the answer."""
    low, high = SCORE_RANGES[LeadQuality(quality)]
    middles = {quality: sum(SCORE_RANGES[quality]) / 2 for quality in LeadQuality}
    return round(min(high, max(low, sum(chances[quality] * middles[quality] for quality in LeadQuality))))


def _channels(found: Understood, model: CallModel, answers: Features) -> Iterator[Opinion]:
    chances = {channel: model.chances(features) for channel, features in channel_features(found, answers).items()}
    decided = {channel: _list_of(chance) for channel, chance in chances.items()}
    places = {channel: _places(found, channel) for channel, name in decided.items() if name}
    for name, kind in _KINDS.items():
        own = [channel for channel, chosen in decided.items() if chosen == name]
        for channel in sorted(own, key=lambda one: places[one][0].first):
            yield _learned(kind, channel, chances[channel][name], item=channel, evidence=tuple(places[channel]))
    stated = [chance["stated"] for chance in chances.values()]
    if not any(name == "stated" for name in decided.values()):
        yield _learned(TagKind.STATED_CHANNEL, None, math.prod(1.0 - chance for chance in stated))
    yield from _mentions(found, chances, decided, places)


def _list_of(chances: Chances) -> str | None:
    """In which of the lists a channel is; stated also where that is only possible, so that a person may look."""
    named = {name: chances.get(name, 0.0) for name in _KINDS}
    best = _likeliest(named)
    return best if named[best] >= _SHOWN_FROM and named[best] >= chances.get(NO_CHANNEL, 0.0) else None


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
    return [quoted(found, turn, f"says {channel}", seen.get(turn)) for turn in spoken or _first_words(found)]


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
        yield _learned(
            TagKind.MENTION,
            channel,
            chances[channel][name],
            item=str(number),
            evidence=(place,),
            detail={"role": role, "stance": stance, "speaker": "agent" if speaker == "machine" else str(speaker)},
        )


def _handling(found: Understood, features: Features, models: Mapping[str, CallModel]) -> Iterator[Opinion]:
    """The seven questions, and a score from 0 to 100: the share of yes among those that apply."""
    answers = {item: models[f"{HANDLING_PREFIX}{item}"].chances(features) for item in Handling}
    applies = {item: 1.0 - chances.get(NOT_APPLICABLE, 0.0) for item, chances in answers.items()}
    for item, chances in answers.items():
        answer = _likeliest(chances)
        model = models[f"{HANDLING_PREFIX}{item}"]
        shown = shown_by(found, model, answer, features) if answer == "yes" else ()
        yield _learned(TagKind.HANDLING, answer, chances[answer], item=item, evidence=shown)
    asked = [item for item, chances in answers.items() if _likeliest(chances) != NOT_APPLICABLE]
    if asked:
        score = round(100 * sum(_likeliest(answers[item]) == "yes" for item in asked) / len(asked))
        sure = math.prod(max(answers[item].values()) for item in asked) ** (1 / len(asked))
        sure *= min(applies[item] for item in asked)
        yield _learned(TagKind.HANDLING, str(score), sure, score=score)


def _objections(found: Understood, acts: Iterable[Opinion]) -> Iterator[Opinion]:
    """Of those acts that the caller may have done."""
    raised = [act for act in acts if act.value in _OBJECTIONS and found.call.turns[_turn(act)].side != "a"]
    for number, act in enumerate(raised):
        answered = "yes" if objection_answered(found, _turn(act)) else "no"
        kind = _OBJECTIONS[str(act.value)]
        yield replace(act, kind=TagKind.OBJECTION, item=str(number), value=kind, detail={"answered": answered})


def _turn(act: Opinion) -> int:
    return act.evidence[0].turn


def _acts(found: Understood) -> list[Opinion]:
    spoken = [number for number, facts in enumerate(found.call.turns) if facts.words]
    heard = [(turn, act) for turn in spoken for act in Act if found.of(act)[turn] >= _ACT_FROM]
    return [
        _learned(
            TagKind.ACT,
            act.value,
            float(found.of(act)[turn]),
            item=str(number),
            evidence=(quoted(found, turn, act),),
        )
        for number, (turn, act) in enumerate(heard)
    ]
