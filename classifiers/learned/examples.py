"""Labelled calls, and labelled pieces of calls, as lines of JSON: what the models of this room learn from.

A line is that of `classifiers/labelled.py` with `labels` (the tags of the call), and `acts` beside each turn's `text`;
with `labelled_acts` only those acts were looked for in it. A tag that is not among the `labels` is not known; with
`labelled_channels` it is known only of those channels in which list they are.
A piece has `"piece": "acts"` (turns whose acts are labelled) or `"piece": "channels"` (an exchange whose channels are).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifiers.labelled import call_id, read_conversation
from models.act import Act
from models.channel import GROUP_OF
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
    known_channels: frozenset[str] | None = None
    """Those of which the list is known, or that they are in none; None: all."""

    def tells(self, question: str) -> bool:
        """Whether its labels have an answer, if only that there is none."""
        return question in self.labels

    def tells_channel(self, channel: str) -> bool:
        """Whether it is known in which list the channel is, or that it is in none."""
        if self.known_channels is not None:
            return channel in self.known_channels
        lists = CHANNEL_LISTS.values()
        return all(map(self.tells, lists)) or any(channel in (self.labels.get(name) or ()) for name in lists)

    def channels(self, name: str) -> tuple[str, ...]:
        """`name`: a key of `CHANNEL_LISTS`."""
        return tuple(self.labels.get(CHANNEL_LISTS[name]) or ())


def read_example(record: Mapping[str, Any]) -> Example:
    """Raises BadInput naming the field."""
    conversation = read_conversation(record)
    labels, piece = record.get("labels") or {}, record.get("piece")
    if not isinstance(labels, Mapping):
        raise BadInput(f"`labels` must be an object, not {labels!r}")
    if piece is not None and piece not in PIECES:
        raise BadInput(f"`piece` must be one of {', '.join(PIECES)}, not {piece!r}")
    acts = tuple(frozenset(turn.get("acts") or ()) for turn in record["turns"])
    return Example(
        call_id(record), conversation, acts, _known_acts(record, piece), labels, piece, _known_channels(record)
    )


def _known_channels(record: Mapping[str, Any]) -> frozenset[str] | None:
    known = record.get("labelled_channels")
    if known is None:
        return None
    if strange := sorted(set(known) - GROUP_OF.keys()):
        raise BadInput(f"`labelled_channels` has {', '.join(strange)}, which is no channel")
    return frozenset(known)


def _known_acts(record: Mapping[str, Any], piece: str | None) -> frozenset[str]:
    every = frozenset(act.value for act in Act)
    if piece == "channels":
        return frozenset()
    known = frozenset(record.get("labelled_acts", every))
    if known - every:
        raise BadInput(f"`labelled_acts` has {', '.join(sorted(known - every))}, which is no act")
    return known
