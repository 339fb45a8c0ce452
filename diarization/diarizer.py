"""What every diarizer does."""

from typing import Protocol

from audio.sound import Sound
from models.context import Context
from models.conversation import Diarization


class Diarizer(Protocol):
    """Mono sound to speakers. Two real channels need none: there a channel is a speaker."""

    version: str

    def diarize(self, sound: Sound, context: Context) -> Diarization:
        """Speakers are numbered from 0 by who speaks first.

        Raises EngineFailed when the engine broke.
        """
        ...
