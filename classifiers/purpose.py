"""Why somebody calls: each possible purpose gathers weight from cues, by who says them and when. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from classifiers.cues import Cue, Heard, Side

PROSPECT = "prospect"
_EARLY_FACTOR = 1.3
"""Callers say why they call in their first sentences."""
_REPEATS = (1.0, 0.5, 0.25)
"""What the first, second and third cue of one name add; more of the same prove no more."""
_TEMPERATURE = 1.5
"""How many points of weight make one purpose e times as likely as another. Set on hand-written calls."""
_SURE_AT_MOST = 0.95
_MESSAGE_WORDS = 5
"""Fewer words on a machine are no message."""
_SILENT_WORDS = 3
"""A caller of so few words without any cue has not said anything."""


class Purpose(StrEnum):
    PROSPECT = "prospect"
    EXISTING_CUSTOMER = "existing_customer"
    WRONG_NUMBER = "wrong_number"
    SOLICITATION = "solicitation"
    JOB_APPLICANT = "job_applicant"
    PARTNER_OR_VENDOR = "partner_or_vendor"
    PERSONAL_OR_INTERNAL = "personal_or_internal"
    NO_CONVERSATION = "no_conversation"


@dataclass(frozen=True, slots=True)
class Weight:
    """What one cue is worth for a purpose when this side says it; None: whoever says it."""

    cue: str
    side: Side | None
    points: float


_BUSINESS, _CALLER = Side.BUSINESS, Side.CALLER

WEIGHTS: dict[Purpose, tuple[Weight, ...]] = {
    Purpose.PROSPECT: (
        Weight("asks_price", _CALLER, 2.0),
        Weight("asks_visit", _CALLER, 2.0),
        Weight("asks_offer", _CALLER, 1.2),
        Weight("need", _CALLER, 1.0),
        Weight("buy_now", _CALLER, 1.3),
        Weight("order", _CALLER, 1.5),
        Weight("new_purchase", _CALLER, 2.0),
        Weight("thinks", _CALLER, 0.8),
        Weight("too_dear", _CALLER, 0.8),
        Weight("curious", _CALLER, 1.0),
        Weight("found", _CALLER, 1.2),
        Weight("asks_source", _BUSINESS, 1.5),
        Weight("follow_up", _BUSINESS, 2.0),
        Weight("price", _BUSINESS, 1.2),
        Weight("free_quote", _BUSINESS, 1.0),
        Weight("area_refused", _BUSINESS, 1.2),
        Weight("not_offered", _BUSINESS, 0.8),
        Weight("booked", _BUSINESS, 0.5),
        Weight("paying", None, 0.5),
    ),
    Purpose.EXISTING_CUSTOMER: (
        Weight("owns", _CALLER, 2.0),
        Weight("past_service", _CALLER, 2.5),
        Weight("complaint", _CALLER, 1.8),
        Weight("status", _CALLER, 2.0),
        Weight("account", None, 1.0),
        Weight("move_visit", _CALLER, 2.5),
        Weight("cancel_visit", _CALLER, 2.0),
        Weight("promise", _BUSINESS, 0.5),
        Weight("resolved", _BUSINESS, 0.5),
        Weight("unhappy_end", _CALLER, 0.7),
    ),
    Purpose.WRONG_NUMBER: (
        Weight("wrong_number", None, 4.5),
        Weight("not_here", _BUSINESS, 1.5),
        Weight("wrong_target", _CALLER, 0.7),
    ),
    Purpose.SOLICITATION: (
        Weight("robocall", None, 5.0),
        Weight("selling", _CALLER, 2.5),
        Weight("survey", _CALLER, 3.0),
        Weight("brush_off", _BUSINESS, 1.5),
    ),
    Purpose.JOB_APPLICANT: (Weight("job", _CALLER, 3.0), Weight("job", _BUSINESS, 2.5)),
    Purpose.PARTNER_OR_VENDOR: (
        Weight("supply", _CALLER, 2.5),
        Weight("supply", _BUSINESS, 1.5),
        Weight("partnering", _CALLER, 4.0),
    ),
    Purpose.PERSONAL_OR_INTERNAL: (Weight("private", _CALLER, 3.0), Weight("private", _BUSINESS, 1.2)),
}
"""Set by reading calls, not learnt; a trained classifier may take their place."""

_PRIOR = {Purpose.PROSPECT: 1.2}
"""Most who call a business want something from it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The purpose with its confidence (0 to 1), the cues that speak for it, and whether a machine took the call."""

    purpose: Purpose
    confidence: float
    cues: tuple[Cue, ...]
    on_machine: bool
    message_words: int
    """Words left on the machine."""


def read_purpose(heard: Heard) -> Reading:
    """The likeliest purpose of the call."""
    machine = _machine_turn(heard)
    message = _words_after(heard, machine) if machine is not None else 0
    if heard.has("robocall"):
        return _scored(heard, on_machine=False, message=0)
    if machine is not None and message < _MESSAGE_WORDS:
        return Reading(Purpose.NO_CONVERSATION, 0.85, tuple(heard.of("machine")[:1]), True, message)
    if machine is None and _nothing_said(heard):
        sure = 0.85 if heard.has("nobody") or not heard.said_by(_CALLER) else 0.6
        return Reading(Purpose.NO_CONVERSATION, sure, tuple(heard.of("nobody")[:1]), False, 0)
    return _scored(heard, on_machine=machine is not None, message=message)


def weigh(heard: Heard) -> dict[Purpose, tuple[float, tuple[Cue, ...]]]:
    """Points of each purpose, and its cues, the weightiest first."""
    early = set(heard.said_by(_CALLER)[:2])
    weighed = {}
    for purpose, weights in WEIGHTS.items():
        total = _PRIOR.get(purpose, 0.0)
        proofs: list[tuple[float, Cue]] = []
        for weight in weights:
            cues = heard.of(weight.cue, weight.side)
            for cue, share in zip(_spread(cues), _REPEATS, strict=False):
                early_factor = _EARLY_FACTOR if cue.turn in early else 1.0
                points = weight.points * share * early_factor
                total += points
                proofs.append((points, cue))
        proofs.sort(key=lambda proof: -proof[0])
        weighed[purpose] = (total, tuple(cue for _, cue in proofs))
    return weighed


def _scored(heard: Heard, *, on_machine: bool, message: int) -> Reading:
    weighed = weigh(heard)
    points = {purpose: total for purpose, (total, _) in weighed.items()}
    if sum(heard.sizes) > 150:
        points[Purpose.WRONG_NUMBER] -= 3.0  # nobody talks that long to a wrong number
    if heard.has("new_purchase", _CALLER):
        points[Purpose.EXISTING_CUSTOMER] -= 2.0  # a customer who wants something new is a prospect
    if heard.has("move_visit", _CALLER) and heard.has("first_visit"):
        points[Purpose.PROSPECT] += 3.0  # who moves an estimate or a trial has bought nothing yet
        points[Purpose.EXISTING_CUSTOMER] -= 2.0
    best = max(points, key=lambda purpose: points[purpose])
    shares = {purpose: math.exp((total - points[best]) / _TEMPERATURE) for purpose, total in points.items()}
    # A purpose that hardly anything speaks for is not sure however little speaks against it.
    proof = 1.0 - math.exp(-max(points[best], 0.0) / 2.0)
    sure = min(_SURE_AT_MOST, proof / sum(shares.values()))
    return Reading(best, sure, weighed[best][1], on_machine, message)


def _spread(cues: Sequence[Cue]) -> list[Cue]:
    """The first cue of each turn: one sentence that matches twice is one proof."""
    first: dict[int, Cue] = {}
    for cue in cues:
        first.setdefault(cue.turn, cue)
    return list(first.values())


def _machine_turn(heard: Heard) -> int | None:
    """The turn of a machine's greeting after which that side says nothing of its own."""
    for cue in heard.of("machine"):
        side = heard.sides[cue.turn]
        after = range(cue.turn + 1, len(heard.sides))
        answered = [
            turn
            for turn in after
            if heard.sizes[turn]
            and heard.sides[turn] is side
            and side is not Side.EITHER
            and not _by_machine(heard, turn)
        ]
        if not answered:
            return cue.turn
    return None


def _by_machine(heard: Heard, turn: int) -> bool:
    return heard.conversation.turns[turn].role.value == "machine" or heard.has("machine", turns=[turn])


def _words_after(heard: Heard, turn: int) -> int:
    """Words of the message: later turns of no machine, and the end of the greeting where roles are unknown."""
    later = sum(heard.sizes[number] for number in range(turn + 1, len(heard.sizes)) if not _by_machine(heard, number))
    if heard.sides[turn] is not Side.EITHER:
        return later
    last = max(cue.last for cue in heard.of("machine", turns=[turn]))
    return later + len(heard.conversation.turns[turn].words) - last - 1


def _nothing_said(heard: Heard) -> bool:
    said = heard.said_by(_CALLER)
    words = sum(heard.sizes[turn] for turn in said)
    every = [weight for weights in WEIGHTS.values() for weight in weights]
    content = any(heard.has(weight.cue, weight.side) for weight in every if weight.side is not _BUSINESS)
    content = content or heard.has("not_here", _BUSINESS)
    if heard.has("nobody") and words <= 15:
        return not content
    return words <= _SILENT_WORDS and not content
