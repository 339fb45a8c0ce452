"""Short conversations for the tests of this room."""

from models.conversation import Conversation, Role, Turn
from models.transcript import Word

_ROLES = {"a": Role.AGENT, "c": Role.CALLER, "m": Role.MACHINE, "u": Role.UNKNOWN, "v": Role.UNKNOWN}


def talk(*lines: str, language: str | None = "en", rough: bool = False) -> Conversation:
    """Lines such as `a: hello` and `c: hi`; `m` is a machine, `u` and `v` are two unknown speakers."""
    turns, number = [], 0
    for line in lines:
        letter, _, text = line.partition(":")
        words = tuple(Word(text=word) for word in text.split())
        numbers = tuple(range(number, number + len(words)))
        turns.append(Turn(speaker="acmuv".index(letter), role=_ROLES[letter], words=words, numbers=numbers))
        number += len(words)
    return Conversation(turns=tuple(turns), language=language, rough=rough)
