"""Scores, by worked examples."""

import pytest

from evaluation.report import GIVEN_HEAD, HEAD, MORE_HEAD, answer_rows, given_rows, grouped, more_rows, rows
from evaluation.score import (
    Counts,
    Scored,
    accuracy,
    bootstrapped,
    by_answer,
    calibration_error,
    channel_counts,
    confusion,
    macro_f1,
    rank_correlation,
    wilson,
)


def scored(quality: str, found: str, score: int = 50, said: tuple[str, str] = ("", ""), language: str = "en") -> Scored:
    stated, answered = said
    labels = {"lead_quality": quality, "outcome": "lost", "stated_channels": stated.split()}
    status = "given" if score >= 50 else "withheld"
    tags = {
        "stated_channels": [{"value": channel, "status": status} for channel in answered.split()],
        "lead_quality": {"value": found, "confidence": 0.9, "status": status},
        "outcome": {"value": "lost", "confidence": 1.0, "status": "given"},
    }
    answers = {
        "lead_quality": found,
        "outcome": "lost",
        "score": score,
        "stated_channels": answered.split(),
        "tags": tags,
    }
    return Scored(labels, {**answers, "language": language})


CALLS = [
    scored("hot", "hot", 90, ("instagram", "instagram")),
    scored("hot", "warm", 60, ("vk referral", "vk")),
    scored("warm", "warm", 55, ("", "tv"), language="ru"),
    scored("cold", "cold", 20, ("radio", ""), language="ru"),
]


def test_channels_are_counted_over_all_calls() -> None:
    counts = channel_counts(CALLS, "stated_channels")
    assert counts == Counts(right=2, wrong=1, missed=2)
    assert (counts.precision, counts.recall) == pytest.approx((2 / 3, 1 / 2))
    assert counts.f1 == pytest.approx(4 / 7)


def test_nothing_wanted_and_nothing_found_is_right() -> None:
    assert (Counts().precision, Counts().recall) == (1.0, 1.0)


def test_macro_f1_weighs_answers_alike() -> None:
    assert {answer: round(counts.f1, 3) for answer, counts in by_answer(CALLS, "lead_quality").items()} == {
        "cold": 1.0,
        "hot": 0.667,
        "warm": 0.667,
    }
    assert macro_f1(CALLS, "lead_quality") == pytest.approx((1 + 2 / 3 + 2 / 3) / 3)


def test_confusion_counts_pairs() -> None:
    assert confusion(CALLS, "lead_quality")["hot", "warm"] == 1


def test_wilson_is_the_textbook_interval() -> None:
    """8 of 10 at z = 1.645."""
    found = wilson(8, 10)
    assert (round(found.low, 3), round(found.high, 3)) == (0.541, 0.931)
    assert wilson(0, 0).value == 0


def test_an_interval_holds_its_value_and_is_the_same_every_time() -> None:
    found = bootstrapped(CALLS, lambda drawn: macro_f1(drawn, "lead_quality"))
    assert found.low <= found.value <= found.high
    assert found == bootstrapped(CALLS, lambda drawn: macro_f1(drawn, "lead_quality"))


def test_calibration_error_is_the_gap_between_sure_and_right() -> None:
    assert calibration_error([0.9, 0.9, 0.9, 0.9], [True, True, True, False]) == pytest.approx(0.15)
    assert calibration_error([0.25, 0.95], [False, True]) == pytest.approx((0.25 + 0.05) / 2)
    assert calibration_error([], []) == 0


def test_ranks_that_agree_correlate_fully() -> None:
    assert rank_correlation([scored("hot", "hot", 90), scored("warm", "x", 60), scored("cold", "x", 9)]) == 1
    assert rank_correlation([scored("hot", "hot", 9), scored("warm", "x", 60), scored("cold", "x", 90)]) == -1


def test_tables_have_a_cell_for_each_head() -> None:
    groups = grouped(CALLS)
    assert list(groups) == ["all", "en", "ru"]
    assert {len(row) for row in rows(groups)} == {len(HEAD)}
    assert {len(row) for row in more_rows(groups)} == {len(MORE_HEAD)}
    assert {len(row) for row in given_rows(groups)} == {len(GIVEN_HEAD)}
    assert str(accuracy(CALLS, "lead_quality")).startswith("0.750")
    assert next(row for row in answer_rows(CALLS, "lead_quality") if row[0] == "hot")[-1] == "warm 1"


def test_what_is_withheld_counts_for_no_precision() -> None:
    both, _, russian = given_rows(grouped(CALLS))
    assert [cell[:5] for cell in both] == ["all", "1.000", "0.667", "0.750", "0.667", "1.000", "1.000"]
    assert [cell[:5] for cell in russian[3:5]] == ["0.500", "1.000"]
    unasked = Scored({"outcome": "lost"}, CALLS[0].answers)
    assert next(given_rows({"all": [unasked]}))[1:5] == ["-", "-", "-", "-"]
