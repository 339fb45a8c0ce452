"""A call's metadata as JSON: the body of our API, and the `.json` beside a recording.

Keys are the fields of `models.call.CallFacts`; `transcript` and `recording_expected` may stand beside them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from connectors.json_faults import Faults, explain
from connectors.json_values import (
    Channel,
    Entries,
    Language,
    LongText,
    Moment,
    Name,
    Seconds,
    Spoken,
    Text,
    WayOfCall,
    WhoSpeaks,
    role_of,
)
from connectors.phone_number import phone_number
from models.call import CallFacts, StartKnownFrom, Touchpoint, Tracking
from models.conversation import Role
from models.errors import BadInput
from models.upload import DeliveredTranscript, SpokenTurn

_MAX_TURNS = 50_000
_MAX_TOUCHPOINTS = 1_000


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TouchpointMetadata(_Part):
    """One contact of the visitor before the call."""

    at: Moment = None
    source: Text = None
    medium: Text = None
    campaign: Text = None
    content: Text = None
    keyword: Text = None
    landing_page: LongText = None
    referrer: LongText = None
    click_ids: Entries | None = Field(None, examples=[{"gclid": "Cj0KCQ…"}])

    def to_touchpoint(self) -> Touchpoint:
        return Touchpoint(**{**_values(self), "click_ids": self.click_ids or {}})


class TrackingMetadata(_Part):
    """What the tracking system knew when the phone rang."""

    source: Text = None
    medium: Text = None
    campaign: Text = None
    content: Text = None
    keyword: Text = None
    landing_page: LongText = None
    referrer: LongText = None
    click_ids: Entries | None = Field(None, examples=[{"gclid": "Cj0KCQ…"}])
    session_id: Name = None
    client_id: Name = None
    consent: Entries | None = Field(None, examples=[{"ad_user_data": "granted"}])
    touchpoints: Annotated[list[TouchpointMetadata], Field(max_length=_MAX_TOUCHPOINTS)] | None = None

    def to_tracking(self) -> Tracking:
        touchpoints = tuple(point.to_touchpoint() for point in self.touchpoints or ())
        entries = {"click_ids": self.click_ids or {}, "consent": self.consent or {}}
        return Tracking(**{**_values(self), **entries, "touchpoints": touchpoints})


class TurnMetadata(_Part):
    """One turn of a finished transcript."""

    role: WhoSpeaks | None = None
    speaker: Text = Field(
        None,
        description="Read as a role (`agent`, `caller`, `customer`, …) where `role` is missing; "
        "any other name (`spk_0`) tells the speakers apart, and who is who is judged from the words.",
    )
    text: Spoken
    start: Seconds = Field(None, description="Seconds from the beginning of the recording.")
    end: Seconds = None

    @field_validator("end")
    @classmethod
    def _check_end(cls, end: float | None, info: ValidationInfo) -> float | None:
        start = info.data.get("start")
        if end is not None and start is not None and end < start:
            raise ValueError(f"is before the turn's start ({start:g}); both are seconds")
        return end

    @model_validator(mode="after")
    def _check_speaker(self) -> Self:
        if self.role is None and self.speaker is None:
            raise ValueError(f"does not say who speaks; set role to one of {', '.join(Role)}, or speaker to any name")
        return self

    def to_turn(self) -> SpokenTurn:
        role = self.role or role_of(self.speaker or "") or Role.UNKNOWN
        label = self.speaker if role is Role.UNKNOWN else None
        return SpokenTurn(role=role, text=self.text or "", start=self.start, end=self.end, speaker=label)


class TranscriptMetadata(_Part):
    """A finished transcript, as many phone systems deliver one."""

    language: Language = None
    engine: Text = Field(None, description="What wrote it, with its version if known.")
    turns: Annotated[list[TurnMetadata], Field(max_length=_MAX_TURNS)]

    def to_transcript(self) -> DeliveredTranscript:
        turns = tuple(turn.to_turn() for turn in self.turns if turn.text)
        return DeliveredTranscript(turns=turns, language=self.language, engine=self.engine or "delivered")


class CallMetadata(_Part):
    """What the phone system and the tracking know of a call. Whatever is left out is not known."""

    provider: Text = Field(None, description="Which phone system the external id belongs to.")
    external_id: Name = Field(None, description="The call's id there. With `provider` it is the call's identity.")
    started_at: Moment = Field(None, examples=["2026-11-03T14:05:20+03:00"])
    direction: WayOfCall = None
    caller_number: Name = Field(None, description="Who dialled.", examples=["+12025550143"])
    dialled_number: Name = None
    agent: Text = None
    branch: Text = None
    answered: StrictBool | None = None
    answered_at: Moment = None
    ring_seconds: Seconds = None
    talk_seconds: Seconds = None
    hold_seconds: Seconds = None
    channel_roles: dict[Channel, WhoSpeaks] | None = Field(
        None, description="Which audio channel, from 0, is whom.", examples=[{"0": "agent", "1": "caller"}]
    )
    language: Language = Field(None, description="ISO 639-1, if it is known.")
    tracking: TrackingMetadata | None = None
    transcript: TranscriptMetadata | None = None
    recording_expected: StrictBool = Field(False, description="The recording will come later, under the same id.")

    @field_validator("answered_at")
    @classmethod
    def _check_answered(cls, answered: datetime | None, info: ValidationInfo) -> datetime | None:
        started = info.data.get("started_at")
        if answered is not None and started is not None and answered < started:
            raise ValueError(f"is before started_at ({started:%Y-%m-%dT%H:%M:%SZ})")
        return answered

    def to_facts(self, *, region: str | None = None) -> CallFacts:
        """`region`: ISO 3166-1 alpha-2, for phone numbers without a country code."""
        plain = _values(self, without=("transcript", "recording_expected"))
        return CallFacts(
            **{
                **plain,
                "provider": self.provider or "",
                "started_from": StartKnownFrom.METADATA if self.started_at else None,
                "caller_number": _number(self.caller_number, region),
                "dialled_number": _number(self.dialled_number, region),
                "channel_roles": self.channel_roles or {},
                "tracking": self.tracking.to_tracking() if self.tracking else Tracking(),
            }
        )

    def named(self) -> frozenset[str]:
        """Fields of CallFacts that were sent, null among them: `agent`, `tracking.source`."""
        plain = self.model_fields_set - {"tracking", "transcript", "recording_expected"}
        tracked = self.tracking.model_fields_set if self.tracking else frozenset()
        return frozenset(plain | {f"tracking.{name}" for name in tracked})


FIELDS = {
    "": tuple(CallMetadata.model_fields),
    "tracking": tuple(TrackingMetadata.model_fields),
    "tracking.touchpoints": tuple(TouchpointMetadata.model_fields),
    "transcript": tuple(TranscriptMetadata.model_fields),
    "transcript.turns": tuple(TurnMetadata.model_fields),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallJson:
    """What a call's JSON says."""

    facts: CallFacts
    named: frozenset[str]
    """Fields of `facts` that the sender named."""
    transcript: DeliveredTranscript | None
    recording_expected: bool


def read_call_json(body: bytes | Mapping[str, Any], *, region: str | None = None) -> CallJson:
    """Raises BadInput that names each field at fault, its value, and what to do."""
    given = body if isinstance(body, Mapping) else _parsed(body)
    try:
        metadata = CallMetadata.model_validate(given)
    except ValidationError as error:
        raise BadInput(faults_said(error.errors())) from None
    return CallJson(
        facts=metadata.to_facts(region=region),
        named=metadata.named(),
        transcript=metadata.transcript.to_transcript() if metadata.transcript else None,
        recording_expected=metadata.recording_expected,
    )


def faults_said(faults: Faults) -> str:
    """Pydantic's faults with a CallMetadata, for people."""
    return explain(faults, FIELDS)


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        parsed = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"the metadata is no JSON ({error}): {_start(body)}") from None
    if not isinstance(parsed, dict):
        raise BadInput(f"the metadata must be one JSON object in braces, not {_start(body)}")
    return parsed


def _start(body: bytes) -> str:
    return repr(body[:60].decode(errors="replace").strip()) if body.strip() else "it is empty"


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON; leave the field out")


def _number(text: str | None, region: str | None) -> str | None:
    return phone_number(text, region=region) if text else None


def _values(part: BaseModel, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields as they are; `model_dump` would take nested parts to pieces."""
    return {name: getattr(part, name) for name in type(part).model_fields if name not in without}
