"""Finished transcripts as lines of JSON: one call a line in, one line of tags out.

In: `{"id": "…", "language": "en", "turns": [{"speaker": "agent", "text": "…", "start": 0.0, "end": 2.5}]}`. `start` and
`end` (seconds) and `language` may be missing; fields that we do not know are left alone, so labelled lines can be read.

Out, see `results`: plain best guesses at the top, so that a scorer reads them at once; under `tags` the same answers
with what stands behind each. A withheld answer is printed as well, with its `status`: that is how abstention is scored.
"""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from models.conversation import Conversation, Role, Turn
from models.errors import BadInput
from models.lead import LeadQuality
from models.tag import Correction, Evidence, Tag, TagKind
from models.transcript import Word, spread_words

_ROLES = {
    **dict.fromkeys(("agent", "operator", "manager", "rep", "representative", "employee", "business"), Role.AGENT),
    **dict.fromkeys(("caller", "customer", "client", "lead", "prospect"), Role.CALLER),
    **dict.fromkeys(("machine", "ivr", "bot", "system", "voicemail"), Role.MACHINE),
}
_CHANNEL_FIELDS = {
    TagKind.STATED_CHANNEL: "stated_channels",
    TagKind.POSSIBLE_CHANNEL: "possible_channels",
    TagKind.DENIED_CHANNEL: "denied_channels",
    TagKind.INCIDENTAL_CHANNEL: "incidental_channels",
}
_SINGLE_FIELDS = (TagKind.LEAD_QUALITY, TagKind.NOT_A_LEAD_REASON, TagKind.OUTCOME, TagKind.LOST_REASON)


def read_conversation(record: Mapping[str, Any]) -> Conversation:
    """One line as a conversation; its words are the text split at white space, numbered through the call.

    A turn without words stays, so that turn numbers are those of the line. Words of a turn with times are spread over
    it by their length. Raises `BadInput` naming the field and its value.
    """
    if not isinstance(record, Mapping):
        raise BadInput(f"a call must be a JSON object with `id` and `turns`, not {_shown(record)}")
    call_id(record)
    given = record.get("turns")
    if not isinstance(given, list):
        raise BadInput(f"`turns` must be a list of turns, not {_shown(given)}")
    turns: list[Turn] = []
    speakers: dict[str, int] = {}
    first = 0
    for number, entry in enumerate(given):
        turn = _turn(entry, f"turns[{number}]", first, speakers)
        first += len(turn.words)
        turns.append(turn)
    return Conversation(turns=tuple(turns), language=_language(record.get("language")), diarizer="labelled")


def call_id(record: Mapping[str, Any]) -> str:
    """The `id` of a line as text. Raises `BadInput`."""
    given = record.get("id")
    if isinstance(given, bool) or not isinstance(given, str | int) or not str(given).strip():
        raise BadInput(f"`id` must be a text that names the call, not {_shown(given)}")
    return str(given)


def results(record: Mapping[str, Any], tags: Iterable[Tag]) -> dict[str, Any]:
    """The line that `earmark tag` prints for a call.

    `{"id", "language", "stated_channels": [identifier…], "possible_channels", "denied_channels",
    "incidental_channels", "mentions": [{"channel", "role", "stance", "speaker", "quote", "turn", "start", "end",
    "unit", "confidence", "status"}…], "lead_quality", "score", "not_a_lead_reason", "outcome", "lost_reason",
    "objections": [{"value", "answered", quote and place as above…}], "handling": {question: answer, "score"},
    "values": [{"value", "stage", "currency", "per", "as_said"…, quote and place…, "status"}…],
    "acts": [{"value", quote and place…}], "trackers": [{"value", "hits", "evidence"…}], "tags": {…}}`

    `tags` holds, under the same names, `{"value", "confidence", "status", "reason", "evidence": [{"quote", "speaker",
    "turn", "start", "end", "unit"}…], "source", "version"}`, `score` too for `lead_quality`; for channels a list of
    these, with one whose value is null where it was understood that none was named. `start` and `end` are seconds where
    the line has times (`unit` is then `seconds`), else characters of the turn's text. Quotes are cut from that text.
    """
    conversation = read_conversation(record)
    texts = [entry.get("text", "") for entry in record["turns"]]
    by_kind: dict[TagKind, list[Tag]] = {}
    for tag in tags:
        by_kind.setdefault(tag.kind, []).append(tag)
    single = {kind: next(iter(by_kind.get(kind, ())), None) for kind in _SINGLE_FIELDS}
    quality = single[TagKind.LEAD_QUALITY]

    def shown(tag: Tag) -> dict[str, Any]:
        return _tag(tag, conversation, texts)

    channels = {name: by_kind.get(kind, []) for kind, name in _CHANNEL_FIELDS.items()}
    return {
        "id": call_id(record),
        "language": conversation.language,
        **{name: [tag.item for tag in found if tag.item] for name, found in channels.items()},
        "mentions": [_mention(tag, conversation, texts) for tag in by_kind.get(TagKind.MENTION, ())],
        "lead_quality": quality.value if quality else None,
        "score": quality.score if quality else None,
        "not_a_lead_reason": _value(single[TagKind.NOT_A_LEAD_REASON]),
        "outcome": _value(single[TagKind.OUTCOME]),
        "lost_reason": _value(single[TagKind.LOST_REASON]),
        "objections": [_seen(tag, conversation, texts) for tag in by_kind.get(TagKind.OBJECTION, ())],
        "handling": _handling(by_kind.get(TagKind.HANDLING, ())),
        "values": [_amount(tag, conversation, texts) for tag in by_kind.get(TagKind.VALUE, ())],
        "acts": [_seen(tag, conversation, texts) for tag in by_kind.get(TagKind.ACT, ())],
        "trackers": [_tracker(tag, conversation, texts) for tag in by_kind.get(TagKind.TRACKER, ())],
        "tags": {
            **{name: [shown(tag) for tag in found] for name, found in channels.items()},
            **{kind.value: shown(tag) if tag else None for kind, tag in single.items()},
        },
    }


def record_of(conversation: Conversation, name: str) -> dict[str, Any]:
    """A conversation as a line, without times: what `read_conversation` reads."""
    turns = [{"speaker": turn.role.value, "text": turn.text} for turn in conversation.turns]
    return {"id": name, "language": conversation.language, "turns": turns}


def labels_of(corrections: Iterable[Correction]) -> dict[str, Any]:
    """A person's word as `labels`, under the names of `results`: only of the kinds that it is on."""
    labels: dict[str, Any] = {}
    for correction in corrections:
        if correction.kind in _CHANNEL_FIELDS:
            labels[_CHANNEL_FIELDS[correction.kind]] = list(correction.values)
        elif correction.kind in _SINGLE_FIELDS:
            labels[correction.kind.value] = next(iter(correction.values), None)
    if labels.get(TagKind.NOT_A_LEAD_REASON):
        labels.setdefault(TagKind.LEAD_QUALITY.value, LeadQuality.NOT_A_LEAD.value)
    return labels


def kind_of(field: str) -> TagKind:
    """The kind of tag that stands under this name in `results`."""
    return next((kind for kind, name in _CHANNEL_FIELDS.items() if name == field), None) or TagKind(field)


def _value(tag: Tag | None) -> str | None:
    return tag.value if tag else None


def _tag(tag: Tag, conversation: Conversation, texts: list[str]) -> dict[str, Any]:
    value = (tag.item or tag.value) if tag.kind in _CHANNEL_FIELDS else tag.value
    return {
        "value": value or None,
        **({"score": tag.score} if tag.kind is TagKind.LEAD_QUALITY else {}),
        "confidence": round(tag.confidence, 3),
        **({"campaign": tag.detail["campaign"]} if "campaign" in tag.detail else {}),
        "status": tag.status.value,
        "reason": tag.reason.value if tag.reason else None,
        "evidence": [_evidence(evidence, conversation, texts) for evidence in tag.evidence],
        "source": tag.source.value,
        "version": tag.version,
    }


def _mention(tag: Tag, conversation: Conversation, texts: list[str]) -> dict[str, Any]:
    place: dict[str, Any] = dict.fromkeys(("quote", "speaker", "turn", "start", "end", "unit"))
    if tag.evidence:
        place = _evidence(tag.evidence[0], conversation, texts)
    return {
        "channel": tag.value,
        "role": tag.detail.get("role"),
        "stance": tag.detail.get("stance"),
        **place,
        "speaker": tag.detail.get("speaker", place["speaker"]),
        "confidence": round(tag.confidence, 3),
        "status": tag.status.value,
    }


def _seen(tag: Tag, conversation: Conversation, texts: list[str]) -> dict[str, Any]:
    """What a turn does or says, where, and how sure that is."""
    place = _evidence(tag.evidence[0], conversation, texts) if tag.evidence else {}
    return {"value": tag.value, **tag.detail, **place, "confidence": round(tag.confidence, 3)}


def _amount(tag: Tag, conversation: Conversation, texts: list[str]) -> dict[str, Any]:
    return {**_seen(tag, conversation, texts), "status": tag.status.value}


def _tracker(tag: Tag, conversation: Conversation, texts: list[str]) -> dict[str, Any]:
    """A workspace's own phrases, with each place where they are said; `hits` is a count."""
    return {**_tag(tag, conversation, texts), "hits": int(tag.detail.get("hits", "0"))}


def _handling(tags: Iterable[Tag]) -> dict[str, Any]:
    """The answer to each question, and the score; nothing where nobody asked."""
    return {tag.item or "score": tag.value if tag.item else tag.score for tag in tags}


def _evidence(evidence: Evidence, conversation: Conversation, texts: list[str]) -> dict[str, Any]:
    turn = conversation.turns[evidence.turn]
    spans = [found.span() for found in re.finditer(r"\S+", texts[evidence.turn])]
    places = [place for place, number in enumerate(turn.numbers) if evidence.first <= number <= evidence.last]
    first, last = places[0], places[-1]
    start, end = spans[first][0], spans[last][1]
    seconds = turn.words[first].start is not None
    return {
        "quote": texts[evidence.turn][start:end],
        "speaker": turn.role.value,
        "turn": evidence.turn,
        "start": turn.words[first].start if seconds else start,
        "end": turn.words[last].end if seconds else end,
        "unit": "seconds" if seconds else "characters",
    }


def _turn(entry: object, where: str, first: int, speakers: dict[str, int]) -> Turn:
    if not isinstance(entry, Mapping):
        raise BadInput(f"`{where}` must be an object with `speaker` and `text`, not {_shown(entry)}")
    text = entry.get("text")
    if not isinstance(text, str):
        raise BadInput(f"`{where}.text` must be text, not {_shown(text)}")
    said_by = entry.get("speaker", "unknown")
    if said_by is not None and not isinstance(said_by, str):
        raise BadInput(f"`{where}.speaker` must be text such as `agent` or `caller`, not {_shown(said_by)}")
    name = (said_by or "unknown").strip().lower()
    speaker = speakers.setdefault(name, len(speakers))
    words = _words(text, _seconds(entry, where, "start"), _seconds(entry, where, "end"), where)
    numbered = tuple(Word(word.text, word.start, word.end, None, speaker) for word in words)
    return Turn(speaker, _ROLES.get(name, Role.UNKNOWN), numbered, tuple(range(first, first + len(numbered))))


def _words(text: str, start: float | None, end: float | None, where: str) -> tuple[Word, ...]:
    if start is not None and end is not None and end < start:
        raise BadInput(f"`{where}.end` is {end}, before its start {start}")
    return spread_words(text, start, end)


def _seconds(entry: Mapping[str, Any], where: str, field: str) -> float | None:
    given = entry.get(field)
    if given is None:
        return None
    right = isinstance(given, int | float) and not isinstance(given, bool)
    if not right or not math.isfinite(given) or given < 0:
        raise BadInput(f"`{where}.{field}` must be seconds from the beginning of the call, not {_shown(given)}")
    return float(given)


def _language(given: object) -> str | None:
    if given is None or given == "":
        return None
    if not isinstance(given, str):
        raise BadInput(f"`language` must be a code such as `en`, `ru` or `fa`, not {_shown(given)}")
    return re.split(r"[-_]", given.strip().lower())[0] or None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
