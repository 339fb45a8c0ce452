"""Whether new answers to the same calls are worse than those before, beyond what chance explains."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import pstdev

from evaluation.corrections import question_counts
from evaluation.report import grouped
from evaluation.score import ANSWERS, CHANNEL_LISTS, Scored, by_answer, labelled, macro_f1

_SURE = 2.33
"""Standard errors of the difference: with none, one comparison in a hundred falls by more. Some twenty are made."""
MOST, MOST_OF_A_LANGUAGE = 0.02, 0.04
"""No chance excuses a larger fall: half a 90 % interval of an F1, over 400 calls and over 140 of a language."""
_DRAWS = 200
_CORE = ("stated_channels", "lead_quality", "outcome")
"""Watched in each language too."""

Measure = Callable[[Sequence[Scored]], float]


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of the same calls, by two classifiers."""

    calls_of: str
    measure: str
    before: float
    after: float
    may_fall: float

    @property
    def is_worse(self) -> bool:
        return self.before - self.after > self.may_fall + 1e-9


def compared(before: Sequence[Scored], after: Sequence[Scored]) -> Iterator[Compared]:
    """`before` and `after`: the same calls in the same order. Only what their labels have is compared."""
    groups = grouped([Scored(one.labels, {**one.answers, "place": place}) for place, one in enumerate(before)])
    for name, calls in groups.items():
        places = [one.answers["place"] for one in calls]
        for measure, value in _measures(calls, all_of=name == "all"):
            old, new = [before[place] for place in places], [after[place] for place in places]
            most = MOST if name == "all" else MOST_OF_A_LANGUAGE
            noise = _SURE * _error(old, new, value)
            yield Compared(name, measure, value(old), value(new), min(noise, most))


def _measures(calls: Sequence[Scored], *, all_of: bool) -> Iterator[tuple[str, Measure]]:
    for name in CHANNEL_LISTS[:3]:
        counts = question_counts(calls, name)
        if (all_of or name in _CORE) and counts.right + counts.wrong + counts.missed:
            yield f"{name} F1", lambda drawn, name=name: question_counts(drawn, name).f1  # type: ignore[misc]
    for name in ANSWERS:
        if (all_of or name in _CORE) and any(one.labels[name] for one in labelled(calls, name)):
            yield f"{name} macro F1", lambda drawn, name=name: macro_f1(drawn, name)  # type: ignore[misc]
    if all_of and "not_a_lead" in by_answer(calls, "lead_quality"):
        yield "not_a_lead precision", _no_lead


def _no_lead(calls: Sequence[Scored]) -> float:
    """A real lead that is thrown away is the worst error."""
    counts = by_answer(calls, "lead_quality").get("not_a_lead")
    return counts.precision if counts else 1.0


def _error(before: Sequence[Scored], after: Sequence[Scored], value: Measure) -> float:
    """Standard error of the difference, by drawing calls anew (paired bootstrap, Efron 1979)."""
    random, places = Random(0), range(len(before))  # noqa: S311 - no secret
    differences = []
    for _ in range(_DRAWS):
        drawn = random.choices(places, k=len(places))
        differences.append(value([after[place] for place in drawn]) - value([before[place] for place in drawn]))
    return pstdev(differences)
