"""Outcome by rules: why the call was made, what was agreed, and who said no at the end."""

from classifiers.reading import calibrated, read_whole
from models.context import Context
from models.conversation import Conversation
from models.tag import Opinion, TagKind


class OutcomeRules:
    """One opinion on how the call ended; none in a language without a lexicon."""

    version = "outcome-rules-1"

    def classify(self, conversation: Conversation, context: Context) -> list[Opinion]:
        whole = read_whole(conversation, context)
        if whole is None:
            return []
        # An outcome that is right for the wrong purpose is luck: half of the doubt about the purpose is carried over.
        sure = whole.ending.confidence * (0.5 + 0.5 * whole.reading.confidence)
        opinion = Opinion(
            kind=TagKind.OUTCOME,
            value=whole.ending.outcome.value,
            confidence=round(calibrated(sure), 3),
            evidence=whole.evidence(whole.ending.cues),
            version=self.version,
        )
        return [opinion]


def create() -> OutcomeRules:
    return OutcomeRules()
