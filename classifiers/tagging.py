"""A conversation to its settled tags: what the command line and the pipeline both call."""

from collections.abc import Sequence

from classifiers.campaigns import tracked
from classifiers.classifier import Classifier
from classifiers.settle import Thresholds, settle
from classifiers.spoken import language_of
from models.call import LANGUAGES
from models.context import Context
from models.conversation import Conversation
from models.tag import Correction, Opinion, Tag, WithheldReason


def opinions_of(conversation: Conversation, context: Context, classifiers: Sequence[Classifier]) -> list[Opinion]:
    """What every classifier thinks, and what the workspace's trackers say."""
    thought = [opinion for classifier in classifiers for opinion in classifier.classify(conversation, context)]
    return [*thought, *tracked(conversation, context)]


def tag_conversation(
    conversation: Conversation,
    context: Context,
    classifiers: Sequence[Classifier],
    *,
    corrections: Sequence[Correction] = (),
    thresholds: Thresholds | None = None,
    usable: WithheldReason | None = None,
) -> list[Tag]:
    """Every classifier's opinions settled, corrections applied. Withheld as a whole in a language without a lexicon."""
    opinions = opinions_of(conversation, context, classifiers)
    language = language_of(conversation, context)
    spoken = any(turn.words for turn in conversation.turns)
    if usable is None and spoken and language not in LANGUAGES:
        usable = WithheldReason.LANGUAGE
    return settle(
        opinions,
        corrections,
        thresholds=thresholds,
        usable=usable,
        language=language,
        rough=conversation.rough,
    )
