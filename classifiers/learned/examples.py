"""Labelled calls, and labelled pieces of calls, as lines of JSON: what the models of this room learn from.

A line is that of `classifiers/labelled.py` with `labels` (the tags of the call), and `acts` beside each turn's `text`;
with `labelled_acts` only those acts were looked for in it.
A piece has `"piece": "acts"` (turns whose acts are labelled) or `"piece": "channels"` (an exchange whose channels are).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifiers.labelled import call_id, read_conversation
from models.act import Act
from models.conversation import Conversation
from models.errors import BadInput

CHANNEL_LISTS = {"stated": "stated_channels", "possible": "possible_channels", "denied": "denied_channels",
                 "incidental": "incidental_channels"}  # fmt: skip
PIECES = ("acts", "channels")


@dataclass(frozen=True, slots=True)
class Example:
    id: str
    conversation: Conversation
    acts: tuple[frozenset[str], ...]
    """Of each turn."""
    known_acts: frozenset[str]
    """Those that a turn without them does not do; of the others nothing is known."""
    labels: Mapping[str, Any]
    piece: str | None
    """One of `PIECES`; None: a whole call."""

    def channels(self, name: str) -> tuple[str, ...]:
        """`name`: a key of `CHANNEL_LISTS`."""
        return tuple(self.labels.get(CHANNEL_LISTS[name], ()))


def read_example(record: Mapping[str, Any]) -> Example:
    """Raises BadInput naming the field."""
    conversation = read_conversation(record)
    labels, piece = record.get("labels") or {}, record.get("piece")
    if not isinstance(labels, Mapping):
        raise BadInput(f"`labels` must be an object, not {labels!r}")
    if piece is not None and piece not in PIECES:
        raise BadInput(f"`piece` must be one of {', '.join(PIECES)}, not {piece!r}")
    acts = tuple(frozenset(turn.get("acts") or ()) for turn in record["turns"])
    return Example(call_id(record), conversation, acts, _known_acts(record, piece), labels, piece)


def _known_acts(record: Mapping[str, Any], piece: str | None) -> frozenset[str]:
    every = frozenset(act.value for act in Act)
    if piece == "channels":
        return frozenset()
    known = frozenset(record.get("labelled_acts", every))
    if known - every:
        raise BadInput(f"`labelled_acts` has {', '.join(sorted(known - every))}, which is no act")
    return known
