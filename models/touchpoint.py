"""Touchpoints that are sent by themselves, how they find their calls, and numbers that stand for a source."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.call import Touchpoint
from models.channel import Channel


class MatchedBy(StrEnum):
    """What binds a touch to a call, the surest first: of several the first counts."""

    CALL = "call"
    """It came with the call's own metadata."""
    CALL_ID = "call_id"
    """Its sender named the call."""
    SESSION = "session"
    CLICK_ID = "click_id"
    CALLER_NUMBER = "caller_number"
    VISITOR = "visitor"
    """Another touch of a visitor of whom one is bound by the above."""
    NUMBER_SHOWN = "number_shown"
    """The nearest session before the call that was shown the number dialled, and its visitor's others."""
    NUMBER_DIALLED = "number_dialled"
    """No touch that was seen: what the number dialled stands for."""


class KeyKind(StrEnum):
    """Where a touchpoint and a call may have the same value."""

    CALL = "call"
    SESSION = "session"
    CLICK = "click"
    CALLER = "caller"
    VISITOR = "visitor"
    NUMBER = "number"
    """Shown to the visitor; dialled by the caller."""


Key = tuple[KeyKind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A touchpoint with who was there, as its sender tells it. None: not known."""

    id: str
    """The sender's own: the same id again is the same touchpoint."""
    at: datetime
    """UTC."""
    touch: Touchpoint
    device: str | None = None
    place: str | None = None
    session_id: str | None = None
    visitor_id: str | None = None
    caller_number: str | None = None
    """E.164."""
    shown_number: str | None = None
    """The tracking number on the visitor's screen; E.164."""
    call: str | None = None
    """Public id of the call that it led to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedTouch:
    """A touchpoint of a call, and what binds it to it."""

    touch: Touchpoint
    by: MatchedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingNumber:
    """What a number stands for that is printed or listed somewhere: on a billboard, a flyer, a business profile."""

    number: str
    """E.164."""
    channel: Channel
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    first_day: date | None = None
    """In the workspace's time zone; None: always."""
    last_day: date | None = None
    """The day itself is one of them; None: without an end."""

    @property
    def dates(self) -> str:
        """For people."""
        parts = [f"{word} {day}" for word, day in (("from", self.first_day), ("to", self.last_day)) if day is not None]
        return " ".join(parts) or "at all times"
