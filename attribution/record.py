"""The attribution record of a call as other systems read it: plain JSON, the same for the same call and tags. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from attribution.attribute import Attribution, ChannelVerdict, TrackedTouch, Verdict
from attribution.models import DEFAULTS, Model, Terms, credit, in_digits
from attribution.value import amounts
from models.call import Call, Tracking
from models.lead import LeadPlace
from models.tag import Evidence, Quote, Tag, TagKind, TagStatus

UNKNOWN = "unknown"
"""What is delivered in place of a withheld value; the guess stands beside it, for review."""

QuoteOf = Callable[[Evidence], Quote]
"""Evidence to its words; reads the transcript it points to."""


def record_body(
    call: Call,
    tags: Sequence[Tag],
    attribution: Attribution,
    *,
    lead: LeadPlace | None,
    quote_of: QuoteOf,
    model: Model,
    terms: Terms = DEFAULTS,
) -> dict[str, Any]:
    """The record's body. It holds no phone number and no time of its own making. `model`, `terms`: of its `credit`.

    - `call` (public id), `provider`, `external_id`, `started_at`, `started_from`, `direction`, `answered`, `duration`
      (seconds), `language`, `agent`, `branch`, `engine`, `state`, `reason`;
    - `tracked`: `channel` of the last touch (null: nothing was tracked), the tracking as it came in, and `path`: the
      touches up to the call in order of time, each with `matched_by` (`call`: it came with it; else what binds it);
    - `credit`: `{"model", "shares"}`: of each touch of the path, and of each channel that was only said, `{"channel",
      "touch" (its place in `path`, from 0; null: said), "share"}`; shares are decimal text of six digits and sum to
      exactly 1; empty: nothing to credit;
    - `verdict`, and `stated_channels`, `possible_channels`, `denied_channels`, `incidental_channels`: lists of
      `{"key", "channel", "campaign", "verdict", "confidence", "status", "reason", "best_guess", "source", "version",
      "quotes"}` (`verdict` for the first two; `campaign` is the workspace's own, whose words the caller said);
    - `stated`: how the question «which channel» stands as a whole: `{"status", "reason", "confidence"}`;
    - `lead_quality`, `not_a_lead_reason`, `outcome`, `lost_reason`: `{"key", "value", …}` with the same rest; `score` 0
      to 100;
    - `objections`: `{"key", "objection", "answered", …}` with the same rest;
    - `handling`: `{"score" (0 to 100), "confidence", "answers"}`, the last by question with the same rest, null without
      an answer;
    - `value`: `{"agreed", "quoted"}`: the surest amount that was agreed on (null without a sale or an appointment), and
      the surest that was quoted: `{"key", "amount" (decimal text; of a range the lower end), "high" (its upper end),
      "currency" (ISO 4217; null: not known), "per" (what it is the price of one of; null: of the whole), …}` with the
      same rest, or null; what is withheld is not there;
    - `trackers`: of the workspace's own phrases, those that were said: `{"key", "tracker", …}` with the same rest.
    - `lead`: what all calls of this number say together, and which of them this is: `{"id", "number" (from 1),
      "is_repeat", "first_stated_channel" (null: none was), "best_quality", "latest_outcome"}`; null for a call inside
      the business. New leads are those that are no repeat and whose `best_quality` is not `not_a_lead`.

    Null means that nobody could answer (no speech); `unknown` that an answer was withheld.
    """
    facts = call.facts
    single = {kind: next((tag for tag in tags if tag.kind is kind), None) for kind in _SINGLE}
    quality = single[TagKind.LEAD_QUALITY]
    return {
        "call": call.public_id,
        "provider": facts.provider or None,
        "external_id": facts.external_id,
        "started_at": _time(facts.started_at),
        "started_from": facts.started_from.value if facts.started_from else None,
        "direction": facts.direction.value if facts.direction else None,
        "answered": facts.answered,
        "duration": call.duration if call.duration is not None else facts.talk_seconds,
        "language": call.language or facts.language,
        "agent": facts.agent,
        "branch": facts.branch,
        "engine": call.engine,
        "state": call.state.value,
        "reason": call.reason,
        "tracked": _tracked(facts.tracking, attribution),
        "credit": _credit(call, attribution, model, terms),
        "verdict": attribution.verdict.value,
        "stated": _stated_as_a_whole(tags),
        "stated_channels": [_with_verdict(call, found, quote_of) for found in attribution.stated],
        "possible_channels": [_with_verdict(call, found, quote_of) for found in attribution.possible],
        "denied_channels": _channels(call, tags, TagKind.DENIED_CHANNEL, quote_of),
        "incidental_channels": _channels(call, tags, TagKind.INCIDENTAL_CHANNEL, quote_of),
        "lead": _lead(lead) if lead else None,
        "score": quality.score if quality and quality.status is not TagStatus.WITHHELD else None,
        **{kind.value: _answer(call, tag, quote_of) if tag else None for kind, tag in single.items()},
        "objections": [_objection(call, tag, quote_of) for tag in tags if tag.kind is TagKind.OBJECTION],
        "handling": _handling(call, [tag for tag in tags if tag.kind is TagKind.HANDLING], quote_of),
        "value": {stage.value: _amount(call, tag, quote_of) if tag else None for stage, tag in amounts(tags).items()},
        "trackers": [_tracker(call, tag, quote_of) for tag in tags if tag.kind is TagKind.TRACKER],
    }


def verdict_sentence(attribution: Attribution) -> str:
    """The verdict for people, in English: what was said and what was tracked."""
    said = ", ".join(found.channel for found in attribution.stated if found.verdict is not Verdict.UNKNOWN)
    tracked = attribution.channel or "nothing"
    sentences = {
        Verdict.AGREES: f"The caller named {said}, and that is what was tracked ({tracked}).",
        Verdict.ASSISTS: f"The caller named {said}, an earlier touch; the last one tracked is {tracked}.",
        Verdict.CONFLICTS: f"The caller named {said}, but {tracked} was tracked.",
        Verdict.FILLS: f"Nothing was tracked; the caller named {said}.",
        Verdict.UNSTATED: f"The caller named no channel to hold against the tracking ({tracked}).",
        Verdict.UNKNOWN: f"What the caller said is not known; tracked: {tracked}.",
    }
    return sentences[attribution.verdict]


_SINGLE = (TagKind.LEAD_QUALITY, TagKind.NOT_A_LEAD_REASON, TagKind.OUTCOME, TagKind.LOST_REASON)
_BY_ITEM = (TagKind.OBJECTION, TagKind.HANDLING, TagKind.VALUE)
"""Kinds whose `item` says which one it is, and not what the answer is."""


def _lead(place: LeadPlace) -> dict[str, Any]:
    return {
        "id": place.lead,
        "number": place.number,
        "is_repeat": place.number > 1,
        "first_stated_channel": place.channel,
        "best_quality": place.quality.value if place.quality else UNKNOWN,
        "latest_outcome": place.outcome.value if place.outcome else UNKNOWN,
    }


def _tracked(tracking: Tracking, attribution: Attribution) -> dict[str, Any]:
    return {
        "channel": attribution.channel,
        "source": tracking.source,
        "medium": tracking.medium,
        "campaign": tracking.campaign,
        "content": tracking.content,
        "keyword": tracking.keyword,
        "landing_page": tracking.landing_page,
        "referrer": tracking.referrer,
        "click_ids": dict(sorted(tracking.click_ids.items())),
        "session_id": tracking.session_id,
        "client_id": tracking.client_id,
        "consent": dict(sorted(tracking.consent.items())),
        "path": [_step(touch) for touch in attribution.path],
    }


def _step(touch: TrackedTouch) -> dict[str, Any]:
    return {
        "channel": touch.channel,
        "at": _time(touch.at),
        "source": touch.source,
        "medium": touch.medium,
        "campaign": touch.campaign,
        "matched_by": touch.matched_by.value,
    }


def _credit(call: Call, attribution: Attribution, model: Model, terms: Terms) -> dict[str, Any]:
    """The credits begin with the path's touches in their order, so a credit's place is that of its touch."""
    credits = credit(attribution, model=model, started_at=call.facts.started_at, terms=terms)
    written = in_digits([one.share for one in credits])
    shares = [
        {"channel": one.channel, "touch": None if one.touch is None else place, "share": share}
        for place, (one, share) in enumerate(zip(credits, written, strict=True))
    ]
    return {"model": model.value, "shares": shares}


def _stated_as_a_whole(tags: Sequence[Tag]) -> dict[str, Any] | None:
    """The surest answer to «which channel» that is not withheld, or why all are; None when nobody could ask."""
    asked = [tag for tag in tags if tag.kind is TagKind.STATED_CHANNEL]
    if not asked:
        return None
    shown = [tag for tag in asked if tag.status is not TagStatus.WITHHELD]
    best = max(shown or asked, key=lambda tag: tag.confidence)
    return {
        "status": best.status.value,
        "reason": best.reason.value if best.reason else None,
        "confidence": round(best.confidence, 3),
    }


def _with_verdict(call: Call, found: ChannelVerdict, quote_of: QuoteOf) -> dict[str, Any]:
    return {**_channel(call, found.tag, quote_of), "verdict": found.verdict.value}


def _channels(call: Call, tags: Sequence[Tag], kind: TagKind, quote_of: QuoteOf) -> list[dict[str, Any]]:
    return [_channel(call, tag, quote_of) for tag in tags if tag.kind is kind and tag.item]


def _channel(call: Call, tag: Tag, quote_of: QuoteOf) -> dict[str, Any]:
    answer = _answer(call, tag, quote_of)
    channel = answer.pop("value")
    campaign = None if tag.status is TagStatus.WITHHELD else tag.detail.get("campaign")
    return {"channel": channel, "campaign": campaign, **answer}


def _tracker(call: Call, tag: Tag, quote_of: QuoteOf) -> dict[str, Any]:
    answer = _answer(call, tag, quote_of)
    return {"tracker": answer.pop("value"), **answer}


def _amount(call: Call, tag: Tag, quote_of: QuoteOf) -> dict[str, Any]:
    told = {name: tag.detail.get(name) for name in ("high", "currency", "per")}
    answer = _answer(call, tag, quote_of)
    return {"amount": answer.pop("value"), **told, **answer}


def _objection(call: Call, tag: Tag, quote_of: QuoteOf) -> dict[str, Any]:
    answer = _answer(call, tag, quote_of)
    return {"objection": answer.pop("value"), "answered": tag.detail.get("answered") == "yes", **answer}


def _handling(call: Call, tags: Sequence[Tag], quote_of: QuoteOf) -> dict[str, Any] | None:
    """None where the agent's work was not looked at, or what was seen is too unsure for a score."""
    whole = next((tag for tag in tags if not tag.item and tag.status is not TagStatus.WITHHELD), None)
    if whole is None:
        return None
    answers = {tag.item: _answer(call, tag, quote_of) for tag in tags if tag.item}
    return {"score": whole.score, "confidence": round(whole.confidence, 3), "answers": answers}


def _answer(call: Call, tag: Tag, quote_of: QuoteOf) -> dict[str, Any]:
    withheld = tag.status is TagStatus.WITHHELD
    value = tag.value if tag.kind in _BY_ITEM else tag.item or tag.value
    return {
        "key": ":".join(part for part in (call.public_id, tag.kind.value, tag.item) if part),
        "value": UNKNOWN if withheld else value,
        "best_guess": value if withheld else None,
        "confidence": round(tag.confidence, 3),
        "status": tag.status.value,
        "reason": tag.reason.value if tag.reason else None,
        "source": tag.source.value,
        "version": tag.version or None,
        "quotes": [_quote(quote_of(evidence)) for evidence in tag.evidence],
    }


def _quote(quote: Quote) -> dict[str, Any]:
    return {"text": quote.text, "speaker": quote.speaker.value, "start": quote.start, "end": quote.end}


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")


def without_quotes(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body for a receiver that is to get what follows from the words, and not the words."""
    return {name: _quoteless(value) for name, value in body.items()}


def _quoteless(value: Any) -> Any:
    if isinstance(value, list):
        return [_quoteless(item) for item in value]
    if isinstance(value, dict):
        return {name: [] if name == "quotes" else _quoteless(item) for name, item in value.items()}
    return value
