"""From the words of the product to what the API shows of them."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from api.lead_schemas import LeadCallOut, LeadOut, LeadWithCalls
from api.schemas import (
    AcceptedCall,
    CallOut,
    CallSummary,
    ChannelHealthOut,
    CorrectionOut,
    DroppedOut,
    FindingOut,
    LanguageOut,
    LeakOut,
    QuoteOut,
    RecordOut,
    SoundEventOut,
    SoundOut,
    SpeechOut,
    TagOut,
    TagsOut,
    TrackingOut,
    TranscriptOut,
    TurnOut,
    WordOut,
)
from attribution.record import UNKNOWN
from models.call import Call
from models.conversation import Conversation, Turn
from models.health import Health
from models.tag import Correction, Tag, TagStatus, quote_of
from models.transcript import Transcript
from storage.lead_list import ListedCall, StoredLead
from storage.records import Change


def call_summary(call: Call) -> CallSummary:
    return CallSummary(**_call(call))


def call_out(call: Call) -> CallOut:
    roles = dict(call.facts.channel_roles)
    return CallOut(**_call(call), channel_roles=roles, tracking=TrackingOut.model_validate(call.facts.tracking))


def accepted_call(call: Call, *, created: bool) -> AcceptedCall:
    return AcceptedCall(**_call(call), created=created)


def _call(call: Call) -> dict[str, Any]:
    facts = {field.name: getattr(call.facts, field.name) for field in fields(call.facts)}
    own = {field.name: getattr(call, field.name) for field in fields(call) if field.name != "facts"}
    both = {**facts, **own, "id": call.public_id, "provider": call.facts.provider or None}
    both["language"] = call.language or call.facts.language
    return {name: both[name] for name in CallSummary.model_fields}


def transcript_out(
    public_id: str, transcript: Transcript, turns: Sequence[Turn], conversation: Conversation | None
) -> TranscriptOut:
    """`conversation`: None while nobody has told the speakers apart; then `turns` follow the audio channels."""
    return TranscriptOut(
        call=public_id,
        language=transcript.language,
        language_confidence=transcript.language_confidence,
        engine=transcript.engine,
        diarizer=conversation.diarizer if conversation else None,
        role_confidence=conversation.role_confidence if conversation else None,
        roles_doubtful=conversation is not None and conversation.roles_doubtful,
        duration=transcript.duration,
        rough=transcript.rough,
        partial=transcript.partial,
        notes=list(transcript.notes),
        dropped=[DroppedOut.model_validate(dropped) for dropped in transcript.dropped],
        languages=[LanguageOut.model_validate(stretch) for stretch in transcript.languages],
        speech=[SpeechOut.model_validate(turn) for turn in conversation.speech] if conversation else [],
        turns=[_turn(turn) for turn in turns],
    )


def sound_out(public_id: str, encoding: str | None, health: Health) -> SoundOut:
    return SoundOut(
        call=public_id,
        encoding=encoding,
        verdict=health.verdict,
        factor=health.factor,
        one_sound=health.one_sound,
        findings=[FindingOut.model_validate(finding) for finding in health.findings],
        events=[SoundEventOut.model_validate(event) for event in health.events],
        leaks=[LeakOut.model_validate(leak) for leak in health.leaks],
        channels=[ChannelHealthOut.model_validate(channel) for channel in health.channels],
    )


def _turn(turn: Turn) -> TurnOut:
    return TurnOut(
        speaker=turn.speaker,
        role=turn.role,
        start=next((word.start for word in turn.words if word.start is not None), None),
        end=next((word.end for word in reversed(turn.words) if word.end is not None), None),
        text=turn.text,
        words=[WordOut.model_validate(word) for word in turn.words],
    )


def tags_out(
    public_id: str,
    tags: Sequence[Tag],
    corrections: Sequence[Correction],
    machine: Sequence[Tag],
    conversation: Conversation | None,
) -> TagsOut:
    """`machine`: the tags without the corrections; `conversation`: the one that the tags were made from."""
    return TagsOut(
        call=public_id,
        tags=[_tag(tag, conversation) for tag in tags],
        corrections=[
            CorrectionOut(
                kind=one.kind,
                values=list(one.values),
                who=one.who,
                at=one.at,
                why=one.why,
                machine=[_tag(tag, conversation) for tag in machine if tag.kind is one.kind],
            )
            for one in corrections
        ],
    )


def _tag(tag: Tag, conversation: Conversation | None) -> TagOut:
    withheld = tag.status is TagStatus.WITHHELD
    quotes = [quote_of(conversation, evidence) for evidence in tag.evidence] if conversation else []
    return TagOut(
        kind=tag.kind,
        item=tag.item,
        value=UNKNOWN if withheld else tag.value,
        best_guess=tag.value if withheld else None,
        score=None if withheld else tag.score,
        confidence=round(tag.confidence, 3),
        status=tag.status,
        reason=tag.reason,
        detail=dict(tag.detail),
        source=tag.source,
        version=tag.version,
        quotes=[QuoteOut.model_validate(quote) for quote in quotes],
    )


def lead_out(lead: StoredLead) -> LeadOut:
    return LeadOut(**_lead(lead))


def lead_with_calls(lead: StoredLead, calls: Sequence[ListedCall], *, next_: int | None) -> LeadWithCalls:
    return LeadWithCalls(**_lead(lead), page=[_lead_call(call) for call in calls], next=next_)


def _lead(lead: StoredLead) -> dict[str, Any]:
    return {
        "id": lead.public_id,
        "caller_number": lead.caller_number,
        "first_call_at": lead.started_at,
        "last_call_at": lead.last_at,
        "calls": lead.calls,
        "first_stated_channel": lead.channel,
        "best_quality": lead.quality or UNKNOWN,
        "latest_outcome": lead.outcome or UNKNOWN,
    }


def _lead_call(call: ListedCall) -> LeadCallOut:
    return LeadCallOut(
        call=call.public_id,
        external_id=call.external_id,
        number=call.number,
        started_at=call.started_at,
        direction=call.direction,
        stated_channel=call.channel,
        quality=call.quality or UNKNOWN,
        outcome=call.outcome or UNKNOWN,
    )


def record_out(change: Change) -> RecordOut:
    return RecordOut(
        seq=change.seq,
        revision=change.revision,
        type=change.type,
        at=change.at,
        call=change.call_public_id,
        record=change.body,
    )
