"""Which language a call speaks, from several stretches of speech all over it, and where it surely changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.transcript import LanguageStretch
from transcription.packing import Plan

SURE = 0.5
"""Below it the language of a call is called doubtful."""
CERTAIN = 0.8
"""Before a stretch is taken for another language than its call. Batched decoding without a floor turned German
windows to English at .43 and .29 (faster-whisper, issue 1322)."""
_LEAST = 5.0
"""Seconds of speech that can speak for another language: a name or a `bye` cannot."""
_GREETING = 20.0
"""Seconds of a call in which machines greet, often in another language; what begins there counts half."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What one pack sounds like."""

    plan: Plan
    chances: Mapping[str, float]
    """Of the languages that are allowed; what is missing to 1 went to others."""

    @property
    def best(self) -> str:
        return max(self.chances, key=lambda language: self.chances[language])


def windows(plans: Sequence[Plan], most: int) -> list[Plan]:
    """Up to about `most` packs from all over the call, of all sides alike; short ones only when there are no others."""
    worth = [plan for plan in plans if plan.seconds >= _LEAST] or list(plans)
    sides: dict[int, list[Plan]] = {}
    for plan in worth:
        sides.setdefault(plan.parts[0].channel, []).append(plan)
    chosen = [plan for found in sides.values() for plan in _spread(found, max(1, most // len(sides)))]
    return sorted(chosen, key=lambda plan: plan.start)


def allowed(chances: Mapping[str, float], languages: Sequence[str]) -> dict[str, float]:
    """Only what may be spoken; an empty list allows all."""
    return {language: chance for language, chance in chances.items() if not languages or language in languages}


def settled(votes: Sequence[Vote]) -> tuple[str, float]:
    """The language of most of the speech, and how sure that is: 0 to 1. At least one vote."""
    weights = [vote.plan.seconds * (0.5 if vote.plan.start < _GREETING else 1.0) for vote in votes]
    total = sum(weights) or 1.0
    chances: dict[str, float] = {}
    for vote, weight in zip(votes, weights, strict=True):
        for language, chance in vote.chances.items():
            chances[language] = chances.get(language, 0.0) + chance * weight / total
    best = max(chances, key=lambda language: chances[language])
    return best, round(min(1.0, chances[best]), 3)


def spoken(vote: Vote, main: str) -> str:
    """The language in which this pack is to be read: that of the call, unless it is certainly another one."""
    certain = vote.chances[vote.best] >= CERTAIN and vote.plan.seconds >= _LEAST
    return vote.best if certain else main


def stretches(votes: Iterable[Vote], main: str) -> tuple[LanguageStretch, ...]:
    """Neighbouring spans of a channel in one language as one, ordered by time; empty when all are in `main`."""
    found = sorted(
        (
            LanguageStretch(
                start=part.span.start,
                end=part.span.end,
                channel=part.channel,
                language=spoken(vote, main),
                confidence=round(min(1.0, vote.chances.get(spoken(vote, main), 0.0)), 3),
            )
            for vote in votes
            for part in vote.plan.parts
        ),
        key=lambda stretch: (stretch.channel, stretch.start),
    )
    if all(stretch.language == main for stretch in found):
        return ()
    joined: list[LanguageStretch] = []
    for stretch in found:
        if joined and (joined[-1].channel, joined[-1].language) == (stretch.channel, stretch.language):
            joined[-1] = _joined(joined[-1], stretch)
        else:
            joined.append(stretch)
    return tuple(sorted(joined, key=lambda stretch: (stretch.start, stretch.channel)))


def _joined(before: LanguageStretch, after: LanguageStretch) -> LanguageStretch:
    first, second = before.end - before.start, after.end - after.start
    confidence = (before.confidence * first + after.confidence * second) / ((first + second) or 1.0)
    return LanguageStretch(
        start=before.start,
        end=after.end,
        channel=before.channel,
        language=before.language,
        confidence=round(confidence, 3),
    )


def _spread(plans: Sequence[Plan], most: int) -> list[Plan]:
    """Evenly from beginning to end."""
    count = min(most, len(plans))
    return [plans[(2 * number + 1) * len(plans) // (2 * count)] for number in range(count)]
