"""Each channel spoken of in a call as named numbers: what the model of its list is given."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from classifiers.channels.places import Place
from classifiers.learned.call_features import ACTS, Features, highest
from classifiers.learned.turn_model import Numbers
from classifiers.learned.understood import Call, Understood
from models.act import Act
from models.channel import GROUP_OF
from models.tag import CHANNEL_KINDS, TagKind

SAYS = tuple(f"says {channel}" for channel in GROUP_OF)
"""The caller says in this turn that the channel brought them."""
CHANNEL_QUESTION, NO_CHANNEL = "channel", "none"
"""Asked of each channel in a call: in which of the lists it is."""
_GROUPS = tuple(GROUP_OF.values())
_REACH, _NEAR = 8, 3
"""Words on each side of a channel's name that are read, and those that are near."""
_CONTEXT, _ELSEWHERE = 0.3, 0.1
"""What a word beside the likeliest place of a channel weighs, and one beside its other places."""
_ANSWER = 5
"""Words in which a yes or a no stands."""
_STEM = 5
"""Letters of a longer word that stand for all its forms."""
_TOLD_FROM = 6
"""Turns of a call from which on what it is says something of its channels."""
_SEEN_FROM = 0.04
"""Chance of `says`, below which a channel that no lexicon found is not thought of."""


def channel_features(understood: Understood, answers: Mapping[str, float]) -> dict[str, Features]:
    """Of each channel that may have been spoken of, in the order of the taxonomy.

    `answers`: what `answers_of` says; empty for a piece of a call.
    """
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
            **_replied(understood, channel),
            **ruled.get(channel, {}),
            **_answered(answers, channel, len(call.turns)),
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
        "asked before": highest(understood.of(Act.ASK_SOURCE)[max(0, at - 2) : at + 1]),
        "says another": others,
        "says it most": float(most >= others),
    }


def _answered(answers: Mapping[str, float], channel: str, turns: int) -> Features:
    """What the call is, where it is long enough to be known: a customer's complaint does not say what brought them."""
    if turns < _TOLD_FROM and channel != "repeat_customer":
        return {}
    return {f"call {name}": chance for name, chance in answers.items()}


def _context(understood: Understood, channel: str, says: Numbers) -> Features:
    """The words around each place of a channel; those of the whole turn where no lexicon sees it."""
    call = understood.call
    if channel not in call.places:
        words = call.turns[int(says.argmax())].words
        return dict.fromkeys((f"said {form}" for word in words for form in _forms(word)), _CONTEXT)
    places = call.places[channel]
    likely = says + _CONTEXT * understood.of(Act.NAME_SOURCE) * understood.held_by("c")
    best = max(range(len(places)), key=lambda number: (likely[places[number].line], -number))
    features: Features = {}
    for number, place in enumerate(places):
        weight = _CONTEXT if number == best else _ELSEWHERE
        for name in _words_around(call, place):
            features[name] = max(features.get(name, 0.0), weight)
        features.update(dict.fromkeys(_marks_around(call, place), 0.5))
    return features


def _replied(understood: Understood, channel: str) -> Features:
    """What follows where somebody else than the caller speaks of the channel: `yep, that's the one`."""
    turns = understood.call.turns
    named = [turn.number for turn in turns[:-1] if turn.side in {"a", "e"} and channel in turn.channels]
    if not named:
        return {}
    asks, tells = understood.of(Act.ASK_SOURCE), understood.of(Act.NAME_SOURCE)
    at = max(named, key=lambda number: (float(asks[number]), -number))
    asked, reply = float(asks[at]), turns[at + 1]
    words = reply.words[:_ANSWER]
    said = (*words, *(f"{one} {other}" for one, other in pairwise(words)))
    marks = [name for name in reply.found if name.isupper()]
    return {
        "asked of it": asked,
        "reply tells": float(tells[at + 1]),
        "asked and reply tells": asked * float(tells[at + 1]),
        "reply says": float(understood.of(f"says {channel}")[at + 1]),
        "reply names it": float(channel in reply.channels),
        "reply names another": float(bool(reply.channels - {channel})),
        "reply is short": float(len(reply.words) < _ANSWER),
        **{f"reply {name}": 0.5 for name in marks},
        **{f"asked, reply {name}": asked / 2 for name in marks},
        **{f"reply {run}": _CONTEXT * (1 + asked) / 2 for run in said},
    }


def _words_around(call: Call, place: Place) -> Iterator[str]:
    line = call.reading.lines[place.line]
    words = _without_names(call, place.line, [token.plain for token in line.tokens])
    yield from _beside("left", words[max(0, place.start - _REACH) : place.start][::-1])
    yield from _beside("right", words[place.end : place.end + _REACH])
    yield from (f"before {word}" for word in call.turns[place.line].before[-_REACH * 2 :])


def _marks_around(call: Call, place: Place) -> Iterator[str]:
    near = range(max(0, place.start - _NEAR), place.end + _NEAR)
    for spans in call.reading.lines[place.line].marks.spans.values():
        yield from (f"near {span.name}" for span in spans if span.start in near)
    yield f"place {place.kind}"


def _beside(side: str, words: Sequence[str]) -> Iterator[str]:
    """Nearest first: each word, each with whether it is near, and each pair."""
    for at, word in enumerate(words):
        yield from (f"{side} {form}" for form in _forms(word))
        if at < _NEAR:
            yield f"{side} near {word}"
    yield from (f"{side} {one} {other}" for one, other in pairwise(words))


def _forms(word: str) -> Iterator[str]:
    yield word
    if len(word) > _STEM:
        yield f"~{word[:_STEM]}"


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
        "named where told": highest(understood.of(Act.NAME_SOURCE)[places]),
        "named where said": highest(says[places, number]),
        "named by caller": float(held.any()),
        "named only by business": float(not held.any()),
        "named early": float(places[0] < 2),
        "named often": min(3, len(places)) / 3,
    }
