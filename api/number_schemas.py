"""Tracking numbers, as the documentation shows them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import Shown
from models.touchpoint import TrackingNumber

Text = Annotated[str, Field(min_length=1, max_length=500)]


class NumberIn(BaseModel):
    """What a number stands for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: Text = Field(examples=["+12025550143"])
    channel: Text | None = Field(None, description="Null: that of source and medium.", examples=["billboard"])
    source: Text | None = None
    medium: Text | None = None
    campaign: Text | None = None
    first_day: date | None = Field(None, description="In the workspace's time zone; null: always.")
    last_day: date | None = Field(None, description="The last day on which it stands for this; null: without an end.")

    def to_number(self) -> TrackingNumber:
        return TrackingNumber(**{**self.model_dump(), "channel": self.channel or ""})


class NumberOut(Shown):
    id: str
    number: str
    channel: str
    source: str | None
    medium: str | None
    campaign: str | None
    first_day: date | None
    last_day: date | None
    created_at: datetime


class NumbersOut(Shown):
    """All tracking numbers of the workspace."""

    numbers: list[NumberOut] = Field(description="By number and date.")
