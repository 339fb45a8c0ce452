"""A mention in the making, and how sure each way of knowing it is."""

from dataclasses import dataclass, field

from classifiers.channels.places import Place
from models.channel import MentionRole, Stance

SURE = {
    "answer": 0.93,  # said in answer to "how did you hear about us"
    "told": 0.9,  # the caller says who found what where, the business being the object
    "phrase": 0.86,  # "drove past your shop", "recommended by"
    "yes": 0.88,  # a bare yes to a suggestion
    "found": 0.6,  # found there, but what was found is not said
    "person": 0.84,  # somebody who recommended
    "repeat": 0.66,  # was here before and buys again, unasked
    "denied": 0.88,
    "uncertain": 0.74,
    "incidental": 0.82,
}
"""First estimates, by kind of evidence; to be fitted to labelled calls."""


@dataclass(slots=True)
class Finding:
    """One place with what was decided on it; answers and corrections may still change it."""

    place: Place
    role: MentionRole
    stance: Stance
    confidence: float
    speaker: str
    cues: list[tuple[int, int, int]] = field(default_factory=list)
    """Line, first token and end of further words that decided: the verb, the answer."""

    @property
    def channel(self) -> str:
        return self.place.channel

    @property
    def is_discovery(self) -> bool:
        return self.role is MentionRole.DISCOVERY

    def judge(self, stance: Stance, confidence: float) -> None:
        self.stance, self.confidence = stance, confidence
