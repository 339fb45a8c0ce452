"""Words and speakers to turns."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from models.conversation import Role, SpeakerTurn, Turn
from models.transcript import Transcript, Word

SPURT_GAP = 0.5
"""Seconds of silence that end a spurt: what a speaker says in one breath is never torn apart by another's "yes"."""
LONG_PAUSE = 3.0
"""Seconds of silence after which the same speaker begins a new turn."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word with its place, and times made up where it had none."""

    number: int
    speaker: int
    start: float
    end: float
    timed: bool


def label_words(transcript: Transcript, turns: Sequence[SpeakerTurn] | None) -> tuple[Turn, ...]:
    """Every word in one turn, turns in the order in which they begin, roles still unknown.

    Without `turns` the word's channel is its speaker. With them it is the one who holds the most of the word, or who
    speaks nearest to it. A word is never split. Words without times keep their order.
    """
    speakers = _Speakers(turns) if turns is not None else None
    placed = _placed(transcript.words, speakers)
    spurts = sorted(_spurts(placed), key=lambda spurt: (spurt[0].start, spurt[0].number))
    joined: list[list[_Placed]] = []
    for spurt in spurts:
        if joined and _goes_on(joined[-1], spurt):
            joined[-1].extend(spurt)
        else:
            joined.append(list(spurt))
    return tuple(_turn(words, transcript.words) for words in joined)


def _placed(words: Sequence[Word], speakers: "_Speakers | None") -> list[_Placed]:
    placed: list[_Placed] = []
    at, speaker = 0.0, 0
    for number, word in enumerate(words):
        start = at if word.start is None else word.start
        end = start if word.end is None else max(start, word.end)
        timed = word.start is not None
        if speakers is None:
            speaker = word.channel
        elif timed:
            speaker = speakers.at(start, end)
        placed.append(_Placed(number, speaker, start, end, timed))
        at = end
    return placed


def _spurts(placed: Sequence[_Placed]) -> list[list[_Placed]]:
    """What one speaker says without a breath; without times, until another speaker's word comes."""
    spurts: list[list[_Placed]] = []
    latest: dict[int, list[_Placed]] = {}
    for word in placed:
        current = latest.get(word.speaker)
        if current is not None and _same_breath(current[-1], word, spurts[-1] is current):
            current.append(word)
        else:
            spurts.append([word])
            latest[word.speaker] = spurts[-1]
    return spurts


def _same_breath(before: _Placed, word: _Placed, adjacent: bool) -> bool:
    if not (before.timed and word.timed):
        return adjacent
    return word.start - before.end < SPURT_GAP


def _goes_on(turn: Sequence[_Placed], spurt: Sequence[_Placed]) -> bool:
    return turn[-1].speaker == spurt[0].speaker and spurt[0].start - turn[-1].end <= LONG_PAUSE


def _turn(placed: Sequence[_Placed], words: Sequence[Word]) -> Turn:
    numbers = tuple(word.number for word in placed)
    return Turn(placed[0].speaker, Role.UNKNOWN, tuple(words[number] for number in numbers), numbers)


class _Speakers:
    """Who speaks when, ready to be asked many times."""

    def __init__(self, turns: Sequence[SpeakerTurn]) -> None:
        self._turns = sorted(turns, key=lambda turn: turn.start)
        self._starts = [turn.start for turn in self._turns]
        self._reach = list(accumulate((turn.end for turn in self._turns), max))

    def at(self, start: float, end: float) -> int:
        """The speaker who holds the most of `start` to `end`, else the nearest; 0 when nobody is known to speak."""
        after = bisect_left(self._starts, end)
        shares: dict[int, float] = {}
        number = after - 1
        while number >= 0 and self._reach[number] > start:
            turn = self._turns[number]
            shares[turn.speaker] = shares.get(turn.speaker, 0.0) + max(0.0, min(end, turn.end) - max(start, turn.start))
            number -= 1
        if any(shares.values()):
            return max(sorted(shares), key=lambda speaker: shares[speaker])
        return self._nearest(after, (start + end) / 2)

    def _nearest(self, after: int, middle: float) -> int:
        best, distance = 0, float("inf")
        number = after - 1
        while number >= 0 and middle - self._reach[number] < distance:
            away = max(0.0, self._turns[number].start - middle, middle - self._turns[number].end)
            if away < distance:
                best, distance = self._turns[number].speaker, away
            number -= 1
        if after < len(self._turns) and self._starts[after] - middle < distance:
            return self._turns[after].speaker
        return best
