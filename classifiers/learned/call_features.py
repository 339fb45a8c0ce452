"""A call as named numbers: what the models of its tags are given."""

from collections.abc import Mapping

import numpy as np

from classifiers.learned.turn_model import Numbers
from classifiers.learned.understood import Understood
from models.act import Act
from models.lead import Handling, LeadQuality, NotALeadReason, Outcome
from models.tag import CHANNEL_KINDS, TagKind

ACTS = tuple(act.value for act in Act)
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
BEFORE_CHANNELS = (FIRST_QUESTION, "lead_quality", "not_a_lead_reason")
"""Their answers are known where channels are asked for."""
HANDLING_PREFIX, NOT_APPLICABLE = "handling ", "not_applicable"
HANDLING = tuple(f"{HANDLING_PREFIX}{item}" for item in Handling)
_BEGINNING, _END = 3, 4
"""Turns."""
_USUAL = -3.0
"""Logarithm of the chance of a tag that a turn gives without saying anything of it."""
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


def answers_of(chances: Mapping[str, Mapping[str, float]]) -> Features:
    """From those of `BEFORE_CHANNELS` by question; a reason counts as far as the call is no lead."""
    no_lead = chances["lead_quality"].get(LeadQuality.NOT_A_LEAD, 0.0)
    return {
        f"{question} {answer}": chances[question][answer] * (no_lead if question == "not_a_lead_reason" else 1.0)
        for question in BEFORE_CHANNELS
        for answer in chances[question]
    }


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
        features[f"{name} end"] = highest(chances[max(0, count - _END) :][held[max(0, count - _END) :]])
        features[f"{name} beginning"] = highest(chances[:_BEGINNING][held[:_BEGINNING]])
        features[f"{name} place"] = float((places * own).sum() / (own.sum() + 0.3))


def _add_tags(features: Features, understood: Understood) -> None:
    """Evidence turn by turn, against what a turn usually says; of a short call little."""
    for target in TAGS:
        chances = understood.of(target)
        if not len(chances):
            continue
        evidence = np.log(chances + 1e-4)
        features[f"{target} mean"] = float((evidence - _USUAL).sum() / (len(evidence) + 3))
        features[f"{target} most"] = float(evidence.max()) / 2
        features[f"{target} end"] = float(evidence[-_END:].mean())
        features[f"{target} beginning"] = float(evidence[:_BEGINNING].mean())


def highest(chances: Numbers) -> float:
    return float(chances.max()) if len(chances) else 0.0
