"""A worker whose memory grows is started anew: engines and decoders leak now and then, and a leak costs the machine."""

from collections.abc import Callable

import psutil

FIRST_STAGES = 20
"""In which a process loads what it needs; the most that it held in them is what it may hold."""
MOST_GROWTH = 1.5
SPARE_BYTES = 512 * 1024**2
"""Allocators keep some of what long recordings took; an engine for another language that is loaded late is more, and
then the process starts anew once."""


class Growth:
    """Asked after each stage."""

    def __init__(self, held: Callable[[], int] = lambda: psutil.Process().memory_info().rss) -> None:
        """`held`: bytes of memory that are resident now."""
        self._held = held
        self._stages = 0
        self._usual = 0

    def is_too_much(self) -> bool:
        self._stages += 1
        if self._stages <= FIRST_STAGES:
            self._usual = max(self._usual, self._held())
            return False
        return self._held() > self.limit

    @property
    def limit(self) -> int:
        """Bytes."""
        return round(self._usual * MOST_GROWTH) + SPARE_BYTES
