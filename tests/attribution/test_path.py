"""The path of a call: its own touches and those that were matched, each once, in order of time."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from attribution.attribute import attribute, tracked_path
from attribution.clicks import clicks_of
from models.call import Touchpoint, Tracking
from models.touchpoint import MatchedBy, MatchedTouch, TrackingNumber

RANG = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def at(minutes: float, source: str | None = None, campaign: str | None = None, **clicks: str) -> Touchpoint:
    return Touchpoint(at=RANG + timedelta(minutes=minutes), source=source, campaign=campaign, click_ids=clicks)


def path(own: Tracking, *matched: Touchpoint, by: MatchedBy = MatchedBy.SESSION) -> list[str]:
    """Each as `channel campaign matched_by`."""
    found = tracked_path(own, [MatchedTouch(touch=touch, by=by) for touch in matched], started_at=RANG)
    return [f"{step.channel} {step.campaign or '-'} {step.matched_by}" for step in found]


@pytest.mark.parametrize(
    ("own", "matched", "expected"),
    [
        (Tracking(), [at(-5, "vk"), at(-9, "bing")], ["bing - session", "vk - session"]),
        (Tracking(touchpoints=(at(-7, "vk"),)), [at(-9, "bing"), at(-5, "yelp")], None),
        (Tracking(), [at(1, "vk")], []),
        (Tracking(), [at(-5)], []),
        # The same touch, told by two systems.
        (Tracking(touchpoints=(at(-5, "vk"),)), [at(-5, "vk")], ["vk - call"]),
        (Tracking(touchpoints=(at(-5, "vk"),)), [at(-5.01, "vk", "Spring")], ["vk Spring call"]),
        (Tracking(touchpoints=(at(-5, "vk", "A"),)), [at(-5, "vk", "B")], ["vk A call", "vk B session"]),
        (Tracking(touchpoints=(at(-5, "vk"),)), [at(-5, "bing")], ["vk - call", "bing - session"]),
        (Tracking(touchpoints=(at(-5, "vk"),)), [at(-4, "vk")], ["vk - call", "vk - session"]),
        # One click is one touch, however often its page is opened.
        (Tracking(), [at(-9, gclid="1"), at(-5, "google", "A", gclid="1")], ["google_ads A session"]),
        (Tracking(), [at(-5, gclid="1"), at(-5, gclid="2")], ["google_ads - session", "google_ads - session"]),
        (Tracking(), [at(-9, gbraid="1"), at(-5, gbraid="1")], ["google_ads - session", "google_ads - session"]),
        # What the tracker held when it rang.
        (Tracking(source="vk"), [at(-5, "vk", "A")], ["vk A session"]),
        (Tracking(source="bing"), [at(-5, "vk")], ["vk - session", "bing - call"]),
    ],
)
def test_the_path_is_in_order_of_time_and_the_same_touch_is_there_once(
    own: Tracking, matched: list[Touchpoint], expected: list[str] | None
) -> None:
    wanted = ["bing - session", "vk - call", "yelp - session"] if expected is None else expected
    assert path(own, *matched) == wanted


def test_of_two_tellings_the_surer_counts_and_the_other_fills_its_gaps() -> None:
    by_number = MatchedTouch(touch=at(-9, "google", "A", gclid="1"), by=MatchedBy.CALLER_NUMBER)
    by_session = MatchedTouch(touch=at(-5, gclid="1"), by=MatchedBy.SESSION)
    for given in itertools.permutations((by_number, by_session)):
        (step,) = tracked_path(Tracking(), given, started_at=RANG)
        assert (step.at, step.campaign, step.matched_by) == (by_number.touch.at, "A", MatchedBy.SESSION)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (Tracking(), ["billboard Main St number_dialled"]),
        (Tracking(source="(direct)"), ["billboard Main St number_dialled"]),
        (Tracking(touchpoints=(at(1, "vk"),)), ["billboard Main St number_dialled"]),
        (Tracking(touchpoints=(at(-1, "vk"),)), ["vk - call"]),
        (Tracking(source="unheard-of"), ["other - call"]),
    ],
)
def test_what_was_dialled_stands_for_a_touch_where_there_is_no_other(own: Tracking, expected: list[str]) -> None:
    number = TrackingNumber(number="+12025550143", channel="billboard", campaign="Main St")
    found = attribute(own, [], started_at=RANG, number=number)
    assert [f"{step.channel} {step.campaign or '-'} {step.matched_by}" for step in found.path] == expected
    assert found.channel == found.path[-1].channel


@pytest.mark.parametrize(
    ("touch", "expected"),
    [
        (Touchpoint(click_ids={"GCLID": " abc "}), {"gclid=abc"}),
        (Touchpoint(landing_page="https://a.example/?yclid=7&utm_source=x"), {"yclid=7"}),
        (Tracking(click_ids={"fbclid": "f", "msclkid": "m"}), {"fbclid=f", "msclkid=m"}),
        (Touchpoint(click_ids={"gad_source": "1", "wbraid": "w", "igshid": "i", "own": "1"}), set()),
        (Touchpoint(click_ids={"gclid": "undefined", "yclid": "0"}), set()),
        (Touchpoint(landing_page="http://[broken"), set()),
    ],
)
def test_only_ids_that_one_click_has_tell_a_click(touch: Touchpoint | Tracking, expected: set[str]) -> None:
    assert clicks_of(touch) == expected
