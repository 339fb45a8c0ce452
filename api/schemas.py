"""What the API takes and gives, as the documentation shows it."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from models.call import CallState, Direction, Stage, StartKnownFrom
from models.conversation import Role
from models.health import EventKind, FindingKind, Severity, Verdict
from models.tag import Source, TagKind, TagStatus, WithheldReason

Seconds = Annotated[float, Field(description="Seconds from the beginning of the recording.")]


class Shown(BaseModel):
    """Made from our own dataclasses, field by field."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class TouchpointOut(Shown):
    """One contact of a visitor with a channel before the call."""

    at: datetime | None
    source: str | None
    medium: str | None
    campaign: str | None
    content: str | None
    keyword: str | None
    landing_page: str | None
    referrer: str | None
    click_ids: dict[str, str]


class TrackingOut(Shown):
    """What the tracking system knew when the phone rang."""

    source: str | None
    medium: str | None
    campaign: str | None
    content: str | None
    keyword: str | None
    landing_page: str | None
    referrer: str | None
    click_ids: dict[str, str]
    session_id: str | None
    client_id: str | None
    consent: dict[str, str]
    touchpoints: list[TouchpointOut]


class CallSummary(Shown):
    """A call: what the phone system knows of it, and how far it has come."""

    id: str = Field(description="Its public id, a ULID.")
    provider: str | None
    external_id: str | None
    started_at: datetime | None
    started_from: StartKnownFrom | None = Field(description="Where the start was taken from.")
    direction: Direction | None
    caller_number: str | None = Field(description="Who dialled; E.164 where it could be read as a phone number.")
    dialled_number: str | None
    agent: str | None
    branch: str | None
    answered: bool | None
    answered_at: datetime | None
    ring_seconds: float | None
    talk_seconds: float | None
    hold_seconds: float | None
    language: str | None = Field(description="ISO 639-1, given or detected.")
    state: CallState
    stage: Stage | None = Field(description="The stage that is due or running.")
    progress: float | None = Field(description="Of the running stage, 0 to 1.")
    reason: str | None = Field(description="Why it failed, or why it has no tags.")
    received_at: datetime
    updated_at: datetime
    has_recording: bool
    duration: float | None = Field(description="Seconds of sound; null until the recording was opened.")
    audio_channels: int | None
    engine: str | None = Field(description="What wrote the transcript.")


class CallOut(CallSummary):
    """A call with all that came with it."""

    channel_roles: dict[int, Role] = Field(description="Which audio channel, from 0, is whom.")
    tracking: TrackingOut


class AcceptedCall(CallSummary):
    """A call that was taken in."""

    created: bool = Field(description="False: the call was known, and what was sent updated it.")


class CallPage(Shown):
    """Calls, newest first."""

    calls: list[CallSummary]
    next: str | None = Field(description="For `before`: where the next page begins; null on the last one.")


class WordOut(Shown):
    """One word with its punctuation."""

    text: str
    start: Seconds | None
    end: Seconds | None
    confidence: float | None = Field(description="0 to 1, as the engine puts it.")


class TurnOut(Shown):
    """What one speaker says until another one does."""

    speaker: int
    role: Role
    start: Seconds | None
    end: Seconds | None
    text: str
    words: list[WordOut]


class DroppedOut(Shown):
    """A piece that is not among the words."""

    start: Seconds
    end: Seconds
    channel: int
    reason: str
    text: str = Field(description="What the engine wrote there, if anything.")


class LanguageOut(Shown):
    """A stretch in one language."""

    start: Seconds
    end: Seconds
    channel: int
    language: str
    confidence: float


class SpeechOut(Shown):
    """A stretch that one speaker holds."""

    start: Seconds
    end: Seconds
    speaker: int


class TranscriptOut(Shown):
    """Who said what."""

    call: str
    language: str | None
    language_confidence: float | None
    engine: str = Field(description="Engine, weights and options that wrote the words.")
    diarizer: str | None = Field(description="What told the speakers apart; null: that is still to be done.")
    role_confidence: float | None = Field(description="How sure it is who is agent and who is caller, 0 to 1.")
    roles_doubtful: bool = Field(description="A person should look who is agent and who is caller.")
    duration: float | None
    rough: bool = Field(description="By an engine that errs too often for this language; take the words with care.")
    partial: bool = Field(description="The recording broke off, and this is what there was.")
    notes: list[str] = Field(description="What was doubted, and why.")
    dropped: list[DroppedOut] = Field(description="Speech, or what was taken for it, that is not among the words.")
    languages: list[LanguageOut] = Field(description="Where the language changes; empty while it is one throughout.")
    speech: list[SpeechOut] = Field(
        description="Who speaks when as the diarizer heard it, overlaps included; empty where channels are speakers."
    )
    turns: list[TurnOut]


class FindingOut(Shown):
    """A number of the sound that is on the wrong side of its limit."""

    kind: FindingKind
    severity: Severity = Field(
        description="`notes` lowers nothing; `lowers` and `withholds` are what they say of tags."
    )
    channel: int | None = Field(description="null: of the whole recording.")
    value: float
    limit: float
    factor: float = Field(description="What confidences are multiplied with for it.")
    text: str = Field(description="For people.")


class SoundEventOut(Shown):
    """Something heard that is no speech."""

    kind: EventKind
    channel: int
    start: Seconds
    end: Seconds
    count: int = Field(description="Of digits: how many; of ringing and busy tone: how many bursts.")


class LeakOut(Shown):
    """One side is heard on the other's channel as well."""

    channel: int = Field(description="Where it does not belong.")
    source: int
    db: float = Field(description="How loud it is there against its own channel.")
    delay: float = Field(description="Seconds by which it comes later.")


class ChannelHealthOut(Shown):
    """What was measured of a channel; null: it cannot be told."""

    channel: int
    peak_db: float | None
    speech_db: float | None
    noise_db: float | None
    snr: float | None = Field(description="dB between speech and the quiet around it.")
    clipped: float = Field(description="Share of samples that stand at a limit.")
    bandwidth: float | None = Field(description="Hz up to which speech is carried.")
    silence: float = Field(description="Share of the recording.")
    speech: float = Field(description="Seconds.")
    dropouts: int
    dropout_seconds: float


class SoundOut(Shown):
    """How good the recording is, and what else than speech is in it."""

    call: str
    encoding: str | None = Field(description="What the file was: codec, samples a second, channels, container.")
    verdict: Verdict = Field(description="Whether tags stand, are less sure, or are withheld for the sound.")
    factor: float = Field(description="What confidences are multiplied with.")
    one_sound: bool = Field(description="All channels carry the same sound: a mono call stored as stereo.")
    findings: list[FindingOut]
    events: list[SoundEventOut]
    leaks: list[LeakOut]
    channels: list[ChannelHealthOut]


class QuoteOut(Shown):
    """The exact words that a tag stands on."""

    text: str
    speaker: Role
    start: Seconds | None
    end: Seconds | None


class TagOut(Shown):
    """One answer about a call."""

    kind: TagKind
    item: str = Field(description="For the kinds with several tags: which one; a channel, or the number of a mention.")
    value: str | None = Field(description="`unknown` where the answer is withheld; null: none was named.")
    best_guess: str | None = Field(description="Of a withheld answer, for review.")
    score: int | None = Field(description="For `lead_quality`: 0 to 100.")
    confidence: float = Field(description="0 to 1: how probable it is that the value is right.")
    status: TagStatus
    reason: WithheldReason | None = Field(description="Why it is withheld.")
    detail: dict[str, str]
    source: Source
    version: str
    quotes: list[QuoteOut]


class CorrectionOut(Shown):
    """A person's word on one kind of tag, and the machine's beside it."""

    kind: TagKind
    values: list[str]
    who: str
    at: datetime
    why: str | None
    machine: list[TagOut] = Field(description="What the machine says of this kind; it is kept, and given to nobody.")


class TagsOut(Shown):
    """All tags of a call, and the corrections that stand above the machine's."""

    call: str
    tags: list[TagOut]
    corrections: list[CorrectionOut]


class RecordOut(Shown):
    """The state of one attribution record."""

    seq: int = Field(description="Its place in the feed of the workspace.")
    revision: int = Field(description="Goes up each time the record says something else.")
    type: str = Field(description="`call.tagged`, `call.corrected` or `call.erased`.")
    at: datetime
    call: str
    record: dict[str, Any] | None = Field(description="Null: the call was erased; forget what you hold of it.")


class RecordPage(Shown):
    """Changed records, the oldest change first, each once in its last state."""

    records: list[RecordOut]
    next: str = Field(description="For `after`: ask with it again, now or tomorrow.")
    more: bool = Field(description="Whether there is more to read at once.")


class EventTaken(Shown):
    """What became of a storage event."""

    noticed: int = Field(description="How many objects in our bucket it told of.")


class Health(Shown):
    status: str
    version: str


class CheckOut(Shown):
    """One thing that must work."""

    name: str
    ok: bool
    detail: str = Field(description="What is wrong, and how to mend it.")


class Readiness(Shown):
    status: str
    checks: list[CheckOut]


class FaultOut(Shown):
    field: str
    value: Any
    detail: str


class ProblemOut(Shown):
    """RFC 9457 problem details."""

    type: str = Field(description="What kind of problem; `about:blank` for those of HTTP itself.")
    title: str
    status: int
    detail: str = Field(description="The value that is wrong, and what to do.")
    request_id: str = Field(description="The log has it too.")
    errors: list[FaultOut] = Field(default=[], description="Each value that is wrong.")


class CorrectionIn(BaseModel):
    """A person's word on one kind of tag; it replaces all that the machine said of this kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    values: list[str] = Field(
        max_length=100,
        description="One value; for a kind of channels any number of them; empty: none of them.",
        examples=[["google_ads"]],
    )
    why: str | None = Field(None, max_length=1000, description="A note for those who read it later.")
    who: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="Whose word it is; without it, the name of the API key."
    )


class RolesIn(BaseModel):
    """Who is who, by the numbers that speakers have in the transcript; who is left out stays what they were."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roles: dict[Annotated[int, Field(ge=0, le=99)], Role] = Field(
        min_length=1, max_length=100, examples=[{"0": "caller", "1": "agent"}]
    )
    why: str | None = Field(None, max_length=1000, description="A note for those who read it later.")
    who: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="Whose word it is; without it, the name of the API key."
    )
