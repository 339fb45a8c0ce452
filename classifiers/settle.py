"""Several opinions to one tag for each question; a person's word wins. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from classifiers.campaigns import with_campaigns
from models.call import LANGUAGES
from models.errors import BadInput
from models.lead import SCORE_RANGES, LeadQuality, Outcome
from models.tag import (
    CHANNEL_KINDS,
    Correction,
    Opinion,
    Source,
    Tag,
    TagKind,
    TagStatus,
    WithheldReason,
)

ROUGH_FACTOR = 0.8
"""What a confidence is multiplied with when the words come from an engine that errs too often. Chosen, not measured: it
withholds what was barely sure on clean words and leaves the clear cases."""

ASKED_OF_EVERY_CALL = (TagKind.STATED_CHANNEL, TagKind.LEAD_QUALITY, TagKind.OUTCOME)
"""Kinds that have a tag, if only a withheld one, on every call with speech."""

_EXCLUSIVE = (TagKind.STATED_CHANNEL, TagKind.POSSIBLE_CHANNEL, TagKind.DENIED_CHANNEL)
"""A channel that a person puts under one of these leaves the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The confidence from which on an answer is given; below it is withheld. 0 to 1."""

    default: float = 0.5
    by_kind: Mapping[TagKind, float] = field(
        # These are shown as seen, they decide nothing.
        default_factory=lambda: {TagKind.MENTION: 0.0, TagKind.INCIDENTAL_CHANNEL: 0.3, TagKind.POSSIBLE_CHANNEL: 0.3}
    )
    by_language: Mapping[str, Mapping[TagKind, float]] = field(default_factory=dict)
    """Exceptions for a language, which go before `by_kind`."""

    def of(self, kind: TagKind, language: str | None) -> float:
        """The threshold of one kind of tag in one language."""
        own = self.by_language.get(language or "", {})
        return own.get(kind, self.by_kind.get(kind, self.default))


def thresholds_of(entries: Iterable[str]) -> Thresholds:
    """The defaults, changed by entries such as `outcome=0.6` and `fa.outcome=0.7`. Raises BadInput."""
    plain = Thresholds()
    by_kind = dict(plain.by_kind)
    by_language: dict[str, dict[TagKind, float]] = {language: dict(own) for language, own in plain.by_language.items()}
    for entry in entries:
        name, _, limit = entry.partition("=")
        language, dot, kind = name.strip().rpartition(".")
        if dot and language not in LANGUAGES:
            raise BadInput(
                f"{entry!r} is of no language that is tagged; write one of {', '.join(LANGUAGES)}: fa.{kind}=0.6"
            )
        chosen = by_language.setdefault(language, {}) if dot else by_kind
        chosen[_kind(kind, entry)] = _share(limit, entry)
    return replace(plain, by_kind=by_kind, by_language=by_language)


def _kind(name: str, entry: str) -> TagKind:
    try:
        return TagKind(name)
    except ValueError:
        raise BadInput(
            f"{entry!r} names no tag; write one of {', '.join(TagKind)}, and a number: outcome=0.6"
        ) from None


def _share(text: str, entry: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise BadInput(f"{entry!r} has no confidence from 0 to 1 behind its =; write outcome=0.6")
    return share


def settle(
    opinions: Sequence[Opinion],
    corrections: Sequence[Correction],
    *,
    thresholds: Thresholds | None = None,
    usable: WithheldReason | None = None,
    language: str | None = None,
    rough: bool = False,
    sound: float = 1.0,
) -> list[Tag]:
    """One tag for each (kind, item), in the order of `TagKind`.

    `usable` None: the words can be relied on. Otherwise everything a machine thinks is withheld for that reason, and
    the kinds asked of every call get a tag without a value where nobody had an opinion. `rough` lowers confidences,
    and so does poor `sound`, by that factor, 0 to 1.
    """
    limits = thresholds or Thresholds()
    factor = sound * (ROUGH_FACTOR if rough else 1.0)
    opinions = with_campaigns(opinions)
    stated = [opinion for opinion in opinions if opinion.kind is TagKind.STATED_CHANNEL]
    agreed = [_agreed(group, stated, factor) for group in _grouped(opinions).values()]
    machine = [_judged(opinion, limits, usable, language) for opinion in agreed]
    machine = _without_needless_none(machine)
    if usable is not None:
        known = {tag.kind for tag in machine}
        machine += [_blank(kind, usable) for kind in ASKED_OF_EVERY_CALL if kind not in known]
    tags = _corrected(machine, _latest(corrections))
    order = list(TagKind)
    return sorted(_consistent(tags), key=lambda tag: order.index(tag.kind))


def _grouped(opinions: Iterable[Opinion]) -> dict[tuple[str, str], list[Opinion]]:
    """By what they answer. Of a channel that is one question: in which of the lists it belongs."""
    groups: dict[tuple[str, str], list[Opinion]] = {}
    for opinion in opinions:
        of_channel = opinion.kind in CHANNEL_KINDS and opinion.item
        groups.setdefault(("channel" if of_channel else opinion.kind.value, opinion.item), []).append(opinion)
    return groups


def _agreed(group: list[Opinion], stated: Sequence[Opinion], factor: float) -> Opinion:
    """The surest opinion, its confidence cut by the share that contradicts it.

    Classifiers read the same words, so agreement is no independent proof and raises nothing. What one of those who
    agree knows beside the value, such as the campaign of a channel, is kept. `stated`: what all of them say of stated
    channels, for "none was named" contradicts each that was.
    """
    best = max(group, key=lambda opinion: opinion.confidence)
    others = [*group, *(one for one in stated if best.kind is one.kind and bool(one.item) != bool(best.item))]
    against = max((one.confidence for one in others if (one.kind, one.value) != (best.kind, best.value)), default=0.0)
    sure = best.confidence * (best.confidence / (best.confidence + against)) if against else best.confidence
    agreeing = (one.detail for one in group if (one.kind, one.value) == (best.kind, best.value))
    detail = {name: known for one in agreeing for name, known in one.items()}
    return replace(best, confidence=min(1.0, max(0.0, sure * factor)), detail={**detail, **best.detail})


def _judged(opinion: Opinion, limits: Thresholds, usable: WithheldReason | None, language: str | None) -> Tag:
    reason = usable
    if reason is None and opinion.confidence < limits.of(opinion.kind, language):
        reason = WithheldReason.LOW_CONFIDENCE
    return Tag(
        kind=opinion.kind,
        item=opinion.item,
        value=opinion.value,
        score=opinion.score,
        confidence=opinion.confidence,
        status=TagStatus.GIVEN if reason is None else TagStatus.WITHHELD,
        reason=reason,
        evidence=opinion.evidence,
        detail=opinion.detail,
        source=opinion.source,
        version=opinion.version,
    )


def _without_needless_none(tags: list[Tag]) -> list[Tag]:
    """`No channel was named` falls where one that is at least as sure was named."""
    surest: dict[TagKind, float] = {}
    for tag in tags:
        if tag.item:
            surest[tag.kind] = max(surest.get(tag.kind, 0.0), tag.confidence)
    return [
        tag for tag in tags if tag.kind not in CHANNEL_KINDS or tag.item or tag.confidence > surest.get(tag.kind, -1.0)
    ]


def _blank(kind: TagKind, reason: WithheldReason) -> Tag:
    return Tag(
        kind=kind,
        value=None,
        confidence=0.0,
        status=TagStatus.WITHHELD,
        reason=reason,
        source=Source.RULES,
        version="",
    )


def _latest(corrections: Iterable[Correction]) -> dict[TagKind, Correction]:
    latest: dict[TagKind, Correction] = {}
    for correction in corrections:
        known = latest.get(correction.kind)
        if known is None or correction.at >= known.at:
            latest[correction.kind] = correction
    return latest


def _corrected(machine: list[Tag], corrections: Mapping[TagKind, Correction]) -> list[Tag]:
    placed = {value for kind in _EXCLUSIVE if kind in corrections for value in corrections[kind].values}
    kept = [
        tag
        for tag in machine
        if tag.kind not in corrections and not (tag.kind in _EXCLUSIVE and tag.item and tag.item in placed)
    ]
    for kind, correction in corrections.items():
        own = [tag for tag in machine if tag.kind is kind]
        values = correction.values if kind in CHANNEL_KINDS else correction.values[:1]
        kept += [_by_person(kind, value, own) for value in dict.fromkeys(values)]
        if not correction.values and kind is TagKind.STATED_CHANNEL:
            kept.append(_by_person(kind, "", own))
    return kept


def _by_person(kind: TagKind, value: str, machine: list[Tag]) -> Tag:
    """A person's value, with the machine's evidence where the machine said the same."""
    item = value if kind in CHANNEL_KINDS else ""
    same = next((tag for tag in machine if tag.value == (value or None) and tag.item in (item, value)), None)
    return Tag(
        kind=kind,
        item=item,
        value=value or None,
        score=_score(value, machine) if kind is TagKind.LEAD_QUALITY else None,
        confidence=1.0,
        status=TagStatus.CORRECTED,
        evidence=same.evidence if same else (),
        detail=same.detail if same else {},
        source=Source.HUMAN,
        version="",
    )


def _score(value: str, machine: list[Tag]) -> int | None:
    """The machine's score moved into the range of the corrected quality; its middle where there was none."""
    if value not in set(LeadQuality):
        return None
    low, high = SCORE_RANGES[LeadQuality(value)]
    scores = [tag.score for tag in machine if tag.score is not None]
    return min(high, max(low, scores[0])) if scores else (low + high) // 2


def _consistent(tags: list[Tag]) -> list[Tag]:
    """A reason stands only beside what it is the reason of, and is not surer than that."""
    outcome = next((tag for tag in tags if tag.kind is TagKind.OUTCOME), None)
    if outcome is not None and outcome.value != Outcome.LOST.value:
        corrected = TagStatus.CORRECTED
        tags = [tag for tag in tags if tag.kind is not TagKind.LOST_REASON or tag.status is corrected]
    return _with_reason_of_no_lead(tags)


def _with_reason_of_no_lead(tags: list[Tag]) -> list[Tag]:
    quality = next((tag for tag in tags if tag.kind is TagKind.LEAD_QUALITY), None)
    reason = next((tag for tag in tags if tag.kind is TagKind.NOT_A_LEAD_REASON), None)
    if reason is None:
        return tags
    if reason.status is TagStatus.CORRECTED and (quality is None or quality.status is not TagStatus.CORRECTED):
        implied = _by_person(TagKind.LEAD_QUALITY, LeadQuality.NOT_A_LEAD.value, [quality] if quality else [])
        return [implied, *(tag for tag in tags if tag.kind is not TagKind.LEAD_QUALITY)]
    if quality is None or quality.value == LeadQuality.NOT_A_LEAD.value:
        withheld = quality is not None and quality.status is TagStatus.WITHHELD
        if not withheld or quality is None or reason.status is TagStatus.WITHHELD:
            return tags
        unsure = replace(reason, status=TagStatus.WITHHELD, reason=quality.reason)
        return [unsure if tag is reason else tag for tag in tags]
    return [tag for tag in tags if tag is not reason]
