"""Touchpoints as JSON: one, or `{"touchpoints": [...]}`. One that is wrong refuses all, so that none is half known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from connectors.call_json import TouchpointMetadata
from connectors.json_faults import Fields
from connectors.json_values import Name, Text, clean_text, moment_of
from connectors.phone_number import is_somebodys, phone_number
from models.call import Touchpoint
from models.touchpoint import Visit

MOST = 1_000
"""Touchpoints in one request."""
CLOCK_SKEW = timedelta(minutes=5)
"""By so much a sender's clock may be before ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What the check needs beside the body."""

    now: datetime
    region: str | None = None
    """ISO 3166-1 alpha-2, for phone numbers without a country code."""


def _given(value: object) -> object:
    found = clean_text(str(value) if type(value) is int else value)
    if found is None:
        raise ValueError("is empty; give an id of your own, the same whenever you send this touchpoint again")
    return found


def _moment(value: object) -> datetime:
    found = moment_of(value)
    if found is None:
        raise ValueError("is empty; say when it was, such as 2026-11-03T14:05:20+03:00")
    return found


class TouchpointIn(TouchpointMetadata):
    """One contact of a visitor with a channel, and by what it finds its call."""

    id: Annotated[str, BeforeValidator(_given), Field(max_length=200)] = Field(
        description="Yours: the same id again is the same touchpoint, and changes nothing."
    )
    at: Annotated[AwareDatetime, BeforeValidator(_moment)] = Field(examples=["2026-11-03T14:05:20+03:00"])
    device: Text = Field(None, examples=["mobile"])
    place: Text = Field(None, examples=["Kazan, RU"])
    session_id: Name = Field(None, description="Of one visit; a call's `tracking.session_id` is the same.")
    visitor_id: Name = Field(None, description="Binds the sessions of one visitor.")
    caller_number: Name = Field(None, description="Of the visitor, where it is known. Kept encrypted.")
    shown_number: Name = Field(None, description="The tracking number that was shown.")
    call: Name = Field(None, description="Public id of the call it led to, where that is known already.")

    @field_validator("at")
    @classmethod
    def _check_time(cls, at: datetime, info: ValidationInfo) -> datetime:
        now = _here(info).now
        if at > now + CLOCK_SKEW:
            raise ValueError(f"is in the future (here it is {now:%Y-%m-%dT%H:%M:%SZ}); mend the clock or the zone")
        return at

    @field_validator("caller_number", "shown_number")
    @classmethod
    def _check_number(cls, number: str | None, info: ValidationInfo) -> str | None:
        found = None if number is None else phone_number(number, region=_here(info).region)
        if found is not None and not is_somebodys(found):
            raise ValueError("is no phone number; write it with its country code, such as +12025550143")
        return found

    def to_visit(self) -> Visit:
        own = ("device", "place", "session_id", "visitor_id", "caller_number", "shown_number", "call")
        touch = {name: getattr(self, name) for name in TouchpointMetadata.model_fields}
        return Visit(
            id=self.id,
            at=self.at,
            touch=Touchpoint(**{**touch, "click_ids": self.click_ids or {}}),
            **{name: getattr(self, name) for name in own},
        )


class TouchpointsIn(BaseModel):
    """Up to 1,000 touchpoints."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    touchpoints: list[TouchpointIn] = Field(min_length=1, max_length=MOST)

    @field_validator("touchpoints")
    @classmethod
    def _check_ids(cls, given: list[TouchpointIn]) -> list[TouchpointIn]:
        if (again := _repeated([one.id for one in given])) is not None:
            first, second, name = again
            raise ValueError(f"has the id {name!r} at {first} and at {second}; each touchpoint has an id of its own")
        return given


FIELDS: Fields = {"": tuple(TouchpointsIn.model_fields), "touchpoints": tuple(TouchpointIn.model_fields)}


def read_touchpoints(document: Mapping[str, Any], here: Here) -> list[Visit]:
    """One touchpoint, or several; those of one are said as the first of several. Raises pydantic's ValidationError."""
    several = document if "touchpoints" in document else {"touchpoints": [document]}
    return [one.to_visit() for one in TouchpointsIn.model_validate(several, context=here).touchpoints]


def _here(info: ValidationInfo) -> Here:
    return info.context if isinstance(info.context, Here) else Here(now=datetime.now(UTC))


def _repeated(ids: Sequence[str]) -> tuple[int, int, str] | None:
    places: dict[str, int] = {}
    for place, name in enumerate(ids):
        if places.setdefault(name, place) != place:
            return places[name], place, name
    return None
