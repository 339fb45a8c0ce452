"""What a speech engine invents and what it says twice: found by structure, taken out, and kept with its reason."""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from models.transcript import Dropped, Transcript, Word
from transcription.inventions import is_described, is_known, plain

MOST_COMPRESSION = 2.4
"""Text that deflate shrinks more than this repeats itself (Whisper's own threshold, for what it writes of 30 s)."""
LEAST_LOGPROB = -1.0
MOST_SILENCE = 0.6
"""Whisper's thresholds for text on silence: both must be crossed."""
_MOST_WORDS_A_SECOND = 9.0
"""Nobody speaks so fast; auctioneers reach 7."""
_ISOLATED = 1.0
"""Seconds of silence that part an utterance from the next."""
_LONGEST_LOOP = 10
"""Words in a repeated phrase."""
_LEAST_REPEATS = {1: 9, 2: 5, 3: 4, 4: 4}
"""Repeats in a row that are no speech any more, by the length of the phrase: `no no no no`, `алло алло алло алло` and
`zero zero zero zero` are. For longer phrases 3. Loops that are real go on until the engine's text is full."""
_LEAST_NUMBERS = 12
"""Words of numbers in a row: cards and telephone numbers repeat digits and pairs of them."""
_COMPARED = 60
"""Words, about what is said in 30 s: the longer a text, the better any of it compresses."""
_NUMBERS = re.compile(
    r"\d+|zero|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    r"|oh|o|double|triple|hundred|thousand"
    r"|ноль|нуль|один|одна|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|двадцать|тридцать|сорок|пятьдесят"
    r"|шестьдесят|семьдесят|восемьдесят|девяносто|сто|двести|триста|четыреста|пятьсот|шестьсот|семьсот|восемьсот"
    r"|девятьсот|тысяча"
    r"|صفر|یک|دو|سه|چهار|پنج|شش|شیش|هفت|هشت|نه|ده|بیست|سی|چهل|پنجاه|شصت|هفتاد|هشتاد|نود|صد|دویست|سیصد|هزار|و"
)


@dataclass(frozen=True, slots=True)
class _Drop:
    numbers: frozenset[int]
    reason: str


def clean(transcript: Transcript) -> Transcript:
    """Without loops, invented endings and words that the sound cannot hold; `dropped` says what went and why.

    Times are brought inside the recording. Words without times are only looked at for loops.
    """
    words = [_clamped(word, transcript.duration) for word in transcript.words]
    drops: list[_Drop] = []
    for utterance in _utterances(words):
        drops.extend(_problems(words, utterance))
    gone = frozenset().union(*(drop.numbers for drop in drops))
    kept = tuple(word for number, word in enumerate(words) if number not in gone)
    dropped = [*transcript.dropped, *(_dropped(words, drop) for drop in drops)]
    return replace(
        transcript, words=kept, dropped=tuple(sorted(dropped, key=lambda piece: (piece.start, piece.channel)))
    )


def invented_reason(text: str, *, avg_logprob: float, no_speech: float) -> str | None:
    """Why a segment with these marks of its engine is no speech; None when it may be."""
    if no_speech > MOST_SILENCE and avg_logprob < LEAST_LOGPROB:
        return "text on silence"
    return "text that repeats itself" if compression(text) > MOST_COMPRESSION else None


def compression(text: str) -> float:
    """How many times smaller deflate makes the text, with one byte for each letter.

    In UTF-8 every Russian and Persian letter begins with one of two bytes, which makes true speech look like a loop.
    """
    letters = {letter: number % 256 for number, letter in enumerate(sorted(set(text)))}
    raw = bytes(letters[letter] for letter in text)
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0


def _clamped(word: Word, duration: float | None) -> Word:
    if word.start is None or duration is None:
        return word
    start = min(max(word.start, 0.0), duration)
    end = min(max(start if word.end is None else word.end, start), duration)
    return word if (start, end) == (word.start, word.end) else replace(word, start=start, end=end)


def _utterances(words: Sequence[Word]) -> Iterator[list[int]]:
    """Numbers of words of one channel without a silence between them."""
    current: dict[int, list[int]] = {}
    for number, word in enumerate(words):
        running = current.get(word.channel)
        if running and _silence(words[running[-1]], word) >= _ISOLATED:
            yield current.pop(word.channel)
        current.setdefault(word.channel, []).append(number)
    yield from current.values()


def _silence(before: Word, after: Word) -> float:
    if before.end is None or after.start is None:
        return 0.0
    return after.start - before.end


def _problems(words: Sequence[Word], utterance: Sequence[int]) -> Iterator[_Drop]:
    whole = _invented([words[number] for number in utterance])
    if whole is not None:
        yield _Drop(frozenset(utterance), whole)
        return
    said = [plain(words[number].text) for number in utterance]
    looped = _looped(said)
    for run in _runs(looped):
        yield _Drop(frozenset(utterance[place] for place in run), "a phrase said over and over")
    rest = [place for place in range(len(said)) if place not in looped]
    for part in _parts(rest):
        text = " ".join(said[place] for place in part)
        if len(text) > 200 and compression(text) > MOST_COMPRESSION and not _counts(said[place] for place in part):
            yield _Drop(frozenset(utterance[place] for place in part), "text that repeats itself")


def _runs(places: Iterable[int]) -> Iterator[list[int]]:
    """Places that follow each other: what is kept between two loops lies in neither."""
    for _, run in groupby(enumerate(sorted(places)), key=lambda numbered: numbered[1] - numbered[0]):
        yield [place for _, place in run]


def _parts(places: Sequence[int]) -> Iterator[Sequence[int]]:
    """Of equal length, about `_COMPARED`."""
    count = max(1, round(len(places) / _COMPARED))
    for number in range(count):
        yield places[number * len(places) // count : (number + 1) * len(places) // count]


def _invented(words: Sequence[Word]) -> str | None:
    """Why a whole utterance is no speech."""
    if words[0].start is None:
        return None
    texts = [word.text for word in words]
    if is_known(texts):
        return "an ending that engines invent"
    if is_described(texts):
        return "the description of a sound"
    return "more words than the time can hold" if _too_fast(words) else None


def _too_fast(words: Sequence[Word]) -> bool:
    start, end = words[0].start, words[-1].end
    if start is None or end is None or len(words) < 6:
        return False
    return len(words) > _MOST_WORDS_A_SECOND * max(end - start, 0.01)


def _looped(said: Sequence[str]) -> set[int]:
    """Places of all but the first of phrases that are repeated in a row."""
    gone: set[int] = set()
    place = 0
    while place < len(said):
        length, repeats = _loop_at(said, place)
        if repeats:
            gone.update(range(place + length, place + length * repeats))
        place += max(1, length * repeats)
    return gone


def _loop_at(said: Sequence[str], place: int) -> tuple[int, int]:
    for length in range(1, _LONGEST_LOOP + 1):
        phrase = said[place : place + length]
        repeats = 1
        while said[place + length * repeats : place + length * (repeats + 1)] == phrase and len(phrase) == length:
            repeats += 1
        least = _LEAST_REPEATS.get(length, 3)
        if repeats >= (max(least, _LEAST_NUMBERS // length + 1) if _counts(phrase) else least):
            return length, repeats
    return 0, 0


def _counts(said: Sequence[str] | Iterator[str]) -> bool:
    """Nothing but numbers."""
    return all(part for word in said for part in map(_NUMBERS.fullmatch, word.split() or [""]))


def _dropped(words: Sequence[Word], drop: _Drop) -> Dropped:
    said = [words[number] for number in sorted(drop.numbers)]
    start = next((word.start for word in said if word.start is not None), 0.0)
    ends = [word.end for word in said if word.end is not None]
    return Dropped(
        start=start,
        end=max([start, *ends]),
        channel=said[0].channel,
        reason=drop.reason,
        text=" ".join(word.text for word in said),
    )
