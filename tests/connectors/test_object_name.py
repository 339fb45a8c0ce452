"""Names of recordings, read by a pattern."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.object_name import FIELDS, compile_pattern
from models.call import CallFacts, Direction, StartKnownFrom, Tracking
from models.errors import BadInput

NOON = datetime(2026, 11, 3, 14, 5, 20, tzinfo=UTC)


def test_a_name_becomes_facts_and_tells_which() -> None:
    read = compile_pattern("{start}_{agent}_{caller}").read("20261103-140520_anna_+12025550143.wav")
    assert read.facts == CallFacts(
        started_at=NOON, started_from=StartKnownFrom.METADATA, agent="anna", caller_number="+12025550143"
    )
    assert read.named == {"started_at", "agent", "caller_number"}


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("{start}_{agent}_{caller}", "20261103_140520_john_smith_+12025550143.mp3", {"agent": "john_smith"}),
        ("{id}", "1762178720.123.wav", {"external_id": "1762178720.123"}),
        ("{id}", "call.wav49", {"external_id": "call"}),
        ("{id}.wav", "call.wav", {"external_id": "call"}),
        ("rec-{id}-{}", "rec-77-whatever.mp3", {"external_id": "77"}),
        ("*_{id}_*", "a_b_c.wav", {"external_id": "b"}),
        ("{{{id}}}", "{77}.wav", {"external_id": "77"}),
        ("{branch}/{agent}", "inbox/2026/North/anna.wav", {"branch": "North", "agent": "anna"}),
        ("{agent}", "inbox/2026/anna.wav", {"agent": "anna"}),
        ("{direction}-{language}-{id}", "Incoming-EN-9.wav", {"direction": Direction.INBOUND, "language": "en"}),
        ("{source}+{campaign}", "google+spring.wav", {"tracking": Tracking(source="google", campaign="spring")}),
        ("{caller}-{dialled}", "anonymous-101.wav", {"caller_number": None, "dialled_number": "101"}),
        ("{agent}_{caller}", "anna_.wav", {"agent": "anna", "caller_number": None}),
        ("{caller}_{agent}", "۰۹۱۲۳۴۵۶۷۸۹_سارا.wav", {"caller_number": "09123456789", "agent": "سارا"}),
        ("звонок {agent} от {caller}", "звонок Анна от 101.wav", {"agent": "Анна", "caller_number": "101"}),
    ],
)
def test_fields_are_found_where_the_pattern_says(pattern: str, name: str, expected: dict[str, Any]) -> None:
    facts = compile_pattern(pattern).read(name).facts
    assert {field: getattr(facts, field) for field in expected} == expected


def test_numbers_are_read_in_the_region() -> None:
    read = compile_pattern("{caller}", region="RU").read("8 916 123-45-67.wav")
    assert read.facts.caller_number == "+79161234567"


@pytest.mark.parametrize(
    "text",
    [
        "20261103-140520",
        "20261103_140520",
        "20261103140520",
        "20261103T140520Z",
        "2026-11-03T14-05-20",
        "2026-11-03 14:05:20",
        "2026-11-03_14_05_20",
        "2026.11.03-14.05.20",
        "20261103-140520.000",
        "20261103T170520+0300",
        "2026-11-03T09:05:20-05:00",
        "1793714720",
        "1793714720000",
    ],
)
def test_shapes_of_a_moment_that_mean_one_thing_are_guessed(text: str) -> None:
    assert compile_pattern("{start}_{agent}").read(f"{text}_anna.wav").facts.started_at == NOON


@pytest.mark.parametrize(
    "text",
    ["03-11-2026 14-05-20", "11-03-2026_140520", "261103140520", "202611031405", "2611031405", "20261303-140520",
     "20261103-250520", "18991103-140520", "20261103", "2026-1103-140520", "now", ""],
)  # fmt: skip
def test_a_moment_that_could_mean_two_things_is_not_guessed(text: str) -> None:
    with pytest.raises(BadInput, match=r"\{start\}, a moment such as"):
        compile_pattern("{start}#{agent}").read(f"{text}#anna.wav")


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{start:%d.%m.%Y %H-%M-%S}_{agent}", "03.11.2026 14-05-20_anna.wav"),
        ("{start:%y%m%d%H%M%S}", "261103140520.wav"),
        ("{start:%Y%m%d%H%M%S%z}", "20261103170520+0300.wav"),
        ("{date}_{time}", "20261103_140520.wav"),
        ("{date}{time}", "20261103140520.wav"),
        ("{date}/{agent}-{time}", "inbox/2026-11-03/anna-14-05-20.wav"),
        ("{date:%d%m%Y}-{time:%H.%M.%S}", "03112026-14.05.20.wav"),
        ("{time}-{date:%d%m%y}", "140520-031126.wav"),
    ],
)
def test_a_moment_is_read_by_its_format_or_its_parts(pattern: str, name: str) -> None:
    assert compile_pattern(pattern).read(name).facts.started_at == NOON


def test_a_local_time_is_that_of_the_zone_and_an_offset_goes_before_it() -> None:
    pattern = compile_pattern("{start}", zone="Europe/Moscow")
    assert pattern.read("20261103-170520.wav").facts.started_at == NOON
    assert pattern.read("20261103-140520Z.wav").facts.started_at == NOON
    summer = compile_pattern("{start}", zone="America/New_York")
    assert summer.read("20260703-100520.wav").facts.started_at == datetime(2026, 7, 3, 14, 5, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("anna_20261103-140520.wav", "'' fits, then {start}, a moment such as 20261103-140520"),
        ("20261103-140520-anna-101.wav", "'' fits, then {start}"),
        (
            "20261103-140520_anna.wav",
            "'20261103-140520_' fits, then {agent}, some text, and then '_' should come, not 'anna'",
        ),
        (
            "20261103-140520_anna_??.wav",
            "'20261103-140520_anna_' fits, then {caller}, a phone number, should come, not '??'",
        ),
        ("20261103-140520__101.wav", "'20261103-140520_' fits, then {agent}, some text"),
    ],
)
def test_a_name_that_does_not_fit_says_where_it_stops(name: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        compile_pattern("{start}_{agent}_{caller}").read(name)
    assert said in str(caught.value)


def test_a_name_must_begin_and_end_as_the_pattern_does() -> None:
    with pytest.raises(BadInput, match="does not begin with 'rec-'"):
        compile_pattern("rec-{id}").read("call-1.wav")
    with pytest.raises(BadInput, match="and then '-in' should come"):
        compile_pattern("{id}-in").read("1-out.wav")


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("", "names no field"),
        ("*.wav", "names no field"),
        ("{}_{}", "names no field"),
        ("{clerk}", "has a field {clerk} that we do not know; there are: start, date, time, id, agent"),
        ("{0}", "has a field {0} that we do not know"),
        ("{agent", "cannot be read"),
        ("agent}", "cannot be read"),
        ("{agent!r}", "'!r' has no meaning"),
        ("{agent}_{agent}", "names {agent} twice"),
        ("{agent}{caller}", "nothing between {agent} and {caller}"),
        ("{start}{agent}", "nothing between {start} and {agent}"),
        ("*{agent}", "nothing between {} and {agent}"),
        ("{start}_{date}_{time}", "both {start} and a date"),
        ("{date}_{agent}", "alone, which does not say when"),
        ("{agent:%Y}", "has a format for {agent}"),
        ("{start:%Q}", "strptime cannot read"),
        ("{start:%d %H-%M}", "without a year"),
        ("*_" * 21 + "{id}", "at most 20"),
    ],
)
def test_a_pattern_that_cannot_be_read_in_one_way_is_refused(pattern: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        compile_pattern(pattern)
    assert said in str(caught.value)


@pytest.mark.parametrize("zone", ["Moscow", "", "../../etc/passwd", "UTC+3"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(BadInput, match="the zone"):
        compile_pattern("{start}", zone=zone)


def test_a_spiteful_name_takes_no_long_time() -> None:
    pattern = compile_pattern("*_*_*_*_*_*_*_*_*_*_*_*_{agent}_{caller}")
    began = time.process_time()
    with pytest.raises(BadInput):
        pattern.read("_" * 511 + "?")
    assert time.process_time() - began < 5  # tried one by one, the ways to part it would take longer than the sun lasts


def test_a_name_of_any_length_is_read_or_refused() -> None:
    with pytest.raises(BadInput, match="longer than 512"):
        compile_pattern("{agent}").read("a" * 600)


@given(st.text(max_size=40), st.sampled_from(FIELDS))
def test_whatever_a_name_holds_it_is_read_or_refused(name: str, field: str) -> None:
    pattern = "{date}_{time}" if field in ("date", "time") else f"{{{field}}}"
    try:
        read = compile_pattern(pattern).read(name)
    except BadInput:
        return  # any other error fails the test
    assert len(read.named) <= 1
