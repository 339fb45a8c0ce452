"""Calls whose tags a person corrected or confirmed, as labelled calls: what the person spoke on is known, no more."""

from collections.abc import Iterable, Sequence
from typing import Any

from classifiers.labelled import kind_of, labels_of, record_of
from classifiers.learned.examples import CHANNEL_LISTS
from classifiers.learned.understood import find
from models.context import Context
from models.conversation import Conversation
from models.tag import Correction, Tag


def corrected_record(
    conversation: Conversation,
    context: Context,
    corrections: Sequence[Correction],
    machine: Iterable[Tag],
    *,
    name: str,
) -> dict[str, Any]:
    """A line for `read_example`. `machine`: the tags without the person's word.

    A channel that the person took out of a list is incidental where it is spoken of, and else in none. Of channels in
    the lists that the person said nothing of, nothing is known.
    """
    labels = labels_of(corrections)
    spoken = [field for field in CHANNEL_LISTS.values() if field in labels]
    kinds = {kind_of(field) for field in spoken}
    said = {channel for field in spoken for channel in labels[field]}
    taken = {tag.item for tag in machine if tag.kind in kinds and tag.item} - said
    incidental = CHANNEL_LISTS["incidental"]
    call = find(conversation, context) if taken else None
    if call is not None:
        labels[incidental] = [*labels.get(incidental, ()), *sorted(taken & call.places.keys())]
    return {
        **record_of(conversation, name),
        "labels": labels,
        "labelled_channels": sorted(said | taken),
        "labelled_acts": [],
    }
