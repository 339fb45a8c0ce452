"""A workspace's own phrases, for the calls in which they are said: trackers, and campaign words among them."""

from dataclasses import dataclass
from enum import StrEnum

from models.channel import Channel

LONGEST_NAME = 60
"""Letters: it stands in tables and is the tag's `value`."""


class SaidBy(StrEnum):
    CALLER = "caller"
    AGENT = "agent"
    ANYONE = "anyone"
    """Also a machine, and a speaker of whom nobody knows who they are."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that are looked for in all their forms."""

    text: str
    language: str = ""
    """The list it stands in; empty: of any. Conditions of a language are asked where a phrase of that was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """What is looked for. Hashable, so that its phrases are compiled once."""

    name: str
    phrases: tuple[Phrase, ...] = ()
    """Each place where one of them is said is a hit. None: `all_of` alone decides."""
    all_of: tuple[Phrase, ...] = ()
    """Said as well, each of them."""
    none_of: tuple[Phrase, ...] = ()
    near: int | None = None
    """Words from the hit within which `all_of` and `none_of` count, in whatever turn; None: in the whole call."""
    said_by: SaidBy = SaidBy.ANYONE
    first_seconds: float | None = None
    """Only in the first so many seconds of the call; with `last_seconds`, in either."""
    last_seconds: float | None = None
    channel: Channel | None = None
    """Campaign words: the channel that a caller states who says them as what brought them."""
    campaign: str | None = None
    """There wherever `channel` is."""
