"""What every diarizer does."""

from typing import Protocol

from audio.clip import Clip
from models.context import Context
from models.conversation import SpeakerTurn


class Diarizer(Protocol):
    """Mono sound to speakers. Two real channels need none: there a channel is a speaker."""

    version: str

    def diarize(self, clip: Clip, context: Context) -> list[SpeakerTurn]:
        """Turns ordered by start, speakers numbered from 0 by who speaks first.

        Raises EngineFailed when the engine broke.
        """
        ...
