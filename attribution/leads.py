"""Calls of one number to leads: a person who calls again is one lead, until there is a long silence. Pure.

The same calls give the same leads, in whatever order they came.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from models.call import Call, Direction
from models.lead import Lead, LeadCall, LeadQuality, Outcome
from models.tag import Tag, TagKind, TagStatus

BEST: tuple[LeadQuality | None, ...] = (
    LeadQuality.HOT,
    LeadQuality.WARM,
    LeadQuality.COLD,
    None,
    LeadQuality.NOT_A_LEAD,
)
"""The best first. What is not known may be a prospect, so it is better than none: a lead thrown away is the worst."""


def brought(call: Call, tags: Sequence[Tag]) -> LeadCall | None:
    """What the call brings to its lead; None for a call inside the business, which has nobody outside."""
    if call.facts.direction is Direction.INTERNAL:
        return None
    shown = [tag for tag in tags if tag.status is not TagStatus.WITHHELD]
    quality, outcome = _value(shown, TagKind.LEAD_QUALITY), _value(shown, TagKind.OUTCOME)
    return LeadCall(
        call_id=call.id,
        started_at=call.facts.started_at or call.received_at,
        channel=next((tag.item for tag in shown if tag.kind is TagKind.STATED_CHANNEL and tag.item), None),
        quality=LeadQuality(quality) if quality else None,
        outcome=Outcome(outcome) if outcome else None,
    )


def fold(calls: Iterable[LeadCall], *, silence: timedelta | None) -> list[Lead]:
    """The leads that the calls of one number make, the earliest first.

    `silence`: between two starts; after a longer one a new lead begins. None: the number is nobody's own (withheld,
    invalid, the business's), and each call is a lead of its own.
    """
    leads: list[list[LeadCall]] = []
    for call in sorted(calls, key=lambda call: (call.started_at, call.call_id)):
        if leads and silence is not None and call.started_at - leads[-1][-1].started_at <= silence:
            leads[-1].append(call)
        else:
            leads.append([call])
    return [_lead(members) for members in leads]


def _lead(calls: Sequence[LeadCall]) -> Lead:
    return Lead(
        id=min(call.call_id for call in calls),
        calls=tuple(calls),
        channel=next((call.channel for call in calls if call.channel is not None), None),
        quality=min((call.quality for call in calls), key=BEST.index),
        outcome=next((call.outcome for call in reversed(calls) if call.outcome is not None), None),
    )


def _value(tags: Sequence[Tag], kind: TagKind) -> str | None:
    return next((tag.value for tag in tags if tag.kind is kind), None)
