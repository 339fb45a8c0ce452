"""Packs through a decoder, several at a time: as many as the memory holds."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import structlog

from models.errors import EngineFailed
from transcription.packing import Pack
from transcription.segments import Segment
from transcription.whisper_decoder import Decoder, Sound

log = structlog.get_logger()

_BROKE = (RuntimeError, ValueError, OSError, MemoryError, IndexError)
"""What CTranslate2 and faster-whisper raise when they break."""

T = TypeVar("T")


@dataclass(slots=True)
class Batch:
    """Packs that are decoded together."""

    packs: list[Pack]
    encoded: Any
    """By the decoder; None once it has been given up to make room."""


class OutOfMemory(Exception):
    """The device has no room for this."""


class Batches:
    """Where memory runs out the batch is halved, and stays so: the next call would only run out again."""

    def __init__(self, decoder: Decoder, size: int) -> None:
        self.decoder = decoder
        self.size = size

    def encoded(self, packs: Iterable[Pack]) -> Iterator[Batch]:
        """As the packs come. Raises EngineFailed when not even one fits."""
        coming = iter(packs)
        while group := list(islice(coming, self.size)):
            yield from self._encoded(group)

    def chances(self, batch: Batch) -> list[dict[str, float]]:
        """Of each pack: the chance of every language."""
        return self._done(batch, lambda part: self.decoder.chances(part.encoded))

    def written(self, batch: Batch, language: str, names: str | None) -> list[list[Segment]]:
        """Of each pack: what it says, in its own seconds."""
        return self._done(
            batch,
            lambda part: self.decoder.write(part.encoded, [pack.sound for pack in part.packs], language, names),
        )

    def again(self, sound: Sound, language: str) -> list[Segment] | None:
        """One sound with more care; None when there is no room for it beside the rest."""
        try:
            return _guarded(lambda: self.decoder.again(sound, language))
        except OutOfMemory:
            return None

    def _encoded(self, packs: list[Pack]) -> Iterator[Batch]:
        try:
            batch = Batch(packs, _guarded(lambda: self.decoder.encode([pack.sound for pack in packs])))
        except OutOfMemory as error:
            self._halve(len(packs), error)
            for part in _parts(packs, self.size):
                yield from self._encoded(part)
        else:
            yield batch  # which alone holds the encoding, so that giving it up makes room

    def _done(self, batch: Batch, work: Callable[[Batch], list[T]]) -> list[T]:
        """Of a batch that is encoded; or anew in parts, where it was given up for want of room."""
        if batch.encoded is not None:
            try:
                return _guarded(lambda: work(batch))
            except OutOfMemory as error:
                self._halve(len(batch.packs), error)
                batch.encoded = None
        parts = _parts(batch.packs, self.size)
        return [one for packs in parts for part in self._encoded(packs) for one in self._done(part, work)]

    def _halve(self, count: int, error: OutOfMemory) -> None:
        """`count` packs together were too many."""
        if count == 1:
            raise EngineFailed(
                f"whisper has no room for a single piece of speech: {error}; take a smaller model, another device "
                "(EARMARK_WHISPER_DEVICE) or smaller numbers (EARMARK_WHISPER_COMPUTE_TYPE=int8)"
            ) from error
        self.size = min(self.size, count // 2)
        log.warning("out of memory, smaller batches from now on", batch_size=self.size)


def _parts(packs: list[Pack], size: int) -> list[list[Pack]]:
    """All at once: the size may shrink while they are worked on."""
    return [packs[first : first + size] for first in range(0, len(packs), size)]


def _guarded(call: Callable[[], T]) -> T:
    try:
        return call()
    except _BROKE as error:
        if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
            raise OutOfMemory(str(error) or "out of memory") from error
        raise EngineFailed(f"whisper broke: {error}") from error
