"""Words with a speaker: the input of every classifier."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from models.transcript import Word

DOUBTFUL_BELOW = 0.8
"""Confidence in who is who; below it about one call in three had agent and caller the wrong way round, cross-validated
on the calls that the weights were fitted to, with none to three of their first turns taken away."""


class Role(StrEnum):
    AGENT = "agent"
    CALLER = "caller"
    """The person outside the business, whoever dialled."""
    MACHINE = "machine"
    """A greeting, a menu, an answering machine."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """A stretch of sound that one speaker holds; what a diarizer returns. Seconds."""

    start: float
    end: float
    speaker: int


@dataclass(frozen=True, slots=True)
class Diarization:
    """Who speaks when, as a diarizer heard it. Ordered by start."""

    turns: tuple[SpeakerTurn, ...] = ()
    """All speech of all speakers; turns of two may overlap."""
    exclusive: tuple[SpeakerTurn, ...] = ()
    """One speaker at a time: by these words get their speaker."""

    @classmethod
    def without_overlap(cls, turns: Iterable[SpeakerTurn]) -> "Diarization":
        """Of an engine that hears one speaker at a time."""
        ordered = tuple(turns)
        return cls(ordered, ordered)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says until another one does."""

    speaker: int
    role: Role
    words: tuple[Word, ...]
    numbers: tuple[int, ...]
    """The words' places in the transcript: what evidence points to."""

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The turns of a call in the order in which they begin."""

    turns: tuple[Turn, ...]
    language: str | None
    role_confidence: float = 1.0
    """How sure we are of who is agent and who is caller, 0 to 1."""
    speech: tuple[SpeakerTurn, ...] = ()
    """All speech of all speakers as the diarizer heard it, overlaps included; empty where channels are speakers."""
    diarizer: str = ""
    """What told the speakers apart, and how."""
    rough: bool = False
    """The words come from an engine that errs too often for this language."""

    @property
    def roles_doubtful(self) -> bool:
        """Whether a person should look who is agent and who is caller."""
        return bool(self.turns) and self.role_confidence < DOUBTFUL_BELOW
