"""Contestants timed in turn, in one run, so that what disturbs the machine disturbs all of them."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from statistics import median

import psutil


@dataclass(frozen=True, slots=True)
class Took:
    """One run. Seconds."""

    wall: float
    processor: float
    """Of all threads of the process and its children: what others on the machine do changes it less."""


NOTHING = Took(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Ratio:
    """One contestant over another, round by round."""

    best: float
    middle: float
    """The median."""
    worst: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.best:.2f}-{self.worst:.2f})"


def timed(run: Callable[[], object]) -> Took:
    """What `run` took; one that runs elsewhere measures itself, and returns that."""
    wall, processor = time.perf_counter(), processor_seconds()
    told = run()
    if isinstance(told, Took):
        return told
    return Took(time.perf_counter() - wall, processor_seconds() - processor)


def processor_seconds() -> float:
    """Of this process, its children that ended, and those that live: files are decoded in one of these."""
    spent = 0.0
    for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            spent += times.user + times.system + times.children_user + times.children_system
    return spent


def contest(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[Took]]:
    """Every contestant once a round, in an order that turns round: A B, B A, A B."""
    took: dict[str, list[Took]] = {name: [] for name in contestants}
    for number in range(rounds):
        for name in list(contestants)[:: -1 if number % 2 else 1]:
            took[name].append(timed(contestants[name]))
    return took


def ratio(ours: list[Took], theirs: list[Took], *, wall: bool = False) -> Ratio:
    """Of the processor's time, or of the clock's."""
    shares = [
        (mine.wall / other.wall) if wall else (mine.processor / other.processor)
        for mine, other in zip(ours, theirs, strict=True)
    ]
    return Ratio(min(shares), median(shares), max(shares))


def spread(took: list[Took]) -> str:
    """By how much the same work differed from round to round, for people."""
    return " and ".join(
        f"{max(seconds) / min(seconds) - 1:.0%} of {name}"
        for name, seconds in (
            ("the processor's time", [run.processor for run in took]),
            ("the clock's", [run.wall for run in took]),
        )
    )
