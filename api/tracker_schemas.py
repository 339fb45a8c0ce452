"""Trackers and campaign words, as the documentation shows them. What is in them is checked as in a file."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import QuoteOut, Shown
from models.tag import TagKind
from models.tracker import LONGEST_NAME, SaidBy

Phrases = list[str] | dict[str, list[str]]
MOST_CALLS = 1000
_LANGUAGES = {"en": ["spring offer"], "ru": ["весеннее предложение"], "fa": ["پیشنهاد بهاره"]}


class Definition(BaseModel):
    """What is looked for, in all forms of the words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phrases: Phrases | None = Field(
        None,
        description="Each place where one of them is said is a hit; by language, or one list.",
        examples=[_LANGUAGES],
    )
    all_of: Phrases | None = Field(None, description="Said as well, each of them (of the phrase's language).")
    none_of: Phrases | None = Field(None, description="None of them is said.")
    near: int | None = Field(None, description="Words within which `all_of` and `none_of` count; null: the whole call.")
    said_by: SaidBy = SaidBy.ANYONE
    first_seconds: float | None = Field(None, description="Only in the first so many seconds.")
    last_seconds: float | None = Field(None, description="Only in the last; with `first_seconds`, in either.")
    channel: str | None = Field(None, description="Campaign words: the channel that a caller states who names them.")
    campaign: str | None = Field(None, description="Of the channel; null: the tracker's name.")

    def document(self) -> dict[str, Any]:
        """As a file has it."""
        return self.model_dump(mode="json", exclude={"on"}, exclude_unset=True)


class TrackerIn(Definition):
    """A tracker whose name is in the address."""

    on: bool | None = Field(None, description="Switched on or off; null: as it was, and off when it is new.")


class NamedTrackerIn(Definition):
    name: str = Field(max_length=LONGEST_NAME)


class TrackersIn(BaseModel):
    """Trackers to try on the stored calls."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    trackers: list[NamedTrackerIn] = Field(min_length=1, max_length=100)
    last: int = Field(200, ge=1, le=MOST_CALLS, description="How many of the newest calls are looked through.")


class TrackerOut(Shown):
    name: str
    on: bool
    phrases: dict[str, list[str]] = Field(description="By language; those of any language under an empty name.")
    all_of: dict[str, list[str]]
    none_of: dict[str, list[str]]
    near: int | None
    said_by: SaidBy
    first_seconds: float | None
    last_seconds: float | None
    channel: str | None
    campaign: str | None
    updated_at: datetime
    calls: int = Field(description="In how many calls it was said.")


class TrackersOut(Shown):
    """All trackers of the workspace."""

    trackers: list[TrackerOut]
    waiting: int = Field(description="Calls that are still to be looked through after the last change.")


class HitOut(Shown):
    """A tracker in a call."""

    tracker: str
    call: str
    started_at: datetime | None
    places: int = Field(description="How often it is said; `quotes` may be fewer.")
    quotes: list[QuoteOut]
    channel: str | None
    kind: TagKind | None = Field(description="Of campaign words: under which kind of channels the call would have it.")


class TrackerCount(Shown):
    tracker: str
    calls: int
    places: int


class TestOut(Shown):
    """What trackers would find. Nothing has changed."""

    looked_through: int = Field(description="Calls.")
    counts: list[TrackerCount]
    hits: list[HitOut] = Field(description="Call by call, the newest first.")
