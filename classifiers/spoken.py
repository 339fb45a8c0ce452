"""Which language the words are in."""

from itertools import islice

from models.context import Context
from models.conversation import Conversation

_ENOUGH_LETTERS = 2000
"""Letters looked at: a call that changes its script after that many is not told by counting more."""


def language_of(conversation: Conversation, context: Context) -> str | None:
    """The conversation's language, else the metadata's, else what its letters say; None without letters.

    Letters tell only which of our lexicons to try: Latin ones are read as English, Cyrillic ones as Russian, Arabic
    ones as Persian.
    """
    known = conversation.language or context.language
    if known:
        return known.lower().replace("_", "-").split("-")[0]
    counts = {"en": 0, "ru": 0, "fa": 0}
    letters = (letter for turn in conversation.turns for word in turn.words for letter in word.text)
    for letter in islice(letters, _ENOUGH_LETTERS):
        if "a" <= letter.lower() <= "z":
            counts["en"] += 1
        elif "\u0400" <= letter <= "\u04ff":
            counts["ru"] += 1
        elif "\u0600" <= letter <= "\u06ff":
            counts["fa"] += 1
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] else None
