"""What a language model has cost, by day, in one file that all processes of a data folder share.

A question is booked before it is asked, at what it may take at most, and put right by what the endpoint says it took.
So neither many processes at once nor one that is killed spend more than was allowed.
"""

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from models.errors import EngineFailed

KEPT = timedelta(days=62)
"""This month and the one before."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens."""

    read: int = 0
    written: int = 0

    @property
    def tokens(self) -> int:
        return self.read + self.written

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.read + other.read, self.written + other.written)

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.read - other.read, self.written - other.written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Per million tokens, in whatever money the operator pays."""

    read: float = 0.0
    written: float = 0.0

    def of(self, spent: Spent) -> float:
        return (self.read * spent.read + self.written * spent.written) / 1e6


class BudgetSpent(EngineFailed):
    """What a day or a month may cost is used up."""


def _today() -> date:
    return datetime.now(UTC).date()


class Ledger:
    """Days are those of UTC. 0 tokens per day or month: no bound."""

    def __init__(self, path: Path, *, per_day: int = 0, per_month: int = 0, today: Callable[[], date] = _today) -> None:
        self._path = path
        self.per_day, self.per_month = per_day, per_month
        self._today = today

    def book(self, most: Spent) -> date:
        """Put down what a question may take at most; the day it stands under. Raises EngineFailed, booking nothing."""
        today = self._today()
        with self._open() as days:
            day, month = _sums(days, today)
            for spent, bound, name in ((day, self.per_day, "DAY"), (month, self.per_month, "MONTH")):
                if bound and spent.tokens + most.tokens > bound:
                    raise BudgetSpent(
                        f"{spent.tokens:,} of {bound:,} tokens are spent (EARMARK_LLM_TOKENS_PER_{name}), "
                        f"and this call may take {most.tokens:,}"
                    )
            days[today] = days.get(today, Spent()) + most
        return today

    def correct(self, day: date, booked: Spent, took: Spent) -> None:
        """Put what a question took in place of what was booked for it. Raises EngineFailed."""
        with self._open() as days:
            days[day] = days.get(day, Spent()) - booked + took

    def spent(self) -> tuple[Spent, Spent]:
        """Today, and this month. Raises EngineFailed."""
        return _sums(self._read(), self._today())

    @contextmanager
    def _open(self) -> Iterator[dict[date, Spent]]:
        """The days, to be changed, while no other process does."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.with_suffix(".lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                days = self._read()
                yield days
                self._write({day: spent for day, spent in days.items() if day > self._today() - KEPT})
        except OSError as error:
            raise EngineFailed(f"what was spent cannot be written to {self._path}: {error.strerror}") from None

    def _read(self) -> dict[date, Spent]:
        try:
            written = json.loads(self._path.read_text(encoding="utf-8"))
            return {date.fromisoformat(day): Spent(int(read), int(made)) for day, (read, made) in written.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError):
            raise EngineFailed(f"{self._path} cannot be read; remove it to count anew") from None

    def _write(self, days: dict[date, Spent]) -> None:
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps({day.isoformat(): [spent.read, spent.written] for day, spent in days.items()}))
        part.replace(self._path)


def _sums(days: dict[date, Spent], today: date) -> tuple[Spent, Spent]:
    month = [spent for day, spent in days.items() if (day.year, day.month) == (today.year, today.month)]
    return days.get(today, Spent()), sum(month, Spent())
