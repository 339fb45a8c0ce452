"""What every exporter does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One change of one record, for one receiver."""

    key: str
    """The same for every attempt: a receiver that has seen it may drop the repeat."""
    type: str
    """`call.tagged`, `call.corrected`, `call.erased`."""
    at: datetime
    """When the record changed; not when it is sent."""
    body: Mapping[str, Any]


class Exporter(Protocol):
    """`exporters/<name>.py` has one class that fits, and `create(options, secret)`."""

    def send(self, message: Message) -> str:
        """What the receiver answered, in short. Raises DeliveryFailed."""
        ...
