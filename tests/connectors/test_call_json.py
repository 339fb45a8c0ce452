"""A call's metadata as JSON."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.call_json import CallJson, CallMetadata, read_call_json
from models.call import CallFacts, Direction, StartKnownFrom, Touchpoint, Tracking
from models.conversation import Role
from models.errors import BadInput
from models.upload import DeliveredTranscript, SpokenTurn

WHOLE = {
    "provider": "pbx",
    "external_id": "a-1",
    "started_at": "2026-11-03T14:05:20+03:00",
    "direction": "inbound",
    "caller_number": "+1 202 555 0143",
    "dialled_number": "+12025550101",
    "agent": "Анна",
    "branch": "North",
    "answered": True,
    "answered_at": "2026-11-03T11:05:26Z",
    "ring_seconds": 6,
    "talk_seconds": 61.5,
    "hold_seconds": 0,
    "channel_roles": {"0": "agent", "1": "caller"},
    "language": "ru",
    "tracking": {
        "source": "google",
        "medium": "cpc",
        "click_ids": {"gclid": "Cj0"},
        "consent": {"ad_user_data": "granted"},
        "touchpoints": [{"at": "2026-11-03T10:00:00Z", "source": "yandex", "click_ids": {"yclid": "7"}}],
    },
}


def read(**fields: Any) -> CallJson:
    return read_call_json(json.dumps(fields).encode())


def test_every_field_arrives() -> None:
    facts = read(**WHOLE).facts
    assert facts == CallFacts(
        provider="pbx",
        external_id="a-1",
        started_at=datetime(2026, 11, 3, 11, 5, 20, tzinfo=UTC),
        started_from=StartKnownFrom.METADATA,
        direction=Direction.INBOUND,
        caller_number="+12025550143",
        dialled_number="+12025550101",
        agent="Анна",
        branch="North",
        answered=True,
        answered_at=datetime(2026, 11, 3, 11, 5, 26, tzinfo=UTC),
        ring_seconds=6,
        talk_seconds=61.5,
        hold_seconds=0,
        channel_roles={0: Role.AGENT, 1: Role.CALLER},
        language="ru",
        tracking=Tracking(
            source="google",
            medium="cpc",
            click_ids={"gclid": "Cj0"},
            consent={"ad_user_data": "granted"},
            touchpoints=(
                Touchpoint(at=datetime(2026, 11, 3, 10, tzinfo=UTC), source="yandex", click_ids={"yclid": "7"}),
            ),
        ),
    )


def test_times_are_turned_to_utc() -> None:
    moment = read(started_at="2026-11-03T14:05:20+03:00").facts.started_at
    assert moment is not None
    assert moment.tzinfo is UTC
    assert moment.hour == 11


def test_what_was_named_is_told_and_null_counts() -> None:
    named = read(external_id="1", agent=None, tracking={"source": "google", "click_ids": {}}, recording_expected=True)
    assert named.named == {"external_id", "agent", "tracking.source", "tracking.click_ids"}
    assert read().named == frozenset()
    assert read(tracking=None).named == frozenset()


def test_nothing_at_all_is_metadata_too() -> None:
    assert read() == CallJson(facts=CallFacts(), named=frozenset(), transcript=None, recording_expected=False)


def test_a_parsed_object_reads_like_its_bytes() -> None:
    assert read_call_json(WHOLE) == read(**WHOLE)
    assert read_call_json(b"\xef\xbb\xbf" + json.dumps(WHOLE).encode()) == read(**WHOLE)


def test_numbers_are_read_in_the_region_given() -> None:
    metadata = CallMetadata.model_validate({"caller_number": "8 916 123-45-67", "dialled_number": 101})
    facts = metadata.to_facts(region="RU")
    assert (facts.caller_number, facts.dialled_number) == ("+79161234567", "101")


def test_a_hidden_number_is_named_and_none() -> None:
    hidden = read(caller_number="anonymous")
    assert hidden.facts.caller_number is None
    assert hidden.named == {"caller_number"}


def test_a_whole_number_may_be_an_id() -> None:
    assert read(external_id=9007199254740993).facts.external_id == "9007199254740993"


@pytest.mark.parametrize(
    ("field", "given_", "expected"),
    [
        ("language", "EN-us", "en"),
        ("language", "fa_IR", "fa"),
        ("language", "", None),
        ("direction", "Incoming", Direction.INBOUND),
        ("agent", "  Anna ", "Anna"),
        ("agent", "", None),
        ("provider", None, ""),
        ("channel_roles", {"0": "Operator", "1": "customer"}, {0: Role.AGENT, 1: Role.CALLER}),
    ],
)
def test_usual_spellings_are_understood(field: str, given_: Any, expected: Any) -> None:
    assert getattr(read(**{field: given_}).facts, field) == expected


def test_empty_click_ids_are_left_out_and_whole_numbers_are_taken_as_text() -> None:
    sent = {"gclid": "", "fbclid": None, "yclid": 1234567890123456789}
    assert read(tracking={"click_ids": sent}).facts.tracking.click_ids == {"yclid": "1234567890123456789"}


def test_a_delivered_transcript_keeps_its_turns() -> None:
    turns = [
        {"role": "agent", "text": "Hello", "start": 0, "end": 1.5},
        {"speaker": "customer", "text": "Hi"},
        {"speaker": "agent", "text": "  "},
        {"speaker": "spk_1", "text": "Me too"},
    ]
    transcript = read(transcript={"language": "en", "engine": "x 1", "turns": turns}).transcript
    assert transcript == DeliveredTranscript(
        turns=(
            SpokenTurn(Role.AGENT, "Hello", 0, 1.5),
            SpokenTurn(Role.CALLER, "Hi"),
            SpokenTurn(Role.UNKNOWN, "Me too", speaker="spk_1"),
        ),
        language="en",
        engine="x 1",
    )


def test_a_transcript_without_turns_is_a_call_where_nothing_was_said() -> None:
    assert read(transcript={"turns": []}).transcript == DeliveredTranscript(turns=())


BAD: list[tuple[dict[str, Any], str]] = [
    ({"caler_number": "1"}, "caler_number: there is no such field; did you mean caller_number?"),
    ({"tracking": {"sorce": "x"}}, "tracking.sorce: there is no such field; did you mean source?"),
    ({"tracking": {"utm_campaign": "x"}}, "tracking.utm_campaign: there is no such field; did you mean campaign?"),
    ({"source": "x"}, "source: there is no such field; did you mean tracking.source?"),
    ({"gclid": "x"}, "write it as tracking.click_ids.gclid"),
    ({"tracking": {"gclid": "x"}}, "write it as tracking.click_ids.gclid"),
    ({"tracking": {"touchpoints": [{"yclid": "x"}]}}, "write it as tracking.touchpoints.0.click_ids.yclid"),
    ({"zzz": 1}, "zzz: there is no such field; there are: provider, external_id"),
    ({"started_at": "2026-11-03T14:05:20"}, "started_at: '2026-11-03T14:05:20' has no time zone; add Z"),
    ({"started_at": "yesterday"}, "started_at: 'yesterday' is no ISO 8601 time"),
    ({"started_at": 1762178720}, "started_at: 1762178720 is no text; write the time as"),
    ({"started_at": "0001-01-01T00:00:00+14:00"}, "is not between 1990 and 2100"),
    (
        {"started_at": "2026-11-03T14:00Z", "answered_at": "2026-11-03T13:00Z"},
        "answered_at: '2026-11-03T13:00Z' is before",
    ),
    ({"ring_seconds": -1}, "ring_seconds: -1 is less than 0"),
    ({"talk_seconds": "61"}, "talk_seconds: '61' is no number of seconds (without quotes)"),
    ({"talk_seconds": 1e9}, "talk_seconds: 1000000000.0 is more than 604800"),
    ({"answered": "yes"}, "answered: 'yes' is neither true nor false"),
    ({"direction": "sideways"}, "direction: 'sideways' is none of 'inbound', 'outbound' or 'internal'"),
    ({"language": "english"}, "language: 'english' is no ISO 639-1 language"),
    ({"agent": 7}, "agent: 7 is no text"),
    ({"agent": "x" * 501}, "is too long; at most 500 characters are taken"),
    ({"agent": "a\0b"}, "agent: 'a\\x00b' has a NUL"),
    ({"agent": "\ud800"}, "has a NUL or half a character"),
    ({"tracking": {"click_ids": {"a\0": "x"}}}, "tracking.click_ids.a\0"),
    ({"external_id": 1762178720.12}, "external_id: 1762178720.12 is a number with a fraction"),
    ({"external_id": True}, "external_id: True is no text"),
    (
        {"channel_roles": {"left": "agent"}},
        "channel_roles.left: 'left' is no whole number; audio channels count from 0",
    ),
    ({"channel_roles": {"-1": "agent"}}, "channel_roles.-1: '-1' is less than 0"),
    ({"channel_roles": {"0": "boss"}}, "channel_roles.0: 'boss' is none of 'agent', 'caller'"),
    ({"tracking": []}, "tracking: [] is no object in braces"),
    ({"tracking": {"touchpoints": {}}}, "tracking.touchpoints: {} is no list in brackets"),
    ({"tracking": {"click_ids": {str(n): "x" for n in range(51)}}}, "has 51 entries; at most 50 are taken"),
    ({"transcript": {}}, "transcript.turns: is missing"),
    ({"transcript": {"turns": [{"role": "agent"}]}}, "transcript.turns.0.text: is missing"),
    ({"transcript": {"turns": [{"text": "x"}]}}, "transcript.turns.0: {'text': 'x'} does not say who speaks"),
    ({"transcript": {"turns": [{"role": "agent", "text": "x", "start": 4, "end": 2}]}}, "turns.0.end: 2 is before"),
    ({"recording_expected": 1}, "recording_expected: 1 is neither true nor false"),
]


@pytest.mark.parametrize(("fields", "said"), BAD)
def test_a_fault_is_told_with_its_place_and_its_value(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(**fields)
    assert said in str(caught.value)


def test_many_faults_are_told_in_a_few_lines_and_unknown_fields_first() -> None:
    with pytest.raises(BadInput) as caught:
        read(agent=1, branch=2, provider=3, direction=4, language=5, answered=6, agnet="x")
    assert str(caught.value).startswith("agnet: there is no such field; did you mean agent?; ")
    assert str(caught.value).endswith("; and 2 more")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"no json", b"\xff\xfe", b"[]", b'"x"', b'{"ring_seconds": NaN}', b"[" * 100_000, b"{}{}"]
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput, match="the metadata"):
        read_call_json(body)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([*CallMetadata.model_fields, "x"])


@given(st.dictionaries(NAMES, JSON_VALUES, max_size=4))
def test_whatever_comes_it_is_read_or_refused(fields: dict[str, Any]) -> None:
    try:
        read = read_call_json(fields)
    except BadInput:
        return  # any other error fails the test
    assert read.facts.ring_seconds is None or read.facts.ring_seconds >= 0
