"""Calls of one number to leads. A case is a line: `day channel quality outcome`, `-` for what is not known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from attribution.leads import brought, fold
from models.call import Call, CallFacts, CallId, CallState, Direction
from models.lead import Lead, LeadCall, LeadQuality, Outcome
from models.tag import Source, Tag, TagKind, TagStatus

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
MONTH = timedelta(days=30)


def call(number: int, line: str) -> LeadCall:
    day, channel, quality, outcome = (None if word == "-" else word for word in line.split())
    assert day is not None
    return LeadCall(
        call_id=CallId(number),
        started_at=START + timedelta(days=float(day)),
        channel=channel,
        quality=LeadQuality(quality) if quality else None,
        outcome=Outcome(outcome) if outcome else None,
    )


def said(lead: Lead) -> str:
    members = ",".join(str(one.call_id) for one in lead.calls)
    return f"{lead.id}: {members} {lead.channel or '-'} {lead.quality or '-'} {lead.outcome or '-'}"


@pytest.mark.parametrize(
    ("lines", "leads"),
    [
        ((), []),
        (("0 - - -",), ["1: 1 - - -"]),
        # the first stated channel, the best quality, the latest outcome
        (
            ("0 google_ads warm quote_given", "3 facebook hot appointment_booked", "5 - cold lost"),
            ["1: 1,2,3 google_ads hot lost"],
        ),
        (("0 - warm -", "1 yelp warm -", "2 tv warm -"), ["1: 1,2,3 yelp warm -"]),
        (("0 referral warm -", "1 repeat_customer hot -"), ["1: 1,2 referral hot -"]),
        (("0 repeat_customer warm -", "1 tv warm -"), ["1: 1,2 repeat_customer warm -"]),
        # what is not known is passed over, and may be a prospect
        (("0 - cold quote_given", "1 - - -"), ["1: 1,2 - cold quote_given"]),
        (("0 - not_a_lead -", "1 - - -"), ["1: 1,2 - - -"]),
        (("0 - not_a_lead -", "1 - cold -"), ["1: 1,2 - cold -"]),
        (("0 - not_a_lead service_resolved", "1 - not_a_lead voicemail"), ["1: 1,2 - not_a_lead voicemail"]),
        (("0 - hot sale_closed", "9 - not_a_lead service_resolved"), ["1: 1,2 - hot service_resolved"]),
        # a silence counts from call to call, and its last moment is still in time
        (("0 tv - -", "30 yelp - -"), ["1: 1,2 tv - -"]),
        (("0 tv - -", "30.00001 yelp - -"), ["1: 1 tv - -", "2: 2 yelp - -"]),
        (("0 tv - -", "20 - - -", "40 - - -", "60 yelp - -"), ["1: 1,2,3,4 tv - -"]),
        (("0 tv hot -", "90 tv cold -", "91 - not_a_lead -"), ["1: 1 tv hot -", "2: 2,3 tv cold -"]),
        # an older call that came later is the first, and does not rename the lead
        (("9 tv - lost", "3 yelp - quote_given"), ["1: 2,1 yelp - lost"]),
        # one between two leads makes them one
        (("0 - - -", "50 - - -", "25 vk - -"), ["1: 1,3,2 vk - -"]),
        # at the same moment, the one that came first is the first
        (("0 tv - -", "0 yelp - lost"), ["1: 1,2 tv - lost"]),
    ],
)
def test_calls_of_one_number_make_leads(lines: tuple[str, ...], leads: list[str]) -> None:
    calls = [call(number, line) for number, line in enumerate(lines, start=1)]
    assert [said(lead) for lead in fold(calls, silence=MONTH)] == leads
    for other in permutations(calls):
        assert [said(lead) for lead in fold(other, silence=MONTH)] == leads


def test_calls_of_a_number_that_is_nobodys_are_a_lead_each() -> None:
    calls = [call(1, "0 tv hot -"), call(2, "0 - cold lost")]
    assert [said(lead) for lead in fold(calls, silence=None)] == ["1: 1 tv hot -", "2: 2 - cold lost"]


def tag(kind: TagKind, value: str | None, *, item: str = "", status: TagStatus = TagStatus.GIVEN) -> Tag:
    return Tag(kind=kind, item=item, value=value, confidence=0.9, status=status, source=Source.RULES, version="1")


def channel(name: str, status: TagStatus = TagStatus.GIVEN) -> Tag:
    return tag(TagKind.STATED_CHANNEL, name or None, item=name, status=status)


HELD = TagStatus.WITHHELD
STORED = Call(
    id=CallId(7),
    public_id="01J00000000000000000000007",
    workspace_id=1,
    facts=CallFacts(started_at=START),
    state=CallState.FINISHED,
    stage=None,
    progress=None,
    reason=None,
    received_at=START + timedelta(hours=1),
    updated_at=START,
    has_recording=True,
    duration=9.0,
    audio_channels=1,
    language="en",
    engine=None,
)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ((), "0 - - -"),
        ((channel("tv"), channel("yelp"), tag(TagKind.LEAD_QUALITY, "hot")), "0 tv hot -"),
        ((channel("tv", HELD), channel("yelp"), tag(TagKind.OUTCOME, "lost")), "0 yelp - lost"),
        ((channel(""), tag(TagKind.LEAD_QUALITY, "hot", status=HELD)), "0 - - -"),
        ((channel("tv", TagStatus.CORRECTED), tag(TagKind.OUTCOME, "lost", status=HELD)), "0 tv - -"),
        ((tag(TagKind.POSSIBLE_CHANNEL, "tv", item="tv"), tag(TagKind.OUTCOME, None)), "0 - - -"),
    ],
)
def test_a_call_brings_what_is_given_and_not_what_is_withheld(tags: tuple[Tag, ...], expected: str) -> None:
    assert brought(STORED, tags) == call(7, expected)


@pytest.mark.parametrize(
    ("direction", "is_brought"), [(Direction.INBOUND, True), (Direction.OUTBOUND, True), (Direction.INTERNAL, False)]
)
def test_a_call_inside_the_business_belongs_to_no_lead(direction: Direction, is_brought: bool) -> None:
    subject = replace(STORED, facts=replace(STORED.facts, direction=direction))
    assert (brought(subject, ()) is not None) is is_brought
