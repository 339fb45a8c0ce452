"""The credit for a call: how much of it each touch of its path gets, and each channel that its caller named. Pure.

Shares are exact parts of one call: none is below zero, and together they are one, or there are none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from math import floor

from attribution.attribute import Attribution, TrackedTouch, Verdict, agrees, moments
from models.channel import Channel
from models.errors import SettingsError


class Model(StrEnum):
    """How a call's credit is shared out. All but `stated` look at the tracked path alone."""

    LAST_TOUCH = "last_touch"
    FIRST_TOUCH = "first_touch"
    LINEAR = "linear"
    """The same to every touch."""
    TIME_DECAY = "time_decay"
    """Half as much to a touch for every half-life that it is older; from 41 of them on, nothing."""
    POSITION_BASED = "position_based"
    """Fixed shares to the first touch and the last, what is left in equal parts to those between."""
    STATED = "stated"
    """A fixed share to what the caller said, the rest by another model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The numbers of the models; shares are 0 to 1, such as `Fraction("0.4")`. Raises SettingsError for wrong ones.

    A week and 40, 20, 40 percent are those of the models `TIME_DECAY` and `POSITION_BASED` of the Google Ads API
    (`AttributionModelEnum`); Matomo's position-based model has the same shares.
    """

    half_life: timedelta = timedelta(days=7)
    first: Fraction = Fraction(2, 5)
    last: Fraction = Fraction(2, 5)
    """Together above 0 and not above 1."""
    stated: Fraction = Fraction(1, 2)
    """1: what was said overrides what was tracked. 0: it counts only where nothing was tracked. By default both count
    the same; there is no source for a better number."""
    rest: Model = Model.LAST_TOUCH
    """The model of `stated` for what it does not give to the stated channels."""

    def __post_init__(self) -> None:
        if self.half_life <= timedelta():
            raise SettingsError(f"the half-life is {self.half_life}; it must be above zero")
        if min(self.first, self.last) < 0 or not 0 < self.first + self.last <= 1:
            raise SettingsError(
                f"the first touch gets {self.first} and the last {self.last}; neither may be below 0, "
                "and together they must be above 0 and at most 1"
            )
        if not 0 <= self.stated <= 1:
            raise SettingsError(f"the stated share is {self.stated}; it must be from 0 to 1")
        if self.rest is Model.STATED:
            raise SettingsError("the rest cannot go by `stated` again; name another model")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What one touch gets, or one channel that the caller named and no touch can be."""

    channel: Channel
    share: Fraction
    """Of the whole call, 0 to 1."""
    touch: TrackedTouch | None
    """None: it was said, not tracked."""


DEFAULTS = Terms()


def credit(
    attribution: Attribution, *, model: Model, started_at: datetime | None, terms: Terms = DEFAULTS
) -> tuple[Credit, ...]:
    """One for each touch in the path's order, a share of 0 among them, then one for each stated channel beside it.

    `started_at`: of the call, as it was given to `attribute`. Empty where there is nothing to credit: nothing tracked,
    and for `stated` nothing said either. Where nothing was tracked, the stated channels get all of it.

    What the caller said is the stated channels that are not withheld, in equal parts. One that a touch can be is that
    touch: the last one of the very channel, else the last one that a caller cannot tell from it; two channels that are
    the same touch count once. `repeat_customer` takes nothing from a path that it is not in, as it conflicts with none.
    """
    path = attribution.path
    if model is not Model.STATED:
        return _credits(path, _tracked(path, model, started_at=started_at, terms=terms))
    shares = _tracked(path, terms.rest, started_at=started_at, terms=terms)
    said = dict.fromkeys(_meant(found.channel, path) for found in attribution.stated if found.verdict in _COUNT)
    if not said:
        return _credits(path, shares)
    part = terms.stated if path else Fraction(1)
    each = part / len(said)
    shares = [share * (1 - part) + (each if place in said else 0) for place, share in enumerate(shares)]
    beside = [Credit(channel=meant, share=each, touch=None) for meant in said if isinstance(meant, Channel)]
    return (*_credits(path, shares), *beside)


def in_digits(shares: Sequence[Fraction]) -> tuple[str, ...]:
    """Shares that are together one as decimal text of six digits that is so too: `0.333334 0.333333 0.333333`.

    What rounding down leaves over goes in millionths to those that lost most by it, the earlier one of equals first:
    so none is off by a whole millionth, and nothing stays nothing.
    """
    exact = [share * _UNITS for share in shares]
    units = [floor(share) for share in exact]
    left = int(sum(exact)) - sum(units)
    for place in sorted(range(len(units)), key=lambda place: units[place] - exact[place])[:left]:
        units[place] += 1
    return tuple(f"{unit // _UNITS}.{unit % _UNITS:0{_DIGITS}}" for unit in units)


_DIGITS = 6
_UNITS = 10**_DIGITS

_COUNT = (Verdict.AGREES, Verdict.ASSISTS, Verdict.CONFLICTS, Verdict.FILLS)
"""A stated channel with another verdict is withheld, or is not held against the tracking."""

_FINEST = 40
"""The weight of the newest touch is 2 to this power, that of every other is rounded to a whole number. So shares sum to
exactly one, have few digits, and hardly hang on the last bit of a machine's powers; a weight is off by less than a
trillionth of the newest one's."""


def _credits(path: Sequence[TrackedTouch], shares: Sequence[Fraction]) -> tuple[Credit, ...]:
    return tuple(
        Credit(channel=touch.channel, share=share, touch=touch) for touch, share in zip(path, shares, strict=True)
    )


def _meant(stated: Channel, path: Sequence[TrackedTouch]) -> int | Channel:
    """The place of the touch that the caller meant, or the channel itself when it is none of them."""
    places = [place for place, touch in enumerate(path) if agrees(stated, touch)]
    exact = [place for place in places if path[place].channel == stated]
    return (exact or places)[-1] if places else stated


def _tracked(
    path: Sequence[TrackedTouch], model: Model, *, started_at: datetime | None, terms: Terms
) -> list[Fraction]:
    """The touches' shares by one of the models that look at nothing else."""
    if not path:
        return []
    others = len(path) - 1
    if model is Model.FIRST_TOUCH:
        return _of_one([1] + [0] * others)
    if model is Model.LAST_TOUCH:
        return _of_one([0] * others + [1])
    if model is Model.POSITION_BASED:
        return _of_one(_by_position(len(path), terms))
    if model is Model.TIME_DECAY:
        return _of_one(_by_age(moments(path, started_at=started_at), terms.half_life))
    return _of_one([1] * len(path))


def _by_position(count: int, terms: Terms) -> list[Fraction]:
    """For two touches the first share and the last: made to sum to one, they take the middle in proportion."""
    if count == 1:
        return [Fraction(1)]
    middle = count - 2
    between = (1 - terms.first - terms.last) / max(middle, 1)
    return [terms.first, *[between] * middle, terms.last]


def _by_age(at: Sequence[datetime], half_life: timedelta) -> list[int]:
    """2^(-age / half-life), what a half-life says; only differences of age count, so the newest touch has age 0."""
    newest = max(at)
    return [round(2.0 ** (_FINEST - (newest - moment) / half_life)) for moment in at]


def _of_one(weights: Sequence[int | Fraction]) -> list[Fraction]:
    parts = [Fraction(weight) for weight in weights]
    whole = sum(parts, start=Fraction())
    return [part / whole for part in parts]
