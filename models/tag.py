"""What is said of a call, with the words that say so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.conversation import Conversation, Role


class TagKind(StrEnum):
    """A question that is answered about every call. Channel kinds have one tag for each channel."""

    STATED_CHANNEL = "stated_channel"
    """Discovery, affirmed. `item` is the channel; one with an empty item and no value: none was named."""
    POSSIBLE_CHANNEL = "possible_channel"
    """Discovery, uncertain."""
    DENIED_CHANNEL = "denied_channel"
    """Suggested by the agent, and the caller said no; or denied by the caller unasked."""
    INCIDENTAL_CHANNEL = "incidental_channel"
    MENTION = "mention"
    """One place in the transcript: `item` counts them from 0, `value` is the channel,
    `detail` has `role`, `stance` and `speaker`."""
    LEAD_QUALITY = "lead_quality"
    NOT_A_LEAD_REASON = "not_a_lead_reason"
    OUTCOME = "outcome"
    LOST_REASON = "lost_reason"
    """Why a prospect did not buy, where the outcome is `lost`."""
    OBJECTION = "objection"
    """`item` counts them from 0, `value` is its kind, `detail` says whether it was `answered`."""
    HANDLING = "handling"
    """`item` is a question about the agent's work, `value` its answer; the one without an item has the `score`."""
    VALUE = "value"
    """Money: `item` counts the amounts from 0, `value` is the amount as plain text, of a range its lower end. `detail`
    has the `stage` (`quoted` or `agreed`) and `as_said`, and where they are known the `currency` (ISO 4217), what it is
    `per`, `low` and `high`, the `unit_said` (toman) and the `alternatives`, parted by spaces."""
    ACT = "act"
    """What a turn does: `item` counts them from 0, `value` is an `Act`."""
    TRACKER = "tracker"
    """A workspace's own phrases were said: `item` and `value` are the tracker's name, the evidence is each place."""


CHANNEL_KINDS = (
    TagKind.STATED_CHANNEL,
    TagKind.POSSIBLE_CHANNEL,
    TagKind.DENIED_CHANNEL,
    TagKind.INCIDENTAL_CHANNEL,
)


class Source(StrEnum):
    RULES = "rules"
    MODEL = "model"
    LLM = "llm"
    HUMAN = "human"


class TagStatus(StrEnum):
    GIVEN = "given"
    WITHHELD = "withheld"
    """Shown and delivered as `unknown`; the best guess stays in `value`, for review."""
    CORRECTED = "corrected"
    """A person's word."""


class WithheldReason(StrEnum):
    LOW_CONFIDENCE = "low_confidence"
    POOR_SOUND = "poor_sound"
    LANGUAGE = "language"
    NO_TRANSCRIPT = "no_transcript"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of one turn, by their numbers in the transcript; the text is read there when it is shown."""

    first: int
    last: int
    """Both inclusive. All words from `first` to `last` that belong to turn `turn` of the conversation."""
    turn: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Evidence as people and receivers see it."""

    text: str
    speaker: Role
    start: float | None
    end: float | None
    """Seconds in the recording; None where there is no sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one classifier thinks. Several of them are settled to one tag."""

    kind: TagKind
    item: str = ""
    value: str | None
    score: int | None = None
    """For `lead_quality`: 0 to 100."""
    confidence: float
    """0 to 1: how probable it is that `value` is right."""
    evidence: tuple[Evidence, ...] = ()
    detail: Mapping[str, str] = field(default_factory=dict)
    source: Source = Source.RULES
    version: str = ""
    """Name and version of the classifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A person's word on one kind of tag of a call; it replaces all items of that kind."""

    kind: TagKind
    values: tuple[str, ...]
    """One value, or for a channel kind any number of channels; empty: none."""
    who: str
    at: datetime
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """The settled answer. With `status` withheld, `value` is the best guess and not to be delivered."""

    kind: TagKind
    item: str = ""
    value: str | None
    score: int | None = None
    confidence: float
    status: TagStatus
    reason: WithheldReason | None = None
    """Why it is withheld."""
    evidence: tuple[Evidence, ...] = ()
    detail: Mapping[str, str] = field(default_factory=dict)
    source: Source
    version: str


def quote_of(conversation: Conversation, evidence: Evidence) -> Quote:
    """The words that evidence points to, joined by one space, with their speaker and seconds."""
    turn = conversation.turns[evidence.turn]
    words = [
        word for number, word in zip(turn.numbers, turn.words, strict=True) if evidence.first <= number <= evidence.last
    ]
    return Quote(
        text=" ".join(word.text for word in words),
        speaker=turn.role,
        start=next((word.start for word in words if word.start is not None), None),
        end=next((word.end for word in reversed(words) if word.end is not None), None),
    )
