"""A call: what the phone system knows of it, how it was tracked, and how far it has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from models.conversation import Role

CallId = NewType("CallId", int)
"""The number of a call inside the database; outside, a call is known by its public id (a ULID)."""

Language = str
"""ISO 639-1 code in lower case: `en`, `ru`, `fa`, and whatever else an engine detects."""

LANGUAGES: tuple[Language, ...] = ("en", "ru", "fa")
"""The languages that have lexicons."""


class Stage(StrEnum):
    """A step on the road; each is one kind of work row."""

    FETCH = "fetch"
    """Bytes that are not yet ours: a URL, an object that has landed."""
    TRANSCRIBE = "transcribe"
    DIARIZE = "diarize"
    CLASSIFY = "classify"
    TRACK = "track"
    """The workspace's trackers have changed since the call was classified."""
    FEED_BACK = "feed_back"
    DELIVER = "deliver"
    FOLLOW = "follow"
    """The records of the other calls of a lead that this one has changed."""
    RESTATE = "restate"
    """Its touchpoints, or what the number dialled stands for, have changed since its record was written."""


BESIDE_THE_ROAD = (Stage.DELIVER, Stage.TRACK, Stage.FOLLOW, Stage.RESTATE)
"""A call is finished without them."""


class CallState(StrEnum):
    """How far a call has come."""

    WORKING = "working"
    """Some stage is still due or running."""
    FINISHED = "finished"
    """Every stage is through, or there was no speech to work on."""
    FAILED = "failed"
    """A stage gave up; `reason` on the call says why. The call and its recording are kept."""
    ERASED = "erased"
    """Erased on request; a tombstone is left in the feed."""


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class StartKnownFrom(StrEnum):
    """Where a call's start time came from."""

    METADATA = "metadata"
    OBJECT = "object"
    """The modification time of the recording: the metadata named no start."""
    RECEIVED = "received"
    """The moment it reached us: nothing better was known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touchpoint:
    """One contact of a visitor with a channel before the call."""

    at: datetime | None = None
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    content: str | None = None
    keyword: str | None = None
    landing_page: str | None = None
    referrer: str | None = None
    click_ids: Mapping[str, str] = field(default_factory=dict)
    """By the name of the parameter: `gclid`, `gbraid`, `wbraid`, `yclid`, `fbclid`, `msclkid`, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """What the tracking system knew when the phone rang. All None and empty: nothing was tracked."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    content: str | None = None
    keyword: str | None = None
    landing_page: str | None = None
    referrer: str | None = None
    click_ids: Mapping[str, str] = field(default_factory=dict)
    session_id: str | None = None
    client_id: str | None = None
    consent: Mapping[str, str] = field(default_factory=dict)
    """Such as `{"ad_user_data": "granted"}`; empty means not known, which is not a refusal."""
    touchpoints: tuple[Touchpoint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What came with a call from outside. None means not known."""

    provider: str = ""
    """Which phone system the external id belongs to; part of a call's identity."""
    external_id: str | None = None
    started_at: datetime | None = None
    """UTC."""
    started_from: StartKnownFrom | None = None
    direction: Direction | None = None
    caller_number: str | None = None
    """Who dialled; E.164 where it could be read as a phone number."""
    dialled_number: str | None = None
    agent: str | None = None
    branch: str | None = None
    answered: bool | None = None
    answered_at: datetime | None = None
    ring_seconds: float | None = None
    talk_seconds: float | None = None
    hold_seconds: float | None = None
    channel_roles: Mapping[int, Role] = field(default_factory=dict)
    """Which audio channel (from 0) is whom; empty when not known."""
    language: Language | None = None
    tracking: Tracking = field(default_factory=Tracking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as it is stored."""

    id: CallId
    public_id: str
    workspace_id: int
    facts: CallFacts
    state: CallState
    stage: Stage | None
    """The stage that is due or running, None when there is none."""
    progress: float | None
    """Of the running stage, 0 to 1; None when nothing runs or nothing is known."""
    reason: str | None
    """Why it failed, or why it has no tags (no speech, no engine for the language)."""
    received_at: datetime
    updated_at: datetime
    has_recording: bool
    duration: float | None
    """Seconds of sound; None until the recording has been opened."""
    audio_channels: int | None
    language: Language | None
    """Given or detected."""
    engine: str | None
    """What wrote the current transcript."""
    origin: str = ""
    """Where it came from, for people: a file name, an address, an object's key."""


def overlaid(below: CallFacts, above: CallFacts, named: frozenset[str]) -> CallFacts:
    """`below` with the fields that `above` names (`tracking.source` for one of tracking)."""
    plain = {name: getattr(above, name) for name in named if "." not in name and name != "tracking"}
    tracked = {name.split(".")[1]: None for name in named if name.startswith("tracking.")}
    tracking = replace(below.tracking, **{name: getattr(above.tracking, name) for name in tracked})
    return replace(below, **plain, tracking=tracking)
