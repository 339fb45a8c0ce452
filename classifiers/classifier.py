"""What every classifier does."""

from typing import Protocol

from models.context import Context
from models.conversation import Conversation
from models.tag import Opinion


class Classifier(Protocol):
    """A conversation to opinions. `kinds/<name>.py` has one class that fits, and `create(**options)`."""

    version: str

    def classify(self, conversation: Conversation, context: Context) -> list[Opinion]:
        """Opinions with their evidence; never raises on odd text, an empty conversation or an unknown language."""
        ...
