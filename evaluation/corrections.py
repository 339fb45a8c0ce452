"""What machines said against what people said, where people said anything."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.score import ANSWERS, CHANNEL_LISTS, Counts, Interval, Scored, bootstrapped, counted, labelled, wilson

QUESTIONS = (*CHANNEL_LISTS, *ANSWERS)
REVIEW_HEAD = ("tag", "language", "calls", "precision", "recall", "F1", "F1 now")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A call with a person's word."""

    before: Scored
    """With the answers that the call was given."""
    now: Scored
    """With those that it would be given now."""
    versions: Mapping[str, str]
    """Of the classifier that gave the answer, by question."""


def question_counts(calls: Sequence[Scored], question: str) -> Counts:
    """Micro: channels, or answers, of all calls together."""
    asked = labelled(calls, question)
    return sum(
        (counted(_answers(one.labels[question]), _answers(one.answers.get(question))) for one in asked), Counts()
    )


def versions_of(calls: Sequence[Reviewed]) -> list[str]:
    """Of the classifiers that gave the answers on which people spoke; empty for one that nobody gave."""
    return sorted(
        {call.versions[question] for call in calls for question in QUESTIONS if question in call.before.labels}
    )


def review_rows(calls: Sequence[Reviewed], version: str) -> Iterator[list[str]]:
    """In the order of `REVIEW_HEAD`, intervals of 90 %: by tag and language, all languages first."""
    for question in QUESTIONS:
        own = [call for call in calls if question in call.before.labels and call.versions[question] == version]
        languages = sorted({call.before.language for call in own})
        for language in ("all", *languages) if len(languages) > 1 else languages:
            chosen = [call for call in own if language in ("all", call.before.language)]
            yield [question, language or "?", str(len(chosen)), *_cells(question, chosen)]


def _cells(question: str, calls: Sequence[Reviewed]) -> Iterator[str]:
    counts = question_counts([call.before for call in calls], question)
    yield _share(counts.right, counts.right + counts.wrong)
    yield _share(counts.right, counts.right + counts.missed)
    for told in (_before, _now):
        yield _f1(calls, question, told)


def _before(call: Reviewed) -> Scored:
    return call.before


def _now(call: Reviewed) -> Scored:
    return call.now


def _f1(calls: Sequence[Reviewed], question: str, told: Callable[[Reviewed], Scored]) -> str:
    scored = [told(call) for call in calls]
    counts = question_counts(scored, question)
    if not counts.right + counts.wrong + counts.missed:
        return "-"
    return str(bootstrapped(scored, lambda drawn: question_counts(drawn, question).f1))


def _share(right: int, count: int) -> str:
    found: Interval = wilson(right, count)
    return str(found) if count else "-"


def _answers(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [given] if given else []
