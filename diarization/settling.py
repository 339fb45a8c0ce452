"""How many speakers there are: two by default, more when they are there, one for a voicemail. Pure.

A diarizer that groups stretches by voice finds too many groups as easily as too few, also when it is told a number:
what is too short to tell a voice by (a "yes", a laugh, a breath) becomes a speaker of its own.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

from models.conversation import Diarization, SpeakerTurn

SECOND_SECONDS = 1.0
"""A second speaker has this much speech in all: a "yes" takes 0.3 to 0.5 s, and who says two or three is somebody."""
FURTHER_SECONDS = 5.0
"""A third one and any further has this much in all: about two sentences, such as a receptionist says."""
FURTHER_SPELL = 2.0
"""… and once speaks so long without a pause. pyannote compares voices only where 2 s of its 10 s window are clean
speech (`min_active_ratio`); a group without any such stretch was not found by its voice."""
_PAUSE = 0.5
"""Seconds of silence that end a spell; as in `label.py`."""
_TOUCH = 0.02
"""Turns this near are one: a frame of pyannote's segmentation is 17 ms."""


def settled(turns: Iterable[SpeakerTurn], exclusive: Iterable[SpeakerTurn]) -> Diarization:
    """Groups that are nobody go, stretch by stretch, to who speaks nearest; then numbered by who speaks first.

    `turns`: all speech, overlaps too; `exclusive`: one speaker at a time. Seconds, in any order.
    """
    full, single = _ordered(turns), _ordered(exclusive)
    kept = _somebody(full or single)
    spoken = [turn for turn in full or single if turn.speaker in kept]
    homes = [_joined(_with_heirs(found, kept, spoken)) for found in (full, single)]
    numbers = _numbers(*homes)
    renamed = [tuple(SpeakerTurn(one.start, one.end, numbers[one.speaker]) for one in found) for found in homes]
    return Diarization(*renamed)


def _somebody(turns: Sequence[SpeakerTurn]) -> set[int]:
    """The most talkative always, the next one if they say anything at all, others if they have something to say."""
    seconds: dict[int, float] = {}
    for turn in turns:
        seconds[turn.speaker] = seconds.get(turn.speaker, 0.0) + turn.end - turn.start
    ranked = sorted(seconds, key=lambda speaker: (-seconds[speaker], speaker))
    longest = _longest_spells(turns)
    further = {one for one in ranked[2:] if seconds[one] >= FURTHER_SECONDS and longest[one] >= FURTHER_SPELL}
    return {*ranked[:1], *(one for one in ranked[1:2] if seconds[one] >= SECOND_SECONDS), *further}


def _longest_spells(turns: Sequence[SpeakerTurn]) -> dict[int, float]:
    longest: dict[int, float] = {}
    for spell in _joined(turns, gap=_PAUSE):
        longest[spell.speaker] = max(longest.get(spell.speaker, 0.0), spell.end - spell.start)
    return longest


def _with_heirs(turns: Sequence[SpeakerTurn], kept: set[int], spoken: Sequence[SpeakerTurn]) -> list[SpeakerTurn]:
    return [turn if turn.speaker in kept else SpeakerTurn(turn.start, turn.end, _heir(turn, spoken)) for turn in turns]


def _heir(orphan: SpeakerTurn, spoken: Sequence[SpeakerTurn]) -> int:
    """Who speaks nearest in time, of two equally near the earlier one; not one who is talking just then, if there is
    another: nobody speaks over themselves."""
    busy: dict[int, float] = {}
    nearest: dict[int, tuple[float, float]] = {}
    for turn in spoken:
        away = max(0.0, turn.start - orphan.end, orphan.start - turn.end)
        over = max(0.0, min(turn.end, orphan.end) - max(turn.start, orphan.start))
        busy[turn.speaker] = busy.get(turn.speaker, 0.0) + over
        nearest[turn.speaker] = min(nearest.get(turn.speaker, (away, turn.start)), (away, turn.start))
    half = (orphan.end - orphan.start) / 2
    free = [speaker for speaker in nearest if busy[speaker] <= half] or list(nearest)
    return min(free, key=lambda speaker: nearest[speaker])


def _joined(turns: Iterable[SpeakerTurn], *, gap: float = _TOUCH) -> list[SpeakerTurn]:
    """Turns of the same speaker that overlap or touch become one; ordered by start."""
    joined: list[SpeakerTurn] = []
    last: dict[int, int] = {}
    for turn in _ordered(turns):
        at = last.get(turn.speaker)
        if at is not None and turn.start - joined[at].end <= gap:
            joined[at] = SpeakerTurn(joined[at].start, max(joined[at].end, turn.end), turn.speaker)
        else:
            last[turn.speaker] = len(joined)
            joined.append(turn)
    return joined


def _numbers(*found: Sequence[SpeakerTurn]) -> dict[int, int]:
    numbers: dict[int, int] = {}
    for turn in chain(*found):
        numbers.setdefault(turn.speaker, len(numbers))
    return numbers


def _ordered(turns: Iterable[SpeakerTurn]) -> list[SpeakerTurn]:
    return sorted(turns, key=lambda turn: (turn.start, turn.end, turn.speaker))
