"""Whether new answers are worse, and what people's corrections say of a version, by worked examples."""

import pytest

from evaluation.corrections import Reviewed, question_counts, review_rows, versions_of
from evaluation.paired import MOST, compared
from evaluation.score import Counts, Scored, accuracy, channel_counts, macro_f1, rank_correlation

OUTCOMES = ("lost", "quote_given")


def calls(wrong: int, count: int = 200, language: str = "en") -> list[Scored]:
    """Half lost, half with a quote; the first `wrong` are answered the other way."""
    found = []
    for number in range(count):
        label, other = OUTCOMES[number % 2], OUTCOMES[1 - number % 2]
        answers = {"outcome": other if number < wrong else label, "language": language}
        found.append(Scored({"outcome": label}, answers))
    return found


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        (10, 10, False),
        (10, 5, False),
        (10, 11, False),  # one call of two hundred is chance
        (10, 30, True),
        (0, 4, False),  # two in a hundred, as far as their number can tell
        (0, 6, True),
    ],
)
def test_a_fall_is_one_when_chance_does_not_explain_it(before: int, after: int, worse: bool) -> None:
    (found,) = compared(calls(before), calls(after))
    assert (found.measure, found.is_worse) == ("outcome macro F1", worse)
    assert found.may_fall <= MOST
    assert (found.before, found.after) == (macro_f1(calls(before), "outcome"), macro_f1(calls(after), "outcome"))


def test_one_language_that_gets_worse_is_seen() -> None:
    before = [*calls(20, 600), *calls(0, 60, "fa")]
    after = [*calls(0, 600), *calls(20, 60, "fa")]
    assert {one.calls_of: one.is_worse for one in compared(before, after)} == {"all": False, "en": False, "fa": True}


LABELS = {"stated_channels": ["tv", "radio"], "outcome": "lost"}
ANSWERS = {"stated_channels": ["tv", "vk"], "outcome": "lost", "lead_quality": "hot", "language": "en"}


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("stated_channels", Counts(right=1, wrong=1, missed=1)),
        ("outcome", Counts(right=1)),
        ("lead_quality", Counts()),  # nobody spoke on it
        ("denied_channels", Counts()),
    ],
)
def test_only_what_is_labelled_counts(question: str, counts: Counts) -> None:
    assert question_counts([Scored(LABELS, ANSWERS)], question) == counts


def test_scores_leave_out_calls_without_the_label() -> None:
    partial = [Scored({}, ANSWERS), Scored({"outcome": "lost"}, ANSWERS)]
    assert channel_counts(partial, "stated_channels") == Counts()
    assert str(accuracy(partial, "outcome")).startswith("1.000")
    assert (rank_correlation(partial), macro_f1(partial, "lead_quality")) == (0.0, 0.0)


def test_corrections_are_counted_for_the_version_that_made_the_tag() -> None:
    now = Scored(LABELS, {**ANSWERS, "stated_channels": ["tv", "radio"]})
    reviewed = [
        Reviewed(before=Scored(LABELS, ANSWERS), now=now, versions={"stated_channels": version, "outcome": "one"})
        for version in ("one", "two")
    ]
    assert versions_of(reviewed) == ["one", "two"]
    (row,) = review_rows(reviewed, "two")
    assert row[:3] == ["stated_channels", "en", "1"]
    assert [cell.split()[0] for cell in row[3:]] == ["0.500", "0.500", "0.500", "1.000"]
    assert [row[0] for row in review_rows(reviewed, "one")] == ["stated_channels", "outcome"]
