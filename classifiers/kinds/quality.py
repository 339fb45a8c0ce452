"""Lead quality by rules: a prospect's commitment, interest or refusal; or the reason why there is nothing to sell."""

from classifiers.cues import Cue, Side
from classifiers.purpose import Purpose, weigh
from classifiers.reading import Whole, calibrated, read_whole
from models.context import Context
from models.conversation import Conversation
from models.lead import SCORE_RANGES, LeadQuality, Outcome
from models.tag import Opinion, TagKind

_COMMITTED = (Outcome.SALE_CLOSED, Outcome.APPOINTMENT_BOOKED)


class QualityRules:
    """An opinion on the quality with its score, and one on the reason where there is no lead."""

    version = "quality-rules-1"

    def classify(self, conversation: Conversation, context: Context) -> list[Opinion]:
        whole = read_whole(conversation, context)
        if whole is None:
            return []
        if whole.reading.purpose is not Purpose.PROSPECT:
            return self._no_lead(whole)
        quality, place, sure, cues = _judged(whole)
        low, high = SCORE_RANGES[quality]
        return [
            Opinion(
                kind=TagKind.LEAD_QUALITY,
                value=quality.value,
                score=round(low + (high - low) * min(1.0, max(0.0, place))),
                confidence=round(calibrated(whole.reading.confidence * sure), 3),
                evidence=whole.evidence(cues),
                version=self.version,
            )
        ]

    def _no_lead(self, whole: Whole) -> list[Opinion]:
        low, high = SCORE_RANGES[LeadQuality.NOT_A_LEAD]
        reading = whole.reading
        # What speaks for a prospect all the same lifts the score inside the range.
        points = weigh(whole.heard)[Purpose.PROSPECT][0] if whole.heard.cues else 0.0
        evidence = whole.evidence(reading.cues[:2])
        return [
            Opinion(
                kind=TagKind.LEAD_QUALITY,
                value=LeadQuality.NOT_A_LEAD.value,
                score=round(low + (high - low) * min(1.0, points / 10.0)),
                confidence=round(calibrated(reading.confidence), 3),
                evidence=evidence,
                version=self.version,
            ),
            Opinion(
                kind=TagKind.NOT_A_LEAD_REASON,
                value=reading.purpose.value,
                confidence=round(calibrated(reading.confidence), 3),
                evidence=evidence,
                version=self.version,
            ),
        ]


def create() -> QualityRules:
    return QualityRules()


def _judged(whole: Whole) -> tuple[LeadQuality, float, float, tuple[Cue, ...]]:
    """Quality, place in its range (0 to 1), confidence given that it is a prospect, and what shows it."""
    heard, ending = whole.heard, whole.ending
    eager = heard.of("buy_now", Side.CALLER)
    interest = min(1.0, 0.15 * sum(len(heard.of(name, Side.CALLER)) for name in _INTEREST))
    doubt = 0.2 * len(heard.of("thinks", Side.CALLER)) + 0.3 * heard.has("too_dear", Side.CALLER)
    shown = whole.reading.cues[:2]
    if ending.outcome in _COMMITTED:
        closed = 0.3 * (ending.outcome is Outcome.SALE_CLOSED)
        return LeadQuality.HOT, 0.4 + closed + 0.3 * bool(eager), ending.confidence + 0.05, ending.cues
    if ending.outcome is Outcome.LOST:
        own_no = bool(heard.of("decline", Side.CALLER))
        return LeadQuality.COLD, 0.5 + 0.3 * interest - 0.3 * own_no, ending.confidence, ending.cues
    if eager and not doubt:
        sure = 0.6 + 0.08 * len(eager)
        return LeadQuality.HOT, 0.1 + 0.1 * len(eager), min(0.85, sure), tuple(eager[:2])
    if heard.has("curious", Side.CALLER) and not heard.has("thinks", Side.CALLER):
        return LeadQuality.COLD, 0.4, 0.6, tuple(heard.of("curious", Side.CALLER)[:2])
    if heard.has("area_refused", Side.BUSINESS):
        return LeadQuality.COLD, 0.6, 0.55, tuple(heard.of("area_refused", Side.BUSINESS)[:2])
    agreed = 0.2 * (ending.outcome is Outcome.CALLBACK_AGREED)
    return LeadQuality.WARM, 0.35 + agreed + 0.4 * interest - 0.5 * doubt, 0.8 - 0.05 * len(eager), shown


_INTEREST = ("asks_price", "asks_visit", "asks_offer", "need", "order", "new_purchase")
