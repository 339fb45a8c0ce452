"""Scores as tables for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation.score import (
    CHANNEL_LISTS,
    Scored,
    accuracy,
    bootstrapped,
    by_answer,
    calibration_error,
    channel_counts,
    confusion,
    labelled,
    macro_f1,
    rank_correlation,
    wilson,
)

HEAD = ("calls of", "count", "stated: precision", "recall", "F1", "quality", "macro F1", "outcome", "macro F1")
MORE_HEAD = ("calls of", "possible", "denied", "incidental", "not a lead: precision", "rank", "ECE quality", "outcome")
GIVEN_HEAD = ("of what is given", *(cell for tag in ("stated", "quality", "outcome") for cell in (tag, "right")))
_STATED = CHANNEL_LISTS[0]


def grouped(calls: Sequence[Scored]) -> dict[str, list[Scored]]:
    """All, and those of each language where there are several."""
    languages = sorted({call.language for call in calls})
    groups = {"all": list(calls)}
    if len(languages) > 1:
        groups |= {language or "?": [call for call in calls if call.language == language] for language in languages}
    return groups


def rows(groups: Mapping[str, Sequence[Scored]]) -> Iterator[list[str]]:
    """In the order of `HEAD`; intervals of 90 %."""
    for name, calls in groups.items():
        stated = channel_counts(calls, _STATED)
        yield [
            name,
            str(len(calls)),
            f"{stated.precision:.3f}",
            f"{stated.recall:.3f}",
            str(bootstrapped(calls, lambda drawn: channel_counts(drawn, _STATED).f1)),
            *(cell for question in ("lead_quality", "outcome") for cell in _single(calls, question)),
        ]


def _single(calls: Sequence[Scored], question: str) -> tuple[str, str]:
    if not labelled(calls, question):
        return "-", "-"
    return str(accuracy(calls, question)), str(bootstrapped(calls, lambda drawn: macro_f1(drawn, question)))


def more_rows(groups: Mapping[str, Sequence[Scored]]) -> Iterator[list[str]]:
    """In the order of `MORE_HEAD`; channels by F1."""
    for name, calls in groups.items():
        no_lead = by_answer(calls, "lead_quality").get("not_a_lead")
        yield [
            name,
            *(f"{channel_counts(calls, kind).f1:.3f}" for kind in CHANNEL_LISTS[1:]),
            f"{no_lead.precision:.3f}" if no_lead else "-",
            f"{rank_correlation(calls):.3f}",
            *(f"{_calibration(calls, question):.3f}" for question in ("lead_quality", "outcome")),
        ]


def given_rows(groups: Mapping[str, Sequence[Scored]]) -> Iterator[list[str]]:
    """In the order of `GIVEN_HEAD`: the share of the answers that are not withheld, and how many of these are right."""
    for name, calls in groups.items():
        yield [name, *(cell for question in (_STATED, "lead_quality", "outcome") for cell in _given(calls, question))]


def _given(calls: Sequence[Scored], question: str) -> tuple[str, str]:
    answered = [(tag, call.labels[question]) for call in labelled(calls, question) for tag in _tags(call, question)]
    given = [
        tag["value"] in label if question == _STATED else tag["value"] == label
        for tag, label in answered
        if tag["status"] == "given"
    ]
    return (f"{len(given) / len(answered):.3f}", str(wilson(sum(given), len(given)))) if answered else ("-", "-")


def _tags(call: Scored, question: str) -> list[Mapping[str, Any]]:
    found = call.answers["tags"].get(question)
    return [tag for tag in (found if isinstance(found, list) else [found]) if tag and tag["value"]]


def _calibration(calls: Sequence[Scored], question: str) -> float:
    tags = [(call.answers["tags"].get(question), call) for call in labelled(calls, question)]
    asked = [(tag["confidence"], call.labels[question] == tag["value"]) for tag, call in tags if tag]
    return calibration_error([sure for sure, _ in asked], [right for _, right in asked])


def answer_rows(calls: Sequence[Scored], question: str) -> Iterator[list[str]]:
    """Of each answer: how many, precision, recall, F1, and what it was taken for most often."""
    mixed = confusion(calls, question)
    for answer, counts in by_answer(calls, question).items():
        others = [(count, found) for (wanted, found), count in mixed.items() if wanted == answer and found != answer]
        taken = ", ".join(f"{found} {count}" for count, found in sorted(others, reverse=True)[:2])
        yield [
            answer,
            str(counts.right + counts.missed),
            f"{counts.precision:.3f}",
            f"{counts.recall:.3f}",
            f"{counts.f1:.3f}",
            taken,
        ]
