"""Short pieces of speech put together to what a model hears at a time, and times put back where they came from.

Packs are planned from the spans alone, so that some of them can be heard before the rest has been decoded.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from audio.clip import Clip
from audio.speech import Span, SpeechPiece, cut_speech

SEAM = 1.0
"""Seconds of silence between two channels in one pack: more than a word's time errs by, so none changes its side."""

_OPEN = 3
"""Packs of a channel that are filled at the same time. With one, real calls need an eighth more of them; with eight no
fewer than with three."""
_MOST_GAIN = 20.0
"""26 dB, as for the speech detector: more would raise noise."""


@dataclass(frozen=True, slots=True)
class Part:
    """One span in a pack."""

    channel: int
    span: Span
    offset: float
    """Where it begins in the pack, seconds."""

    @property
    def seconds(self) -> float:
        return self.span.end - self.span.start


@dataclass(frozen=True, slots=True)
class Plan:
    """What a model is to hear at a time: an encoder pass costs the same for 2 s as for 30."""

    parts: tuple[Part, ...]

    @property
    def seconds(self) -> float:
        """Of speech."""
        return sum(part.seconds for part in self.parts)

    @property
    def length(self) -> float:
        """Seconds, with the seams."""
        return self.parts[-1].offset + self.parts[-1].seconds

    @property
    def spans(self) -> dict[int, list[Span]]:
        """What it holds of each channel."""
        found: dict[int, list[Span]] = {}
        for part in self.parts:
            found.setdefault(part.channel, []).append(part.span)
        return found

    @property
    def start(self) -> float:
        return min(part.span.start for part in self.parts)

    def times(self, start: float, end: float) -> tuple[int, float, float]:
        """A stretch of the pack as channel and stretch of the recording: inside the span that holds its middle."""
        offsets = [part.offset for part in self.parts]
        part = self.parts[max(0, bisect_right(offsets, (start + end) / 2) - 1)]
        shift = part.span.start - part.offset
        first = min(max(start + shift, part.span.start), part.span.end)
        return part.channel, round(first, 3), round(min(max(end + shift, first), part.span.end), 3)


@dataclass(frozen=True, slots=True)
class Pack:
    plan: Plan
    sound: NDArray[np.float32]
    """Shape (samples,)."""

    def piece(self, channel: int, span: Span, rate: int) -> SpeechPiece:
        """A stretch of it, inside one of its parts."""
        first = round(self._offset(channel, span) * rate)
        return SpeechPiece(channel, span, self.sound[first : first + round((span.end - span.start) * rate)].copy())

    def _offset(self, channel: int, span: Span) -> float:
        for part in self.plan.parts:
            if part.channel == channel and part.span.start <= span.start < part.span.end:
                return part.offset + span.start - part.span.start
        raise ValueError(f"no part of this pack has {span} on channel {channel}")


def plan_packs(spans: Mapping[int, Sequence[Span]], *, longest: float) -> list[Plan]:
    """Packs of at most `longest` seconds, ordered by time, each of one channel as long as it fills packs.

    Only the least filled packs of the channels are put together, one channel behind the other: words keep their side
    for certain where there is no seam, and a short call still costs no more than its speech.
    """
    full: list[list[tuple[int, Span]]] = []
    left: list[list[tuple[int, Span]]] = []
    for channel, found in spans.items():
        groups = [[(channel, span) for span in group] for group in _filled(_all_bounded(found, longest), longest)]
        groups.sort(key=lambda group: -sum(span.end - span.start for _, span in group))
        full += groups[:-1]
        left += groups[-1:]
    return sorted((_planned(group) for group in [*full, *_joined(left, longest)]), key=lambda plan: plan.start)


def pack_pieces(pieces: Iterable[SpeechPiece], rate: int) -> Pack:
    """All of them in one pack, channel by channel."""
    ordered = sorted(pieces, key=lambda piece: (piece.channel, piece.span.start))
    return _packed(_planned([(piece.channel, piece.span) for piece in ordered]), ordered, rate)


def filled_packs(clip: Clip, plans: Sequence[Plan]) -> Iterator[Pack]:
    """The packs with their sound, each as soon as its last span has been decoded. One pass over the clip."""
    spans: dict[int, list[Span]] = {}
    owner: dict[tuple[int, Span], int] = {}
    for number, plan in enumerate(plans):
        for part in plan.parts:
            spans.setdefault(part.channel, []).append(part.span)
            owner[part.channel, part.span] = number
    waiting: dict[int, list[SpeechPiece]] = {}
    ordered = {channel: sorted(found, key=lambda span: span.start) for channel, found in spans.items()}
    for piece in cut_speech(clip, ordered) if ordered else ():
        number = owner[piece.channel, piece.span]
        waiting.setdefault(number, []).append(piece)
        if len(waiting[number]) == len(plans[number].parts):
            yield _packed(plans[number], waiting.pop(number), clip.rate)


def _all_bounded(spans: Iterable[Span], longest: float) -> Iterator[Span]:
    for span in spans:
        yield from _bounded(span, longest)


def _bounded(span: Span, longest: float) -> Iterator[Span]:
    """What a model would cut off at its end is cut into equal parts here."""
    count = max(1, ceil((span.end - span.start) / longest - 1e-9))
    step = (span.end - span.start) / count
    for number in range(count):
        last = number == count - 1
        yield Span(span.start + number * step, span.end if last else span.start + (number + 1) * step)


def _filled(spans: Iterable[Span], longest: float) -> list[list[Span]]:
    """Each span in the first of the last packs that has room for it, in order of time."""
    groups: list[list[Span]] = []
    lengths: list[float] = []
    for span in spans:
        seconds = span.end - span.start
        fitting = [n for n in range(max(0, len(groups) - _OPEN), len(groups)) if lengths[n] + seconds <= longest + 1e-9]
        if not fitting:
            groups.append([])
            lengths.append(0.0)
        number = fitting[0] if fitting else -1
        groups[number].append(span)
        lengths[number] += seconds
    return groups


def _joined(left: Iterable[list[tuple[int, Span]]], longest: float) -> list[list[tuple[int, Span]]]:
    joined: list[list[tuple[int, Span]]] = []
    for group in left:
        fitting = (other for other in joined if _planned([*other, *group]).length <= longest)
        other = next(fitting, None)
        if other is None:
            joined.append(group)
        else:
            other += group
    return joined


def _planned(group: Sequence[tuple[int, Span]]) -> Plan:
    parts: list[Part] = []
    for channel, span in group:
        before = parts[-1] if parts else None
        seam = SEAM if before is not None and before.channel != channel else 0.0
        offset = 0.0 if before is None else before.offset + before.seconds + seam
        parts.append(Part(channel, span, offset))
    return Plan(tuple(parts))


def _packed(plan: Plan, pieces: Iterable[SpeechPiece], rate: int) -> Pack:
    sounds = {(piece.channel, piece.span): piece.sound for piece in pieces}
    gains = _gains(sounds)
    sound = np.zeros(ceil(plan.length * rate), np.float32)
    for part in plan.parts:
        first = round(part.offset * rate)
        piece = sounds[part.channel, part.span][: len(sound) - first]
        sound[first : first + len(piece)] = piece * gains[part.channel]
    return Pack(plan, sound)


def _gains(sounds: Mapping[tuple[int, Span], NDArray[np.float32]]) -> dict[int, np.float32]:
    """Sides that share a pack are made equally loud: models level what they hear at a time by its loudest sound."""
    energy: dict[int, list[float]] = {}
    for (channel, _), sound in sounds.items():
        energy.setdefault(channel, []).append(float(np.mean(np.square(sound, dtype=np.float64))) if len(sound) else 0.0)
    rms = {channel: max(found) ** 0.5 for channel, found in energy.items()}
    loudest = max(rms.values(), default=0.0)
    return {
        channel: np.float32(min(_MOST_GAIN, loudest / level) if level > 0 else 1.0) for channel, level in rms.items()
    }
