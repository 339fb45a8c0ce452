"""Calls made harder on purpose: without speakers, with words under the wrong one, with words misheard."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from random import Random
from typing import Any

from evaluation.other_brands import with_other_brands

Record = Mapping[str, Any]

_VOWELS = {"en": "aeiou", "ru": "аеиоуыэюя", "fa": "اویه"}
_NEAR = {
    "en": ("bp", "dt", "gk", "vf", "zs", "mn", "lr", "aeiou"),
    "ru": ("бп", "дт", "гк", "вф", "зс", "мн", "лр", "жш", "оаэеиыу"),
    "fa": ("بپ", "دت", "گک", "وف", "زس", "من", "لر", "شژ", "قغ", "اهی"),
}
"""Letters whose sounds a recogniser takes for each other."""
_SLIPS = {
    "en": ("uh", "the", "a", "and"),
    "ru": ("ну", "вот", "э", "и"),
    "fa": ("خب", "یعنی", "و", "ام"),
}


def without_speakers(record: Record) -> Record:
    """Every turn is of nobody known."""
    return {**record, "turns": [{**turn, "speaker": "unknown"} for turn in record["turns"]]}


def with_words_astray(record: Record, share: float, seed: int = 0) -> Record:
    """This share of the words stands with the neighbouring turn, at the end where the two meet."""
    random = _random(record, seed)
    texts = [turn["text"].split() for turn in record["turns"]]
    for number in range(len(texts) - 1):
        moved = sum(random.random() < share for _ in texts[number])
        moved = min(moved, max(0, len(texts[number]) - 1))
        if not moved:
            continue
        if random.random() < 0.5:
            texts[number + 1] = texts[number][-moved:] + texts[number + 1]
            texts[number] = texts[number][:-moved]
        else:
            texts[number] = texts[number] + texts[number + 1][:moved]
            texts[number + 1] = texts[number + 1][moved:]
    return _with_texts(record, texts)


def misheard(record: Record, share: float, seed: int = 0) -> Record:
    """This share of the words is wrong: six in ten another word of like sound, a quarter lost, the rest put in."""
    random, language = _random(record, seed), str(record.get("language", "en"))
    texts = []
    for turn in record["turns"]:
        words: list[str] = []
        for word in turn["text"].split():
            words += _heard(word, share, language, random)
        texts.append(words)
    return _with_texts(record, texts)


def _heard(word: str, share: float, language: str, random: Random) -> list[str]:
    if random.random() >= share:
        return [word]
    kind = random.random()
    if kind < 0.6:
        return [_slurred(word, language, random)]
    return [] if kind < 0.85 else [word, random.choice(_SLIPS.get(language, _SLIPS["en"]))]


def _slurred(word: str, language: str, random: Random) -> str:
    """One or two letters changed for near ones, a syllable lost or doubled, or the word cut in two."""
    letters = list(word)
    for _ in range(1 + (len(word) > 6)):
        if not letters:
            break
        at = random.randrange(len(letters))
        change = random.random()
        if change < 0.6:
            letters[at] = _near(letters[at], language, random)
        elif change < 0.8 and len(letters) > 2:
            del letters[at]
        elif len(letters) > 5:
            letters.insert(len(letters) // 2, " ")
    return "".join(letters).strip() or word


def _near(letter: str, language: str, random: Random) -> str:
    near = next((group for group in _NEAR.get(language, ()) if letter.lower() in group), "")
    others = [other for other in near if other != letter.lower()]
    return random.choice(others or _VOWELS.get(language, _VOWELS["en"]))


def _with_texts(record: Record, texts: list[list[str]]) -> Record:
    turns = [{**turn, "text": " ".join(words)} for turn, words in zip(record["turns"], texts, strict=True)]
    return {**record, "turns": turns}


def _random(record: Record, seed: int) -> Random:
    return Random(f"{record.get('id')} {seed}")  # noqa: S311 - no secret


def made_harder(records: Iterable[Record]) -> Iterator[Record]:
    """Of every call, and of every other pair of pieces, one without speakers, or misheard; all about other brands."""
    for number, record in enumerate(records):
        other = with_other_brands(record)
        if not record.get("piece") or number % 4 < 2:
            yield without_speakers(other) if number % 2 else misheard(other, MISHEARD[number // 2 % len(MISHEARD)])
        elif other is not record:
            yield other


MISHEARD = (0.1, 0.2, 0.3)
DISTURBED: dict[str, Callable[[Record], Record]] = {
    "as they are": lambda record: record,
    "speakers removed": without_speakers,
    "10 % of words with the wrong speaker": lambda record: with_words_astray(record, 0.1),
    **{f"{share:.0%} of words misheard".replace("%", " %"): partial(misheard, share=share) for share in MISHEARD},
}
