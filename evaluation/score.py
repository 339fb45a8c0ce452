"""Tags against labels: counts that become precision, recall and F1, with intervals; calibration; ranks.

A call counts for what its labels have: one without a question among them is left out where that is scored.
Intervals are 90 %: Wilson's for shares, the bootstrap over calls (Efron 1979) for F1.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

Z = 1.645
"""Of the normal distribution, for 90 %."""
_DRAWS = 400
BINS = 10
CHANNEL_LISTS = ("stated_channels", "possible_channels", "denied_channels", "incidental_channels")
ANSWERS = ("lead_quality", "not_a_lead_reason", "outcome", "lost_reason")
"""Questions with one answer."""
QUALITY_ORDER = ("not_a_lead", "cold", "warm", "hot")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Interval:
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.2f}-{self.high:.2f})"


@dataclass(frozen=True, slots=True)
class Scored:
    """One call: its labels beside what was answered, both under the names of `earmark tag`."""

    labels: Mapping[str, Any]
    answers: Mapping[str, Any]

    @property
    def language(self) -> str:
        return str(self.answers.get("language") or "")


@dataclass(frozen=True, slots=True)
class Counts:
    """Of sets: how much was found that is there, that is not there, and how much was not found."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0


def counted(wanted: Iterable[Hashable], found: Iterable[Hashable]) -> Counts:
    one, other = set(wanted), set(found)
    return Counts(len(one & other), len(other - one), len(one - other))


def labelled(calls: Sequence[Scored], name: str) -> list[Scored]:
    """Those with this question, or list of channels, among their labels."""
    return [call for call in calls if name in call.labels]


def channel_counts(calls: Sequence[Scored], name: str) -> Counts:
    """Micro: all calls' channels of one list of `CHANNEL_LISTS` together."""
    asked = labelled(calls, name)
    return sum((counted(call.labels[name] or (), call.answers.get(name) or ()) for call in asked), Counts())


def by_answer(calls: Sequence[Scored], question: str) -> dict[str, Counts]:
    """Of a question with one answer: the counts of each answer that the labels have."""
    pairs = Counter((call.labels[question], call.answers.get(question)) for call in labelled(calls, question))
    found: dict[str, Counts] = {wanted: Counts() for wanted in sorted({wanted for wanted, _ in pairs if wanted})}
    for (wanted, answer), count in pairs.items():
        if wanted == answer and wanted in found:
            found[wanted] += Counts(right=count)
            continue
        if wanted in found:
            found[wanted] += Counts(missed=count)
        if answer in found:
            found[answer] += Counts(wrong=count)
    return found


def accuracy(calls: Sequence[Scored], question: str) -> Interval:
    asked = labelled(calls, question)
    return wilson(sum(call.labels[question] == call.answers.get(question) for call in asked), len(asked))


def macro_f1(calls: Sequence[Scored], question: str) -> float:
    """The mean over the answers that the labels have."""
    found = by_answer(calls, question)
    return sum(counts.f1 for counts in found.values()) / len(found) if found else 0.0


def confusion(calls: Sequence[Scored], question: str) -> Counter[tuple[str, str]]:
    """(label, answer) to how many."""
    return Counter((str(call.labels[question]), str(call.answers.get(question))) for call in labelled(calls, question))


def calibration_error(sure: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error, ten bins of equal width (Naeini et al. 2015). 0 where there is nothing."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, was_right in zip(sure, right, strict=True):
        bins.setdefault(min(BINS - 1, int(confidence * BINS)), []).append((confidence, was_right))
    gaps = [abs(sum(c for c, _ in held) - sum(r for _, r in held)) for held in bins.values()]
    return sum(gaps) / len(sure) if sure else 0.0


def rank_correlation(calls: Sequence[Scored]) -> float:
    """Spearman's, of the score with the four qualities in their order."""
    asked = [call for call in calls if call.labels.get("lead_quality") in QUALITY_ORDER]
    wanted = [float(QUALITY_ORDER.index(call.labels["lead_quality"])) for call in asked]
    scores = [float(call.answers.get("score") or 0) for call in asked]
    return _correlation(_ranks(wanted), _ranks(scores))


def wilson(right: int, count: int) -> Interval:
    """Wilson's score interval (Wilson 1927) of a share."""
    if not count:
        return Interval(0.0, 0.0, 1.0)
    share, square = right / count, Z * Z / count
    middle = (share + square / 2) / (1 + square)
    half = Z * math.sqrt(share * (1 - share) / count + square / (4 * count)) / (1 + square)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def bootstrapped(calls: Sequence[T], statistic: Callable[[Sequence[T]], float]) -> Interval:
    """The statistic, and between which values nine of ten draws of as many calls put it; the same every time."""
    random = Random(0)  # noqa: S311 - no secret
    drawn = sorted(statistic(random.choices(calls, k=len(calls))) for _ in range(_DRAWS)) if calls else [0.0]
    return Interval(statistic(calls), drawn[round(0.05 * (len(drawn) - 1))], drawn[round(0.95 * (len(drawn) - 1))])


def _ranks(values: Sequence[float]) -> list[float]:
    """Equal values share the mean of their ranks."""
    order = sorted(values)
    first = {value: place for place, value in reversed(list(enumerate(order)))}
    often = Counter(order)
    return [first[value] + (often[value] - 1) / 2 for value in values]


def _correlation(left: Sequence[float], right: Sequence[float]) -> float:
    if not left:
        return 0.0
    means = sum(left) / len(left), sum(right) / len(right)
    both = sum((one - means[0]) * (other - means[1]) for one, other in zip(left, right, strict=True))
    size = math.sqrt(sum((one - means[0]) ** 2 for one in left) * sum((other - means[1]) ** 2 for other in right))
    return both / size if size else 0.0
