"""One reading of a call for the classifiers of quality and outcome, so that the two never contradict each other."""

from dataclasses import dataclass
from functools import lru_cache

from classifiers.cues import Cue, Heard, hear
from classifiers.ending import Ending, read_ending
from classifiers.purpose import Reading, read_purpose
from classifiers.spoken import language_of
from models.call import LANGUAGES
from models.context import Context
from models.conversation import Conversation
from models.tag import Evidence


@dataclass(frozen=True, slots=True)
class Whole:
    """A call heard, with why it was made and how it ended."""

    heard: Heard
    reading: Reading
    ending: Ending

    def evidence(self, cues: tuple[Cue, ...]) -> tuple[Evidence, ...]:
        """The words of these cues, in the order of the call, none twice."""
        return tuple(dict.fromkeys(self.heard.evidence(cue) for cue in sorted(cues, key=lambda cue: cue.turn)))


def read_whole(conversation: Conversation, context: Context) -> Whole | None:
    """None where the words are in a language without a lexicon."""
    if not any(turn.words for turn in conversation.turns):
        return _read(conversation, LANGUAGES[0])
    language = language_of(conversation, context)
    return _read(conversation, language) if language in LANGUAGES else None


@lru_cache(maxsize=4)
def _read(conversation: Conversation, language: str) -> Whole:
    heard = hear(conversation, language)
    reading = read_purpose(heard)
    return Whole(heard, reading, read_ending(heard, reading))
