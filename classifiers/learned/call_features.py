"""A call, and each channel spoken of in it, as named numbers: what the models of its tags are given."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.learned.turn_model import Numbers
from classifiers.learned.understood import Call, Understood
from models.act import Act
from models.channel import GROUP_OF
from models.lead import Handling, LeadQuality, NotALeadReason, Outcome
from models.tag import CHANNEL_KINDS, TagKind

ACTS = tuple(act.value for act in Act)
_GROUPS = tuple(GROUP_OF.values())
SAYS = tuple(f"says {channel}" for channel in GROUP_OF)
"""The caller says in this turn that the channel brought them."""
TAGS = (
    *(f"call {value}" for value in LeadQuality if value is not LeadQuality.NOT_A_LEAD),
    *(f"call {value}" for value in NotALeadReason if value is not NotALeadReason.NO_CONVERSATION),
    *(f"call {value}" for value in Outcome),
)
"""The turn is one of a call with this tag: what is talked of in such calls."""
QUESTION_OF_TAG = (
    *("lead_quality" for value in LeadQuality if value is not LeadQuality.NOT_A_LEAD),
    *("not_a_lead_reason" for value in NotALeadReason if value is not NotALeadReason.NO_CONVERSATION),
    *("outcome" for _ in Outcome),
)
"""In the order of `TAGS`."""
FIRST_QUESTION = "outcome"
"""Its answer is known to the others."""
QUESTIONS = (FIRST_QUESTION, "lead_quality", "not_a_lead_reason", "lost_reason")
HANDLING_PREFIX, NOT_APPLICABLE = "handling ", "not_applicable"
HANDLING = tuple(f"{HANDLING_PREFIX}{item}" for item in Handling)
CHANNEL_QUESTION, NO_CHANNEL = "channel", "none"
"""Asked of each channel in a call: in which of the lists it is."""
_BEGINNING, _END = 3, 4
"""Turns."""
_REACH, _NEAR = 8, 3
"""Words on each side of a channel's name that are read, and those that are near."""
_CONTEXT = 0.3
"""What a word of the context weighs beside what is known of the turn."""
_SEEN_FROM = 0.04
"""Chance of `says`, below which a channel that no lexicon found is not thought of."""

Features = dict[str, float]


def call_features(understood: Understood) -> Features:
    """Of the whole call."""
    features: Features = {}
    for side in "ac":
        _add_acts(features, understood, side)
    _add_tags(features, understood)
    turns = understood.call.turns
    for side in "acm":
        features[f"turns {side}"] = min(10, sum(turn.side in (side, "e") for turn in turns)) / 5
    for turn in turns:
        sides = "ac" if turn.side == "e" else turn.side
        features.update({f"found {side} {name}": 0.5 for side in sides for name in turn.found})
    for opinion in understood.call.opinions:
        if opinion.kind not in CHANNEL_KINDS and opinion.kind is not TagKind.MENTION:
            features[f"rules {opinion.kind} {opinion.value}"] = opinion.confidence
            if opinion.score is not None:
                features["rules score"] = opinion.score / 100
    return features


def with_first(features: Features, chances: Mapping[str, float]) -> Features:
    """With the chances of the first question's answers."""
    return features | {f"{FIRST_QUESTION} {answer}": chance for answer, chance in chances.items()}


def _add_acts(features: Features, understood: Understood, side: str) -> None:
    held = understood.held_by(side)
    if not held.any():
        return
    count = len(held)
    places = (np.flatnonzero(held) + 1) / count
    for act in ACTS:
        chances = understood.of(act)
        own = chances[held]
        name = f"{side} {act}"
        features[f"{name} most"] = float(own.max())
        features[f"{name} sum"] = min(3.0, float(own.sum())) / 2
        features[f"{name} end"] = _highest(chances[max(0, count - _END) :][held[max(0, count - _END) :]])
        features[f"{name} beginning"] = _highest(chances[:_BEGINNING][held[:_BEGINNING]])
        features[f"{name} place"] = float((places * own).sum() / (own.sum() + 0.3))


def _add_tags(features: Features, understood: Understood) -> None:
    """Evidence turn by turn, against what a turn says on average."""
    for target in TAGS:
        chances = understood.of(target)
        if not len(chances):
            continue
        evidence = np.log(chances + 1e-4)
        features[f"{target} mean"] = float(evidence.sum() / (len(evidence) + 3))
        features[f"{target} most"] = float(evidence.max()) / 2
        features[f"{target} end"] = float(evidence[-_END:].mean())
        features[f"{target} beginning"] = float(evidence[:_BEGINNING].mean())


def _highest(chances: Numbers) -> float:
    return float(chances.max()) if len(chances) else 0.0


def channel_features(understood: Understood) -> dict[str, Features]:
    """Of each channel that may have been spoken of, in the order of the taxonomy."""
    call = understood.call
    if not call.turns:
        return {}
    held = understood.held_by("c")
    says = np.stack([understood.of(target) * held for target in SAYS], axis=1)
    named = np.array([[channel in turn.channels for channel in GROUP_OF] for turn in call.turns])
    ruled: dict[str, Features] = defaultdict(dict)
    for opinion in call.opinions:
        if opinion.kind in CHANNEL_KINDS and opinion.item:
            ruled[opinion.item] |= {f"rules {opinion.kind}": 1.0, f"rules sure {opinion.kind}": opinion.confidence}
        elif opinion.kind is TagKind.MENTION and opinion.value:
            said = (opinion.detail[name] for name in ("role", "stance", "speaker"))
            ruled[opinion.value][f"rules {' '.join(said)}"] = 1.0
    others = {opinion.item for opinion in call.opinions if opinion.kind is TagKind.STATED_CHANNEL and opinion.item}
    return {
        channel: {
            **_said(understood, says, number),
            **_named(understood, says, named, number),
            **_around(understood, says, named, number),
            **_context(understood, channel, says[:, number]),
            **ruled.get(channel, {}),
            "rules state another": float(bool(others - {channel})),
            f"channel {channel}": 0.5,
        }
        for number, channel in enumerate(GROUP_OF)
        if channel in ruled or named[held, number].any() or says[:, number].max() >= _SEEN_FROM
    }


def _said(understood: Understood, says: Numbers, number: int) -> Features:
    most, at = float(says[:, number].max()), int(says[:, number].argmax())
    others = float(np.delete(says, number, axis=1).max())
    tells = float(understood.of(Act.NAME_SOURCE)[at])
    return {
        "says": most,
        "says, log": math.log(most + 1e-3) / 3,
        "tells there": tells,
        "says and tells": most * tells,
        "asked before": _highest(understood.of(Act.ASK_SOURCE)[max(0, at - 2) : at + 1]),
        "says another": others,
        "says it most": float(most >= others),
    }


def _context(understood: Understood, channel: str, says: Numbers) -> Features:
    """The words around each place of a channel; those of the whole turn where no lexicon sees it."""
    call = understood.call
    features: Features = {}
    for place in call.places.get(channel, ()):
        line = call.reading.lines[place.line]
        words = _without_names(call, place.line, [token.plain for token in line.tokens])
        left, right = words[max(0, place.start - _REACH) : place.start], words[place.end : place.end + _REACH]
        names = [
            *_beside("left", left[::-1]),
            *_beside("right", right),
            *(f"before {w}" for w in _words_before(call, place.line)),
        ]
        features.update(dict.fromkeys(names, _CONTEXT))
        near = range(max(0, place.start - _NEAR), place.end + _NEAR)
        marks = (span for spans in line.marks.spans.values() for span in spans if span.start in near)
        features.update({f"near {span.name}": 0.5 for span in marks})
        features[f"place {place.kind}"] = 0.5
    if channel not in call.places:
        at = int(says.argmax())
        features |= {f"said {word}": _CONTEXT for word in call.turns[at].words}
    return features


def _beside(side: str, words: Sequence[str]) -> Iterator[str]:
    """Nearest first: each word, each with whether it is near, and each pair."""
    for at, word in enumerate(words):
        yield f"{side} {word}"
        if at < _NEAR:
            yield f"{side} near {word}"
    for at in range(len(words) - 1):
        yield f"{side} {words[at]} {words[at + 1]}"


def _words_before(call: Call, number: int) -> Sequence[str]:
    return call.turns[number].before[-_REACH * 2 :]


def _without_names(call: Call, number: int, words: list[str]) -> list[str]:
    """Every channel's name is one sign: what is said of one is said of others."""
    for places in call.places.values():
        for place in places:
            if place.line == number and place.kind in {"brand", "thing"}:
                words[place.start : place.end] = ["*"] * (place.end - place.start)
    return words


def _around(understood: Understood, says: Numbers, named: NDArray[np.bool_], number: int) -> Features:
    """What else is in the turn where the channel is likeliest told, and in the one before."""
    at = int((says[:, number] + named[:, number] * (0.1 + understood.of(Act.NAME_SOURCE))).argmax())
    turn, group = understood.call.turns[at], _GROUPS[number]
    acts = {f"there {act}": float(understood.of(act)[at]) for act in ACTS}
    marks = {f"there {name}": 0.5 for name in turn.found if name.isupper()}
    before = {f"before {name}": 0.5 for name in turn.found_before if name.isupper()}
    tells = float(understood.of(Act.NAME_SOURCE)[at])
    return {
        **acts,
        **marks,
        **before,
        f"group {group}": 0.5,
        f"group {group} tells": tells,
        "others there": min(3, len(turn.channels)) / 3,
        "tells and alone there": tells * (len(turn.channels) <= 1),
        "by business": float(turn.side == "a"),
    }


def _named(understood: Understood, says: Numbers, named: NDArray[np.bool_], number: int) -> Features:
    places = np.flatnonzero(named[:, number])
    if not len(places):
        return {}
    held = understood.held_by("c")[places]
    return {
        "named": 1.0,
        "named where told": _highest(understood.of(Act.NAME_SOURCE)[places]),
        "named where said": _highest(says[places, number]),
        "named by caller": float(held.any()),
        "named only by business": float(not held.any()),
        "named early": float(places[0] < 2),
        "named often": min(3, len(places)) / 3,
    }
