"""Sound as a reader: nothing outside tests holds a whole recording."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Shape (channels, samples), -1 to 1."""


class Clip(Protocol):
    """A recording that can be read from the start any number of times."""

    @property
    def rate(self) -> int:
        """Samples per second of what `windows` yields."""
        ...

    @property
    def channels(self) -> int: ...

    @property
    def duration(self) -> float:
        """Seconds that decode; measured, not what the header claims."""
        ...

    @property
    def partial(self) -> bool:
        """The file broke off; `duration` is what there was."""
        ...

    def windows(self, seconds: float) -> Iterator[Samples]:
        """The sound in pieces of `seconds`, the last one shorter; decoded as it goes."""
        ...
