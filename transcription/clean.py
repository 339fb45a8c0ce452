"""What a speech engine invents and what it says twice: found by structure, taken out, and noted."""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.transcript import Transcript, Word

MOST_COMPRESSION = 2.4
"""Text that deflate shrinks more than this repeats itself (Whisper's own threshold)."""
LEAST_LOGPROB = -1.0
MOST_SILENCE = 0.6
"""Whisper's thresholds for text on silence: both must be crossed."""
_MOST_WORDS_A_SECOND = 9.0
"""Nobody speaks so fast; auctioneers reach 7."""
_ISOLATED = 1.0
"""Seconds of silence that part an utterance from the next."""
_LONGEST_LOOP = 10
"""Words in a repeated phrase."""
_LEAST_REPEATS = {1: 7, 2: 4, 3: 4}
"""Repeats in a row that are no speech any more: `no no no no` and `zero zero zero zero` are. For longer phrases: 3."""

_INVENTED = re.compile(
    r"(thank(s| you)( so much| very much)? for (watching|viewing)|see you in the next video"
    r"|(please )?(like and )?subscribe.*"
    r"|(sub)?titles? (by|created by) .*|transcribed by .*|.*amara org.*|www [\w ]+ (com|org)"
    r"|субтитры (сделал|создавал|подогнал|и ?редактор|делал|от).*|редактор субтитров.*|продолжение следует"
    r"|спасибо за (просмотр|субтитры).*|подпис(ывайтесь|ывайся).* (канал|нас).*"
    r"|(ترجمه و )?زیرنویس.*|ممنون (که|از) (تماشا|نگاه).*|.*(سابسکرایب|کانال ما را).*)"
)
"""What Whisper learned from film subtitles. Only when it is a whole utterance, with silence around it."""


@dataclass(frozen=True, slots=True)
class _Drop:
    numbers: frozenset[int]
    reason: str


def clean(transcript: Transcript) -> Transcript:
    """Without loops, invented endings and words that the sound cannot hold; `notes` say what went and why.

    Times are brought inside the recording. Words without times are only looked at for loops.
    """
    words = [_clamped(word, transcript.duration) for word in transcript.words]
    drops: list[_Drop] = []
    for utterance in _utterances(words):
        drops.extend(_problems(words, utterance))
    gone = frozenset().union(*(drop.numbers for drop in drops))
    kept = tuple(word for number, word in enumerate(words) if number not in gone)
    return replace(transcript, words=kept, notes=transcript.notes + tuple(_note(words, drop) for drop in drops))


def invented_reason(text: str, *, avg_logprob: float, no_speech: float) -> str | None:
    """Why a segment with these marks of its engine is no speech; None when it may be."""
    if no_speech > MOST_SILENCE and avg_logprob < LEAST_LOGPROB:
        return "text on silence"
    return "text that repeats itself" if compression(text) > MOST_COMPRESSION else None


def compression(text: str) -> float:
    """How many times smaller deflate makes the text."""
    raw = text.encode()
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
    plain = [_plain(words[number].text) for number in utterance]
    if _INVENTED.fullmatch(" ".join(filter(None, plain))) and words[utterance[0]].start is not None:
        yield _Drop(frozenset(utterance), "an ending that engines invent")
        return
    if _too_fast([words[number] for number in utterance]):
        yield _Drop(frozenset(utterance), "more words than the time can hold")
        return
    looped = _looped(plain)
    if looped:
        yield _Drop(frozenset(utterance[place] for place in looped), "a phrase said over and over")
    rest = [place for place in range(len(plain)) if place not in looped]
    text = " ".join(plain[place] for place in rest)
    if len(text) > 200 and compression(text) > MOST_COMPRESSION:
        yield _Drop(frozenset(utterance[place] for place in rest), "text that repeats itself")


def _too_fast(words: Sequence[Word]) -> bool:
    start, end = words[0].start, words[-1].end
    if start is None or end is None or len(words) < 6:
        return False
    return len(words) > _MOST_WORDS_A_SECOND * max(end - start, 0.01)


def _looped(plain: Sequence[str]) -> set[int]:
    """Places of all but the first of phrases that are repeated in a row."""
    gone: set[int] = set()
    place = 0
    while place < len(plain):
        length, repeats = _loop_at(plain, place)
        if repeats:
            gone.update(range(place + length, place + length * repeats))
        place += max(1, length * repeats)
    return gone


def _loop_at(plain: Sequence[str], place: int) -> tuple[int, int]:
    for length in range(1, _LONGEST_LOOP + 1):
        phrase = plain[place : place + length]
        repeats = 1
        while plain[place + length * repeats : place + length * (repeats + 1)] == phrase and len(phrase) == length:
            repeats += 1
        if repeats >= _LEAST_REPEATS.get(length, 3):
            return length, repeats
    return 0, 0


def _plain(text: str) -> str:
    return re.sub(r"[^\w']", " ", text.lower()).strip()


def _note(words: Sequence[Word], drop: _Drop) -> str:
    first = words[min(drop.numbers)]
    when = "" if first.start is None else f" at {first.start:.1f} s"
    text = " ".join(words[number].text for number in sorted(drop.numbers))
    shown = text if len(text) <= 60 else text[:57] + "..."
    return f"dropped{when} on channel {first.channel}: {drop.reason} ({shown!r})"
