"""The four sets of channels of a short conversation, and how the tables write them."""

from conversations import talk

from classifiers.kinds.mentions import create
from models.context import Context
from models.tag import CHANNEL_KINDS

Sets = dict[str, list[str]]


def channels(*lines: str, language: str | None) -> Sets:
    """The four kinds, each in the caller's order."""
    opinions = create().classify(talk(*lines, language=language), Context())
    return {
        str(kind): [opinion.value for opinion in opinions if opinion.kind is kind and opinion.value]
        for kind in CHANNEL_KINDS
    }


def parse(expected: str) -> Sets:
    """`stated / possible / denied / incidental`, each any number of channels; what is left out is empty."""
    parts = [part.split() for part in expected.split("/")]
    return {str(kind): parts[at] if at < len(parts) else [] for at, kind in enumerate(CHANNEL_KINDS)}
