"""How far leads have come. A call is a line: `day quality outcome`, `-` for what is not known, then its path:
`vk@3` is a touch on day 3, `vk` one without a time."""

from datetime import UTC, datetime, timedelta

import pytest

from attribution.attribute import TrackedTouch, attribute
from attribution.leads import fold
from attribution.milestones import Milestone, Reached, milestones
from models.call import CallId, Touchpoint, Tracking
from models.lead import LeadCall, LeadQuality, Outcome

START = datetime(2026, 11, 1, 9, tzinfo=UTC)


def on(day: str) -> datetime:
    return START + timedelta(days=float(day))


def path(line: str) -> tuple[TrackedTouch, ...]:
    day, _, _, *words = line.split()
    points = [word.partition("@") for word in words]
    touches = tuple(Touchpoint(source=name, at=on(seen) if seen else None) for name, _, seen in points)
    return attribute(Tracking(touchpoints=touches), [], started_at=on(day)).path


def call(number: int, line: str) -> LeadCall:
    day, quality, outcome = line.split()[:3]
    return LeadCall(
        call_id=CallId(number),
        started_at=on(day),
        channel=None,
        quality=None if quality == "-" else LeadQuality(quality),
        outcome=None if outcome == "-" else Outcome(outcome),
    )


def reached(lines: tuple[str, ...], closed_at: datetime | None = None) -> dict[Milestone, Reached]:
    calls = [call(number, line) for number, line in enumerate(lines, start=1)]
    (lead,) = fold(calls, silence=timedelta(days=90))
    paths = {CallId(number): path(line) for number, line in enumerate(lines, start=1)}
    return milestones(lead, paths, closed_at=closed_at)


def word(one: Reached | None) -> str:
    if one is None:
        return "."
    day = f"{(one.at - START) / timedelta(days=1):g}" if one.at else "-"
    return f"{day}/{one.call_id or '-'}/{one.touch.channel if one.touch else '-'}"


def shown(found: dict[Milestone, Reached]) -> str:
    """Of each milestone `day/call/touch`, `-` for what is not known, `.` for one that is not reached."""
    return " ".join(word(found.get(milestone)) for milestone in Milestone)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # first_touch, lead_created, qualified, closed
        (("9 - -",), ". 9/1/- . ."),
        (("9 - - vk@3",), "3/1/vk 9/1/vk . ."),
        (("9 - - vk@3 yelp@5",), "3/1/vk 9/1/yelp . ."),
        (("9 - - vk",), "-/1/vk 9/1/vk . ."),
        (("9 - - vk@3 yelp",), "3/1/vk 9/1/yelp . ."),
        # the first call of a quality, and that of a sale
        (("9 warm quote_given vk@3",), "3/1/vk 9/1/vk 9/1/vk ."),
        (("9 hot sale_closed vk@3",), "3/1/vk 9/1/vk 9/1/vk 9/1/vk"),
        (("9 cold lost vk@3", "12 warm -", "14 hot -"), "3/1/vk 9/1/vk 12/2/vk ."),
        (("9 cold - vk@3", "12 warm - vk@3 yelp@11"), "3/1/vk 9/1/vk 12/2/yelp ."),
        (
            ("9 - - vk@3", "12 hot - yelp@11", "20 hot sale_closed tv@15", "30 hot sale_closed radio@29"),
            "3/1/vk 9/1/vk 12/2/yelp 20/3/tv",
        ),
        # a sale without a known quality says nothing of the quality
        (("9 - sale_closed vk@3",), "3/1/vk 9/1/vk . 9/1/vk"),
        # a later call may know of an earlier touch, and a call without tracking has what was tracked before it
        (("9 - - vk@3", "12 - - yelp@1 vk@3"), "1/2/yelp 9/1/vk . ."),
        (("9 - -", "12 hot - yelp@1 vk@10"), "1/2/yelp 9/1/yelp 12/2/vk ."),
        (("9 - -", "12 hot - vk@10", "13 hot sale_closed"), "10/2/vk 9/1/- 12/2/vk 13/3/vk"),
        # what was held when the phone rang is as old as that call
        (("9 - - vk", "12 hot - yelp@5"), "5/2/yelp 9/1/vk 12/2/vk ."),
        # a touch at the very moment of the call brought it
        (("9 - - vk@3 yelp@9",), "3/1/vk 9/1/yelp . ."),
        # at the same time, the one of the earlier call is the first
        (("9 - - vk@3", "12 - - yelp@3"), "3/1/vk 9/1/yelp . ."),
        # who calls about something else is no lead, unless a later call makes it one
        (("9 not_a_lead - vk@3",), "3/1/vk . . ."),
        (("9 not_a_lead - vk@3", "12 hot -"), "3/1/vk 9/1/vk 12/2/vk ."),
        (("9 not_a_lead - vk@3", "12 - -"), "3/1/vk 9/1/vk . ."),
    ],
)
def test_milestones_are_reached_by_calls_and_credited_to_touches(lines: tuple[str, ...], expected: str) -> None:
    assert shown(reached(lines)) == expected


@pytest.mark.parametrize(
    ("lines", "day", "closed"),
    [
        (("9 hot - vk@3",), "11", "11/-/vk"),
        (("9 hot sale_closed vk@3",), "11", "11/-/vk"),
        (("9 hot - vk@3", "15 - - vk@3 yelp@10 tv@14"), "11", "11/-/yelp"),
        (("9 hot - vk@3",), "2", "2/-/-"),
        (("9 hot -",), "11", "11/-/-"),
    ],
)
def test_a_time_of_sale_from_outside_goes_before_what_was_heard(lines: tuple[str, ...], day: str, closed: str) -> None:
    assert word(reached(lines, on(day))[Milestone.CLOSED]) == closed
    assert reached(lines, on(day).replace(tzinfo=None)) == reached(lines, on(day))


def test_the_order_in_which_calls_came_does_not_matter() -> None:
    lines = ("9 - - vk@3", "12 hot - yelp@11", "20 hot sale_closed tv@15")
    calls = [call(number, line) for number, line in enumerate(lines, start=1)]
    paths = {CallId(number): path(line) for number, line in enumerate(lines, start=1)}
    (lead,) = fold(reversed(calls), silence=timedelta(days=90))
    assert milestones(lead, dict(reversed(paths.items()))) == reached(lines)
