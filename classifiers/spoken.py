"""Which language the words are in."""

from itertools import chain, islice

from classifiers.normalise import known_language, script_language
from models.context import Context
from models.conversation import Conversation

_ENOUGH_WORDS = 500
"""A call that changes its script after that many words is not told by counting more."""


def language_of(conversation: Conversation, context: Context) -> str | None:
    """The language whose lexicon reads the words, else the code that was given; None without letters and code."""
    hint = known_language(conversation.language or context.language)
    words = chain.from_iterable(turn.words for turn in conversation.turns)
    text = " ".join(word.text for word in islice(words, _ENOUGH_WORDS))
    return script_language(text, hint) or hint
