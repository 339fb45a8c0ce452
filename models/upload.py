"""What is handed to `pipeline.ingest`: facts about a call, with its sound, its words, or neither."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.call import CallFacts
from models.conversation import Role


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """One turn of a transcript that somebody else made."""

    role: Role
    text: str
    start: float | None = None
    """Seconds; None when the sender gave no times."""
    end: float | None = None
    speaker: str | None = None
    """What the sender calls the speaker; tells speakers apart whose role is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredTranscript:
    """A finished transcript, as many phone systems deliver one."""

    turns: tuple[SpokenTurn, ...]
    language: str | None = None
    engine: str = "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """At most one of `file`, `url`, `object_key` and `transcript`; none: the metadata alone."""

    facts: CallFacts
    named: frozenset[str] = frozenset()
    """Fields of `facts` that the sender named (`tracking.source` for one of tracking); a repeat changes these alone."""
    file: Path | None = None
    """A local file that we may read; it is copied into the store."""
    url: str | None = None
    """Fetched by the worker, never while the sender waits."""
    object_key: str | None = None
    """Already in the store."""
    object_modified: datetime | None = None
    """When the object was last changed: the call's start when nothing better is known."""
    transcript: DeliveredTranscript | None = None
    recording_expected: bool = False
    """The sound will come later: the call waits for it without being unfinished."""
    origin: str = ""
    """Where it came from, for people: a file name, an address without its query, an object's key."""
    lane: str = "live"
    """`live` or `bulk`: live calls pass before a backlog."""
