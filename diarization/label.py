"""Words and speakers to turns."""

from bisect import bisect_left
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import accumulate

from models.conversation import Role, SpeakerTurn, Turn
from models.transcript import Transcript, Word

SPURT_GAP = 0.5
"""Seconds of silence that end a spurt: what a speaker says in one breath is never torn apart by another's "yes"."""
_PHRASE_GAP = 0.2
"""Seconds between two words of a phrase; people take turns after about as long (Stivers et al. 2009)."""
_CERTAIN = 0.5
"""Share of a word in the turns of one speaker from which on it is his, whatever is around it."""
_CLAIM = 0.4
"""Share of a word that a turn without words needs to get it: recognisers stretch a short "yes" into the pauses."""
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
    speaks nearest to it. A word is never split. A word that lies mostly outside of all turns goes with its phrase; a
    short turn that no word was given to takes the one it lies in. Words without times keep their order, and the speaker
    of the word before them.
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
    weak: set[int] = set()
    at, speaker = 0.0, 0
    for number, word in enumerate(words):
        start = at if word.start is None else word.start
        end = start if word.end is None else max(start, word.end)
        timed = word.start is not None
        if speakers is None:
            speaker = word.channel
        elif timed:
            speaker, share = speakers.at(start, end)
            weak |= {number} if share < _CERTAIN else set()
        placed.append(_Placed(number, speaker, start, end, timed))
        at = end
    return placed if speakers is None else speakers.unheard(_with_their_phrase(placed, weak))


def _with_their_phrase(placed: list[_Placed], weak: Set[int]) -> list[_Placed]:
    """Words that time tells little of, given to the speaker of the words that they are said in one breath with."""
    return [
        replace(word, speaker=_of_the_phrase(placed, word, weak)) if word.number in weak else word for word in placed
    ]


def _of_the_phrase(placed: Sequence[_Placed], word: _Placed, weak: Set[int]) -> int:
    beside = [placed[number] for number in (word.number - 1, word.number + 1) if 0 <= number < len(placed)]
    said_with = {
        other.speaker
        for other in beside
        if other.timed
        and other.number not in weak
        and max(word.start - other.end, other.start - word.end) < _PHRASE_GAP
    }
    return said_with.pop() if len(said_with) == 1 else word.speaker


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

    def at(self, start: float, end: float) -> tuple[int, float]:
        """The speaker who holds the most of `start` to `end`, and the share; else the nearest; 0 when nobody is."""
        after = bisect_left(self._starts, end)
        shares: dict[int, float] = {}
        number = after - 1
        while number >= 0 and self._reach[number] > start:
            turn = self._turns[number]
            shares[turn.speaker] = shares.get(turn.speaker, 0.0) + _common(turn, start, end)
            number -= 1
        if any(shares.values()):
            speaker = max(sorted(shares), key=lambda speaker: shares[speaker])
            return speaker, shares[speaker] / (end - start)
        return self._nearest(after, (start + end) / 2), 0.0

    def unheard(self, placed: list[_Placed]) -> list[_Placed]:
        """The words, one more of them given to each short turn that had none though it lies in another speaker's word.

        Not a word amidst a phrase: there the short turn is a "yes" that nobody wrote down.
        """
        timed = [word for word in placed if word.timed]
        starts = [word.start for word in timed]
        for turn in self._turns:
            first, after = max(0, bisect_left(starts, turn.start) - 1), bisect_left(starts, turn.end)
            inside = [place for place in range(first, after) if _within(turn, timed[place])]
            if not inside or any(placed[timed[place].number].speaker == turn.speaker for place in inside):
                continue
            place = max(inside, key=lambda place: _common(turn, timed[place].start, timed[place].end))
            if _is_claimed(turn, timed[place]) and not _amidst(timed, place):
                placed[timed[place].number] = replace(timed[place], speaker=turn.speaker)
        return placed

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


def _common(turn: SpeakerTurn, start: float, end: float) -> float:
    """Seconds of `start` to `end` that lie in a turn."""
    return max(0.0, min(end, turn.end) - max(start, turn.start))


def _within(turn: SpeakerTurn, word: _Placed) -> bool:
    return _common(turn, word.start, word.end) > 0


def _is_claimed(turn: SpeakerTurn, word: _Placed) -> bool:
    common = _common(turn, word.start, word.end)
    return common >= _CLAIM * (word.end - word.start) and common >= _CERTAIN * (turn.end - turn.start)


def _amidst(timed: Sequence[_Placed], place: int) -> bool:
    """Said without a pause before it or after it."""
    if not 0 < place < len(timed) - 1:
        return False
    before, word, after = timed[place - 1 : place + 2]
    return word.start - before.end < _PHRASE_GAP and after.start - word.end < _PHRASE_GAP
