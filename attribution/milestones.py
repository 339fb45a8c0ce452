"""How far a lead has come, when, and which touch brought it there. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from attribution.attribute import TrackedTouch, aware, moments
from models.call import CallId
from models.lead import Lead, LeadCall, LeadQuality, Outcome


class Milestone(StrEnum):
    FIRST_TOUCH = "first_touch"
    """The earliest touch that was tracked for any of the lead's calls."""
    LEAD_CREATED = "lead_created"
    """The first call; none where every call is `not_a_lead`."""
    QUALIFIED = "qualified"
    """The first call whose quality is hot or warm."""
    CLOSED = "closed"
    """A sale: the first call that ended with one, or the time at which others say that it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """When a milestone was reached, and what is credited with it."""

    at: datetime | None
    """None: a first touch that was tracked without a time."""
    call_id: CallId | None
    """The call that reached it, or from whose tracking the first touch is known; None: no call did."""
    touch: TrackedTouch | None
    """Of all that was tracked for the lead's calls the last one up to then (or the first one itself); None: none."""


QUALIFIES = (LeadQuality.HOT, LeadQuality.WARM)


def milestones(
    lead: Lead, paths: Mapping[CallId, Sequence[TrackedTouch]], *, closed_at: datetime | None = None
) -> dict[Milestone, Reached]:
    """Those that the lead has reached, in the order of `Milestone`.

    `paths`: of each call the `path` of its attribution; a call without one was not tracked. `closed_at`: when the sale
    was made, from those who keep the books; it goes before what was heard in the calls, and its `call_id` is None.
    """
    touches = _in_order(lead.calls, paths)
    created = None if lead.quality is LeadQuality.NOT_A_LEAD else lead.calls[0]
    qualified = next((call for call in lead.calls if call.quality in QUALIFIES), None)
    closed = next((call for call in lead.calls if call.outcome is Outcome.SALE_CLOSED), None)
    reached = {
        Milestone.FIRST_TOUCH: _first(touches),
        Milestone.LEAD_CREATED: _by_call(created, touches),
        Milestone.QUALIFIED: _by_call(qualified, touches),
        Milestone.CLOSED: _at(closed_at, None, touches) if closed_at else _by_call(closed, touches),
    }
    return {milestone: one for milestone, one in reached.items() if one is not None}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A touch with its time, or the nearest that is known of it, and the call for which it was tracked."""

    moment: datetime
    call_id: CallId
    touch: TrackedTouch


def _in_order(calls: Sequence[LeadCall], paths: Mapping[CallId, Sequence[TrackedTouch]]) -> list[_Seen]:
    """All touches by time; of those at one time, that of the earlier call first."""
    seen = [
        _Seen(moment, call.call_id, touch)
        for call in calls
        for touch, moment in _with_moments(paths.get(call.call_id, ()), call.started_at)
    ]
    return sorted(seen, key=lambda one: one.moment)


def _with_moments(path: Sequence[TrackedTouch], started_at: datetime) -> list[tuple[TrackedTouch, datetime]]:
    return list(zip(path, moments(path, started_at=started_at), strict=True))


def _first(touches: Sequence[_Seen]) -> Reached | None:
    if not touches:
        return None
    first = touches[0]
    return Reached(at=first.touch.at, call_id=first.call_id, touch=first.touch)


def _by_call(call: LeadCall | None, touches: Sequence[_Seen]) -> Reached | None:
    return None if call is None else _at(call.started_at, call.call_id, touches)


def _at(moment: datetime, call_id: CallId | None, touches: Sequence[_Seen]) -> Reached:
    before = [one.touch for one in touches if one.moment <= aware(moment)]
    return Reached(at=aware(moment), call_id=call_id, touch=before[-1] if before else None)
