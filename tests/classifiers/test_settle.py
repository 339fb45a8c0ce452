from datetime import UTC, datetime, timedelta

import pytest

from classifiers.settle import ROUGH_FACTOR, Thresholds, settle, thresholds_of
from models.errors import BadInput
from models.tag import Correction, Evidence, Opinion, Source, Tag, TagKind, TagStatus, WithheldReason

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = (Evidence(3, 5, 1),)


def opinion(kind: TagKind, value: str | None, confidence: float = 0.8, **rest: object) -> Opinion:
    return Opinion(kind=kind, value=value, confidence=confidence, version="rules-1", **rest)  # type: ignore[arg-type]


def correction(kind: TagKind, *values: str, minutes: int = 0) -> Correction:
    return Correction(kind=kind, values=values, who="ann", at=NOW + timedelta(minutes=minutes))


def by_kind(tags: list[Tag], kind: TagKind) -> list[Tag]:
    return [tag for tag in tags if tag.kind is kind]


def test_a_sure_opinion_is_given_and_an_unsure_one_withheld_with_its_best_guess() -> None:
    tags = settle([opinion(TagKind.OUTCOME, "lost", 0.9), opinion(TagKind.LEAD_QUALITY, "cold", 0.2, score=20)], [])
    quality, outcome = tags
    assert (outcome.status, outcome.reason) == (TagStatus.GIVEN, None)
    assert (quality.status, quality.reason, quality.value) == (
        TagStatus.WITHHELD,
        WithheldReason.LOW_CONFIDENCE,
        "cold",
    )


def test_thresholds_of_a_language_go_before_those_of_the_kind() -> None:
    strict = Thresholds(by_kind={TagKind.OUTCOME: 0.6}, by_language={"fa": {TagKind.OUTCOME: 0.95}})
    only = [opinion(TagKind.OUTCOME, "lost", 0.9)]
    assert settle(only, [], thresholds=strict, language="en")[0].status is TagStatus.GIVEN
    assert settle(only, [], thresholds=strict, language="fa")[0].status is TagStatus.WITHHELD


def test_thresholds_are_read_from_words_on_top_of_the_defaults() -> None:
    read = thresholds_of(["outcome=0.6", "fa.outcome = 0.95", "mention=1"])
    assert [read.of(TagKind.OUTCOME, language) for language in ("en", "fa", None)] == [0.6, 0.95, 0.6]
    assert (read.of(TagKind.MENTION, "ru"), read.of(TagKind.LEAD_QUALITY, "ru")) == (1.0, Thresholds().default)


@pytest.mark.parametrize(
    "entry", ["outcome", "outcome=", "outcome=1.5", "outcome=nan", "mood=0.5", "xx.outcome=0.5", "=1"]
)
def test_a_threshold_that_is_none_is_refused_with_what_to_write(entry: str) -> None:
    with pytest.raises(BadInput, match="write") as refused:
        thresholds_of([entry])
    assert repr(entry) in str(refused.value)


def test_the_surest_opinion_wins_and_loses_confidence_to_its_contradiction() -> None:
    tags = settle([opinion(TagKind.OUTCOME, "lost", 0.6), opinion(TagKind.OUTCOME, "quote_given", 0.6 + 0.2)], [])
    assert [tag.value for tag in tags] == ["quote_given"]
    assert tags[0].confidence == pytest.approx(0.8 * 0.8 / 1.4)


def test_agreement_keeps_the_confidence_of_the_surest() -> None:
    tags = settle([opinion(TagKind.OUTCOME, "lost", 0.6), opinion(TagKind.OUTCOME, "lost", 0.7)], [])
    assert [(tag.value, tag.confidence) for tag in tags] == [("lost", 0.7)]


def test_rough_words_lower_the_confidence() -> None:
    tag = settle([opinion(TagKind.OUTCOME, "lost", 0.6)], [], rough=True)[0]
    assert tag.confidence == pytest.approx(0.6 * ROUGH_FACTOR)
    assert tag.status is TagStatus.WITHHELD


@pytest.mark.parametrize("reason", list(WithheldReason))
def test_unusable_words_withhold_everything_and_name_why(reason: WithheldReason) -> None:
    tags = settle([opinion(TagKind.OUTCOME, "lost", 1.0)], [], usable=reason)
    assert {(tag.kind, tag.value) for tag in tags} == {
        (TagKind.STATED_CHANNEL, None),
        (TagKind.LEAD_QUALITY, None),
        (TagKind.OUTCOME, "lost"),
    }
    assert all(tag.status is TagStatus.WITHHELD and tag.reason is reason for tag in tags)


def test_a_correction_replaces_all_channels_and_keeps_the_words_where_it_agrees() -> None:
    opinions = [
        opinion(TagKind.STATED_CHANNEL, "yelp", item="yelp", evidence=WORDS),
        opinion(TagKind.STATED_CHANNEL, "facebook", item="facebook", evidence=WORDS),
        opinion(TagKind.DENIED_CHANNEL, "radio", item="radio"),
    ]
    tags = settle(opinions, [correction(TagKind.STATED_CHANNEL, "yelp", "radio")])
    stated = by_kind(tags, TagKind.STATED_CHANNEL)
    assert [(tag.item, tag.evidence, tag.confidence) for tag in stated] == [("yelp", WORDS, 1.0), ("radio", (), 1.0)]
    assert all(tag.status is TagStatus.CORRECTED and tag.source is Source.HUMAN for tag in stated)
    assert by_kind(tags, TagKind.DENIED_CHANNEL) == []


def test_correcting_to_no_channel_says_that_none_was_named() -> None:
    tags = settle(
        [opinion(TagKind.STATED_CHANNEL, "yelp", item="yelp")],
        [correction(TagKind.STATED_CHANNEL), correction(TagKind.DENIED_CHANNEL)],
    )
    assert [(tag.kind, tag.item, tag.value) for tag in tags] == [(TagKind.STATED_CHANNEL, "", None)]
    assert tags[0].status is TagStatus.CORRECTED


def test_the_latest_correction_counts_whatever_the_order() -> None:
    late = correction(TagKind.OUTCOME, "lost", minutes=5)
    early = correction(TagKind.OUTCOME, "sale_closed")
    assert settle([], [late, early])[0].value == "lost"


def test_a_correction_survives_unusable_words() -> None:
    tags = settle([], [correction(TagKind.OUTCOME, "lost")], usable=WithheldReason.NO_TRANSCRIPT)
    assert [tag.status for tag in by_kind(tags, TagKind.OUTCOME)] == [TagStatus.CORRECTED]


@pytest.mark.parametrize(
    ("machine_score", "value", "score"), [(8, "hot", 75), (99, "warm", 74), (60, "warm", 60), (None, "cold", 29)]
)
def test_a_corrected_quality_moves_the_score_into_its_range_and_drops_the_reason(
    machine_score: int | None, value: str, score: int
) -> None:
    opinions = [
        opinion(TagKind.LEAD_QUALITY, "not_a_lead", score=machine_score),
        opinion(TagKind.NOT_A_LEAD_REASON, "solicitation"),
    ]
    tags = settle(opinions, [correction(TagKind.LEAD_QUALITY, value)])
    assert [(tag.kind, tag.value, tag.score) for tag in tags] == [(TagKind.LEAD_QUALITY, value, score)]


def test_a_corrected_reason_makes_it_no_lead() -> None:
    tags = settle(
        [opinion(TagKind.LEAD_QUALITY, "hot", score=90)], [correction(TagKind.NOT_A_LEAD_REASON, "wrong_number")]
    )
    assert [(tag.value, tag.score, tag.status) for tag in tags] == [
        ("not_a_lead", 14, TagStatus.CORRECTED),
        ("wrong_number", None, TagStatus.CORRECTED),
    ]


def test_the_reason_is_withheld_with_the_quality() -> None:
    opinions = [
        opinion(TagKind.LEAD_QUALITY, "not_a_lead", 0.3, score=5),
        opinion(TagKind.NOT_A_LEAD_REASON, "solicitation", 0.9),
    ]
    assert {tag.status for tag in settle(opinions, [])} == {TagStatus.WITHHELD}


def test_none_was_named_falls_where_a_channel_is_as_sure() -> None:
    named = opinion(TagKind.STATED_CHANNEL, "yelp", 0.7, item="yelp")
    assert [tag.item for tag in settle([opinion(TagKind.STATED_CHANNEL, None, 0.7), named], [])] == ["yelp"]
    assert [tag.item for tag in settle([opinion(TagKind.STATED_CHANNEL, None, 0.9), named], [])] == ["", "yelp"]


@pytest.mark.parametrize(
    ("said", "item", "kept"),
    [
        # Two classifiers put one channel into two lists: the surer has it, less sure.
        ([(TagKind.STATED_CHANNEL, "yelp", 0.9), (TagKind.INCIDENTAL_CHANNEL, "yelp", 0.3)], "yelp", 0.9 * 0.9 / 1.2),
        ([(TagKind.DENIED_CHANNEL, "yelp", 0.6), (TagKind.STATED_CHANNEL, "yelp", 0.7)], "yelp", 0.7 * 0.7 / 1.3),
        ([(TagKind.STATED_CHANNEL, "yelp", 0.6), (TagKind.STATED_CHANNEL, "yelp", 0.7)], "yelp", 0.7),
        # That none was named contradicts each that was, and the other way round.
        ([(TagKind.STATED_CHANNEL, "yelp", 0.9), (TagKind.STATED_CHANNEL, "", 0.3)], "yelp", 0.9 * 0.9 / 1.2),
        ([(TagKind.STATED_CHANNEL, "", 0.9), (TagKind.STATED_CHANNEL, "yelp", 0.3)], "", 0.9 * 0.9 / 1.2),
        # It does not contradict a channel that is only possible.
        ([(TagKind.STATED_CHANNEL, "", 0.9), (TagKind.POSSIBLE_CHANNEL, "yelp", 0.4)], "", 0.9),
        ([(TagKind.STATED_CHANNEL, "yelp", 0.9), (TagKind.STATED_CHANNEL, "radio", 0.8)], "yelp", 0.9),
    ],
)
def test_a_channel_is_in_one_list(said: list[tuple[TagKind, str, float]], item: str, kept: float) -> None:
    tags = settle([opinion(kind, name or None, sure, item=name) for kind, name, sure in said], [])
    assert [tag.confidence for tag in tags if tag.item == item] == [pytest.approx(kept)]


def test_why_it_was_lost_stands_only_beside_lost() -> None:
    opinions = [opinion(TagKind.OUTCOME, "lost", 0.6), opinion(TagKind.LOST_REASON, "price", 0.6)]
    assert [tag.kind for tag in settle(opinions, [])] == [TagKind.OUTCOME, TagKind.LOST_REASON]
    surer = [*opinions, opinion(TagKind.OUTCOME, "quote_given", 0.9)]
    assert [tag.value for tag in settle(surer, [])] == ["quote_given"]
    person = [correction(TagKind.LOST_REASON, "timing")]
    assert [tag.value for tag in settle(surer, person)] == ["quote_given", "timing"]
