"""What every speech engine does."""

from collections.abc import Callable
from typing import Protocol

from audio.sound import Sound
from models.context import Context
from models.transcript import Transcript

Progress = Callable[[float], None]
"""Called with the share of the work that is done, 0 to 1."""


class Transcriber(Protocol):
    """Sound to words. `engines/<name>.py` has one class that fits, and `create(**options)`."""

    version: str
    """Engine, weights and options: part of every saved transcript."""

    def transcribe(self, sound: Sound, context: Context, *, progress: Progress) -> Transcript:
        """Every channel that is worth hearing, words ordered by start.

        Raises NoEngine when the engine cannot read the language, EngineFailed when it broke,
        BadRecording when the sound cannot be decoded.
        """
        ...
