import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from attribution.attribute import Attribution, Verdict, attribute
from attribution.models import Model, Terms
from attribution.record import record_body, verdict_sentence, without_quotes
from models.call import Call, CallFacts, CallId, CallState, Direction, Touchpoint, Tracking
from models.conversation import Role
from models.tag import Evidence, Quote, Source, Tag, TagKind, TagStatus, WithheldReason

RANG = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
GOOGLE_ADS = Tracking(source="google", medium="cpc")
NOTHING = Tracking(source="(direct)", medium="(none)")


def tag(kind: TagKind, item: str = "", value: str | None = None, *, withheld: bool = False, **rest: object) -> Tag:
    status = TagStatus.WITHHELD if withheld else TagStatus.GIVEN
    given = {"confidence": 0.8123, "source": Source.RULES, "version": "r1", **rest}
    reason = WithheldReason.LOW_CONFIDENCE if withheld else None
    return Tag(kind=kind, item=item, value=value or item or None, status=status, reason=reason, **given)  # type: ignore[arg-type]


def stated(*channels: str) -> list[Tag]:
    return [tag(TagKind.STATED_CHANNEL, channel) for channel in channels] or [tag(TagKind.STATED_CHANNEL)]


def at(minutes: int, source: str, medium: str | None = None) -> Touchpoint:
    return Touchpoint(at=RANG + timedelta(minutes=minutes), source=source, medium=medium)


def verdict(tracking: Tracking, *channels: str) -> str:
    return attribute(tracking, stated(*channels), started_at=RANG).verdict.value


@pytest.mark.parametrize(
    ("tracking", "channels", "expected"),
    [
        (GOOGLE_ADS, ["google_ads"], "agrees"),
        (GOOGLE_ADS, ["google_search"], "agrees"),
        (GOOGLE_ADS, ["search_other"], "agrees"),
        (GOOGLE_ADS, ["website"], "agrees"),
        (GOOGLE_ADS, ["google_maps"], "conflicts"),
        (GOOGLE_ADS, ["referral"], "conflicts"),
        (GOOGLE_ADS, ["yandex_search"], "conflicts"),
        (GOOGLE_ADS, ["referral", "google_search"], "agrees"),
        (GOOGLE_ADS, ["repeat_customer"], "unstated"),
        (GOOGLE_ADS, ["repeat_customer", "radio"], "conflicts"),
        (GOOGLE_ADS, [], "unstated"),
        (Tracking(click_ids={"yclid": "1"}), ["yandex_search"], "agrees"),
        (Tracking(source="billboard"), ["website"], "conflicts"),
        (Tracking(source="unheard-of", landing_page="https://a.example/"), ["search_other"], "agrees"),
        (Tracking(source="unheard-of"), ["facebook"], "conflicts"),
        (NOTHING, ["vehicle"], "fills"),
        (NOTHING, ["repeat_customer"], "fills"),
        (Tracking(), ["google_search"], "fills"),
        (NOTHING, [], "unstated"),
    ],
)
def test_verdict_of_said_against_tracked(tracking: Tracking, channels: list[str], expected: str) -> None:
    assert verdict(tracking, *channels) == expected


def test_an_earlier_touch_assists_and_the_last_is_the_tracked_channel() -> None:
    path = Tracking(touchpoints=(at(-5, "yandex", "cpc"), at(-50, "vk.com", "referral")))
    found = attribute(path, stated("vk"), started_at=RANG)
    assert [touch.channel for touch in found.path] == ["vk", "yandex_direct"]
    assert (found.channel, found.verdict) == ("yandex_direct", Verdict.ASSISTS)


def test_touches_after_the_call_began_did_not_bring_it() -> None:
    path = Tracking(touchpoints=(at(-5, "vk"), at(1, "google", "cpc")))
    assert attribute(path, stated("google_ads"), started_at=RANG).verdict is Verdict.CONFLICTS


def test_what_the_tracker_held_when_it_rang_is_the_last_touch() -> None:
    path = Tracking(source="google", medium="cpc", touchpoints=(at(-5, "vk"),))
    assert [touch.channel for touch in attribute(path, [], started_at=RANG).path] == ["vk", "google_ads"]


def test_the_tracked_source_is_not_counted_twice_when_it_is_a_touchpoint() -> None:
    path = Tracking(source="vk", touchpoints=(at(-9, "vk"), at(-5, "google", "cpc")))
    assert [touch.channel for touch in attribute(path, [], started_at=RANG).path] == ["vk", "google_ads"]


def test_direct_visits_are_no_touches() -> None:
    path = Tracking(source="(direct)", medium="(none)", touchpoints=(at(-9, "vk"), at(-5, "(direct)", "(none)")))
    assert attribute(path, [], started_at=RANG).channel == "vk"


def test_times_without_a_zone_and_missing_times_are_no_obstacle() -> None:
    naive = Touchpoint(at=RANG.replace(tzinfo=None) - timedelta(minutes=3), source="vk")
    path = Tracking(touchpoints=(at(-2, "google", "cpc"), Touchpoint(source="bing"), naive))
    found = attribute(path, [], started_at=RANG)
    assert [touch.channel for touch in found.path] == ["vk", "google_ads", "bing"]


@pytest.mark.parametrize(
    "tags",
    [[], [tag(TagKind.STATED_CHANNEL, withheld=True)], [tag(TagKind.STATED_CHANNEL, "radio", withheld=True)]],
)
def test_without_words_or_withheld_the_verdict_is_unknown(tags: list[Tag]) -> None:
    assert attribute(GOOGLE_ADS, tags, started_at=RANG).verdict is Verdict.UNKNOWN


def test_a_given_channel_decides_beside_a_withheld_one() -> None:
    tags = [tag(TagKind.STATED_CHANNEL, "google_ads", withheld=True), tag(TagKind.STATED_CHANNEL, "radio")]
    found = attribute(GOOGLE_ADS, tags, started_at=RANG)
    assert [one.verdict for one in found.stated] == [Verdict.UNKNOWN, Verdict.CONFLICTS]
    assert found.verdict is Verdict.CONFLICTS


def test_possible_channels_never_conflict_nor_decide() -> None:
    tags = [*stated(), tag(TagKind.POSSIBLE_CHANNEL, "radio"), tag(TagKind.POSSIBLE_CHANNEL, "google_search")]
    found = attribute(GOOGLE_ADS, tags, started_at=RANG)
    assert [one.verdict for one in found.possible] == [Verdict.UNSTATED, Verdict.AGREES]
    assert found.verdict is Verdict.UNSTATED


def call(**rest: object) -> Call:
    given: dict[str, object] = {
        "id": CallId(1),
        "public_id": "01J",
        "workspace_id": 1,
        "facts": CallFacts(
            provider="pbx",
            external_id="x1",
            started_at=RANG,
            direction=Direction.INBOUND,
            caller_number="+15550100",
            tracking=GOOGLE_ADS,
        ),
        "state": CallState.FINISHED,
        "stage": None,
        "progress": None,
        "reason": None,
        "received_at": RANG,
        "updated_at": RANG,
        "has_recording": True,
        "duration": 61.5,
        "audio_channels": 2,
        "language": "en",
        "engine": "whisper",
        **rest,
    }
    return Call(**given)  # type: ignore[arg-type]


def quote_of(evidence: Evidence) -> Quote:
    return Quote(f"words {evidence.first} to {evidence.last}", Role.CALLER, 1.5, 2.5)


def body(
    tags: list[Tag], the_call: Call | None = None, *, model: str = "last_touch", terms: Terms | None = None
) -> dict[str, object]:
    subject = the_call or call()
    attribution = attribute(subject.facts.tracking, tags, started_at=subject.facts.started_at)
    return record_body(
        subject, tags, attribution, lead=None, quote_of=quote_of, model=Model(model), terms=terms or Terms()
    )


THREE = Tracking(touchpoints=(at(-90, "vk"), at(-50, "yandex", "cpc"), at(-5, "google", "cpc")))


@pytest.mark.parametrize(
    ("tracking", "model", "said", "expected"),
    [
        (NOTHING, "last_touch", [], ""),
        (NOTHING, "last_touch", ["radio"], ""),
        (NOTHING, "stated", ["radio"], "radio - 1.000000"),
        (GOOGLE_ADS, "last_touch", [], "google_ads 0 1.000000"),
        (THREE, "last_touch", ["vk"], "vk 0 0.000000, yandex_direct 1 0.000000, google_ads 2 1.000000"),
        (THREE, "linear", [], "vk 0 0.333334, yandex_direct 1 0.333333, google_ads 2 0.333333"),
        (THREE, "position_based", [], "vk 0 0.300000, yandex_direct 1 0.500000, google_ads 2 0.200000"),
        (THREE, "stated", ["vk"], "vk 0 0.250000, yandex_direct 1 0.000000, google_ads 2 0.750000"),
        (
            THREE,
            "stated",
            ["radio"],
            "vk 0 0.000000, yandex_direct 1 0.000000, google_ads 2 0.750000, radio - 0.250000",
        ),
    ],
)
def test_the_record_has_the_shares_of_its_path(tracking: Tracking, model: str, said: list[str], expected: str) -> None:
    subject = call()
    subject = replace(subject, facts=replace(subject.facts, tracking=tracking))
    terms = Terms(first=Fraction("0.3"), last=Fraction("0.2"), stated=Fraction("0.25"))
    found: Any = body(stated(*said), subject, model=model, terms=terms)["credit"]
    assert found["model"] == model
    shown = [(one["channel"], "-" if one["touch"] is None else one["touch"], one["share"]) for one in found["shares"]]
    assert ", ".join(f"{channel} {touch} {share}" for channel, touch, share in shown) == expected


def test_campaign_words_and_trackers_are_in_the_record_and_a_withheld_one_is_a_guess() -> None:
    said = {"campaign": "Autumn", "tracker": "twenty"}
    tags = [
        tag(TagKind.STATED_CHANNEL, "flyer", detail=said),
        tag(TagKind.STATED_CHANNEL, "sms", detail=said, withheld=True),
        tag(TagKind.TRACKER, "twenty", value="twenty", evidence=(Evidence(3, 5, 1),)),
        tag(TagKind.TRACKER, "offer", value="offer", withheld=True),
    ]
    record: dict[str, Any] = body(tags)
    assert [(one["channel"], one["campaign"]) for one in record["stated_channels"]] == [
        ("flyer", "Autumn"),
        ("unknown", None),
    ]
    assert [(one["key"], one["tracker"], one["best_guess"]) for one in record["trackers"]] == [
        ("01J:tracker:twenty", "twenty", None),
        ("01J:tracker:offer", "unknown", "offer"),
    ]
    assert [quote["text"] for quote in record["trackers"][0]["quotes"]] == ["words 3 to 5"]
    assert without_quotes(record)["trackers"][0]["quotes"] == []


def test_what_was_objected_lost_and_handled_is_in_the_record() -> None:
    tags = [
        tag(TagKind.OUTCOME, value="lost"),
        tag(TagKind.LOST_REASON, value="price"),
        tag(TagKind.OBJECTION, "0", value="price", detail={"answered": "yes"}, evidence=(Evidence(3, 5, 1),)),
        tag(TagKind.OBJECTION, "1", value="timing", detail={"answered": "no"}, withheld=True),
        tag(TagKind.HANDLING, value="50", score=50),
        tag(TagKind.HANDLING, "greeted", value="yes"),
        tag(TagKind.HANDLING, "source", value="no", withheld=True),
    ]
    record: dict[str, Any] = body(tags)
    assert record["lost_reason"]["value"] == "price"
    assert [(one["key"], one["objection"], one["answered"]) for one in record["objections"]] == [
        ("01J:objection:0", "price", True),
        ("01J:objection:1", "unknown", False),
    ]
    assert record["handling"]["score"] == 50
    answers = record["handling"]["answers"]
    assert {item: (one["value"], one["best_guess"]) for item, one in answers.items()} == {
        "greeted": ("yes", None),
        "source": ("unknown", "no"),
    }
    assert without_quotes(record)["objections"][0]["quotes"] == []
    assert body([tag(TagKind.HANDLING, value="50", score=50, withheld=True)])["handling"] is None


def test_the_amounts_of_the_call_are_in_the_record_as_text() -> None:
    per_hour = {"stage": "quoted", "currency": "USD", "per": "hour", "low": "90", "high": "120", "as_said": "90 to 120"}
    tags = [
        tag(TagKind.OUTCOME, value="sale_closed"),
        tag(TagKind.VALUE, "0", value="90", detail=per_hour),
        tag(TagKind.VALUE, "1", value="1250.50", detail={"stage": "agreed"}, evidence=(Evidence(3, 5, 1),)),
    ]
    record: dict[str, Any] = body(tags)
    rest = {"best_guess": None, "confidence": 0.812, "status": "given", "reason": None}
    rest |= {"source": "rules", "version": "r1"}
    assert record["value"] == {
        "agreed": {
            "key": "01J:value:1",
            "amount": "1250.50",
            "high": None,
            "currency": None,
            "per": None,
            **rest,
            "quotes": [{"text": "words 3 to 5", "speaker": "caller", "start": 1.5, "end": 2.5}],
        },
        "quoted": {
            "key": "01J:value:0",
            "amount": "90",
            "high": "120",
            "currency": "USD",
            "per": "hour",
            **rest,
            "quotes": [],
        },
    }
    assert without_quotes(record)["value"]["agreed"]["quotes"] == []
    assert body([])["value"] == {"agreed": None, "quoted": None}


def test_the_record_says_what_was_tracked_said_and_with_which_words() -> None:
    tags = [
        tag(TagKind.STATED_CHANNEL, "referral", evidence=(Evidence(3, 5, 1),)),
        tag(TagKind.LEAD_QUALITY, value="hot", score=90),
        tag(TagKind.OUTCOME, value="appointment_booked"),
    ]
    record = body(tags)
    assert json.loads(json.dumps(record)) == record
    assert record["call"] == "01J"
    assert record["started_at"] == "2026-03-02T10:00:00Z"
    assert (record["verdict"], record["score"], record["not_a_lead_reason"]) == ("conflicts", 90, None)
    assert record["tracked"]["channel"] == "google_ads"  # type: ignore[index]
    assert record["stated_channels"] == [
        {
            "channel": "referral",
            "campaign": None,
            "key": "01J:stated_channel:referral",
            "verdict": "conflicts",
            "best_guess": None,
            "confidence": 0.812,
            "status": "given",
            "reason": None,
            "source": "rules",
            "version": "r1",
            "quotes": [{"text": "words 3 to 5", "speaker": "caller", "start": 1.5, "end": 2.5}],
        }
    ]
    assert "+15550100" not in json.dumps(record)


def test_a_withheld_answer_is_delivered_as_unknown_with_its_guess_for_review() -> None:
    record = body([tag(TagKind.LEAD_QUALITY, value="hot", score=90, withheld=True)])
    quality = record["lead_quality"]
    assert isinstance(quality, dict)
    assert (quality["value"], quality["best_guess"], quality["reason"]) == ("unknown", "hot", "low_confidence")
    assert record["score"] is None


def test_a_missed_call_has_a_record_with_its_tracking_and_nothing_said() -> None:
    record = body([], call(state=CallState.FINISHED, reason="missed", has_recording=False, duration=None))
    assert (record["verdict"], record["reason"], record["lead_quality"]) == ("unknown", "missed", None)
    assert record["tracked"]["path"][0]["channel"] == "google_ads"  # type: ignore[index]


@pytest.mark.parametrize(
    ("tracking", "channels", "part"),
    [(GOOGLE_ADS, ["radio"], "named radio, but google_ads"), (NOTHING, ["radio"], "Nothing was tracked")],
)
def test_the_verdict_is_said_in_a_sentence(tracking: Tracking, channels: list[str], part: str) -> None:
    found: Attribution = attribute(tracking, stated(*channels), started_at=RANG)
    assert part in verdict_sentence(found)
