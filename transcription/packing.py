"""Short pieces of speech put together to what a model hears at a time, and times put back where they came from."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.speech import Span, SpeechPiece


@dataclass(frozen=True, slots=True)
class Pack:
    """Speech of one channel without the silence between: an encoder pass costs the same for 2 s as for 30."""

    channel: int
    sound: NDArray[np.float32]
    spans: tuple[Span, ...]
    """What lies one behind the other in `sound`."""
    offsets: tuple[float, ...]
    """Where each span begins in `sound`, seconds."""

    @property
    def seconds(self) -> float:
        return sum(span.end - span.start for span in self.spans)

    def times(self, start: float, end: float) -> tuple[float, float]:
        """A stretch of `sound` as a stretch of the recording: inside the span that holds its middle."""
        place = max(0, bisect_right(self.offsets, (start + end) / 2) - 1)
        span, shift = self.spans[place], self.spans[place].start - self.offsets[place]
        first = min(max(start + shift, span.start), span.end)
        return round(first, 3), round(min(max(end + shift, first), span.end), 3)


def pack_speech(pieces: Iterable[SpeechPiece], *, longest: float, rate: int) -> Iterator[Pack]:
    """Packs of at most `longest` seconds, as soon as the next piece of their channel would not fit any more."""
    waiting: dict[int, list[SpeechPiece]] = {}
    lengths: dict[int, float] = {}
    for piece in pieces:
        number, seconds = piece.channel, len(piece.sound) / rate
        if waiting.get(number) and lengths[number] + seconds > longest:
            yield _packed(waiting.pop(number), rate)
            lengths[number] = 0.0
        waiting.setdefault(number, []).append(piece)
        lengths[number] = lengths.get(number, 0.0) + seconds
    for left in waiting.values():
        yield _packed(left, rate)


def _packed(pieces: list[SpeechPiece], rate: int) -> Pack:
    offsets, at = [], 0.0
    for piece in pieces:
        offsets.append(at)
        at += len(piece.sound) / rate
    sound = np.concatenate([piece.sound for piece in pieces])
    return Pack(pieces[0].channel, sound, tuple(piece.span for piece in pieces), tuple(offsets))
