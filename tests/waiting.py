"""Wait for something to come true, bounded."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 60.0


def until(found: Callable[[], object], what: str, *, seconds: float = PATIENCE_SECONDS) -> None:
    """Ask again and again; fails, saying `what` was waited for, when it does not come true."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for this: {what}"
        time.sleep(0.02)
