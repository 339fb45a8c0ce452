"""A turn as numbers: the words said in it and beside it, who says them, and what the lexicons found there.

Words are folded and cut into short runs of words and of letters, so that endings and misheard letters cost little.
Each such feature is known by a 32-bit hash of its name. Languages share one model: their letters differ, and what the
lexicons find has the same names in all of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from classifiers.channels.places import Place
from classifiers.channels.reader import Reading
from classifiers.channels.reading import Line
from classifiers.cues import Heard, Side
from classifiers.normalise import letters
from models.conversation import Role

_WORDS = 80
"""Of a turn longer than that, the first and last half of so many words."""
_LETTERS = (2, 3, 4, 5)
_SAID, _BEFORE = 3, 2
"""Words in a row, of the turn itself and of the one before."""
_AROUND, _NEAR = 4, 7
"""Words in a row with a sign among them, and on each side of it."""
_LENGTHS = 6
_EDGES = {0: "first", 1: "second", -1: "last", -2: "last but one"}


@dataclass(frozen=True, slots=True)
class TurnFacts:
    """A turn and its surroundings."""

    number: int
    side: str
    """`a` business, `c` caller, `m` machine, `e` nobody can tell."""
    words: tuple[str, ...]
    """Folded."""
    before: tuple[str, ...] = ()
    side_before: str = ""
    after: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
    """Where in the call it stands, if near its ends; none for a piece of a call."""
    found: frozenset[str] = frozenset()
    """Names of cues and marks in it, channels as `channel:instagram`."""
    found_before: frozenset[str] = frozenset()
    classed: tuple[str, ...] = ()
    """The words with every channel's name, person and thing of the lexicons as one sign; empty where there is none."""

    @property
    def channels(self) -> frozenset[str]:
        return frozenset(name.removeprefix(_CHANNEL) for name in self.found if name.startswith(_CHANNEL))


Blocks = tuple[tuple[str, tuple[int, ...]], ...]
"""Hashes of features, by the block that is brought to one length."""
_CHANNEL = "channel:"


def facts_of(
    heard: Heard, reading: Reading, places: Mapping[int, Sequence[Place]], *, whole: bool = True
) -> list[TurnFacts]:
    """One for each turn. `places`: where channels are spoken of, by turn. `whole`: the call is not a piece of one."""
    turns = heard.conversation.turns
    words = [folded(turn.text) for turn in turns]
    sides = [_side(turn.role, side) for turn, side in zip(turns, heard.sides, strict=True)]
    found = _found(heard, reading, places)
    classed = {line.number: _classed(line, places[line.number]) for line in reading.lines if places.get(line.number)}
    count = len(turns)
    return [
        TurnFacts(
            number=number,
            side=sides[number],
            words=words[number],
            before=words[number - 1] if number else (),
            side_before=sides[number - 1] if number else "",
            after=words[number + 1] if number + 1 < count else (),
            edges=tuple(_edges(number, count)) if whole else (),
            found=frozenset(found[number]),
            found_before=frozenset(found[number - 1]) if number else frozenset(),
            classed=classed.get(number, ()),
        )
        for number in range(count)
    ]


def blocks_of(facts: TurnFacts) -> Blocks:
    """The features of a turn."""
    said = ("^", *facts.words, "$")
    return (
        ("letters", tuple({key for word in facts.words for key in _letter_runs(word)})),
        ("said", _hashed(f"{facts.side}:{run}" for run in _runs(said, _SAID))),
        ("before", _hashed(f"b:{run}" for run in _runs(facts.before, _BEFORE))),
        ("after", _hashed(f"x:{word}" for word in facts.after)),
        ("classed", _hashed(f"{facts.side}:{run}" for run in _around_classes(facts.classed))),
        ("form", _hashed(_form(facts))),
    )


def _found(heard: Heard, reading: Reading, places: Mapping[int, Sequence[Place]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for name, cues in heard.cues.items():
        for cue in cues:
            found[cue.turn].add(name)
    for line in reading.lines:
        for name, spans in line.marks.spans.items():
            found[line.number].update(name for _ in spans[:1])
    for number, named in places.items():
        found[number].update(f"{_CHANNEL}{place.channel}" for place in named)
    return found


def _classed(line: Line, places: Sequence[Place]) -> tuple[str, ...]:
    signs = {place.start: (place.end, f"@{place.kind}") for place in places}
    words, at = [], 0
    while at < len(line.tokens):
        end, sign = signs.get(at, (at + 1, line.tokens[at].plain))
        words.append(sign)
        at = max(end, at + 1)
    return tuple(words)


def _around_classes(words: tuple[str, ...]) -> Iterator[str]:
    """Runs of words with a sign among them, and each word near a sign."""
    for at, sign in enumerate(words):
        if not sign.startswith("@"):
            continue
        yield sign
        for size in range(2, _AROUND + 1):
            for start in range(max(0, at - size + 1), min(at, len(words) - size) + 1):
                yield " ".join(words[start : start + size])
        yield from (f"{word} .. {sign}" for word in words[max(0, at - _NEAR) : at])
        yield from (f"{sign} .. {word}" for word in words[at + 1 : at + 1 + _NEAR])


def _side(role: Role, side: Side) -> str:
    if role is Role.MACHINE:
        return "m"
    return {Side.BUSINESS: "a", Side.CALLER: "c", Side.EITHER: "e"}[side]


def _edges(number: int, count: int) -> Iterator[str]:
    for at, name in _EDGES.items():
        if number == at % count and -count <= at < count:
            yield name


def _form(facts: TurnFacts) -> Iterator[str]:
    yield f"side {facts.side}"
    yield f"side before {facts.side_before}"
    yield f"length {min(_LENGTHS, len(facts.words) // 4)}"
    for edge in facts.edges:
        yield edge
        yield f"{edge} {facts.side}"
    for name in facts.found:
        yield f"found {name}"
        yield f"found {facts.side} {name}"
    for name in facts.found_before:
        yield f"found before {name}"


def folded(text: str) -> tuple[str, ...]:
    words = tuple(piece for word in text.split() for piece in _pieces(word))
    return words if len(words) <= _WORDS else words[: _WORDS // 2] + words[-_WORDS // 2 :]


@lru_cache(maxsize=100_000)
def _pieces(word: str) -> tuple[str, ...]:
    folded = letters(word).replace("\u200c", "")
    return tuple("".join(sign if sign.isalnum() else " " for sign in folded).split())


@lru_cache(maxsize=100_000)
def _letter_runs(word: str) -> tuple[int, ...]:
    padded = f" {word} "
    runs = {padded[at : at + size] for size in _LETTERS for at in range(max(1, len(padded) - size + 1))}
    return _hashed(f"l:{run}" for run in runs)


def _runs(words: tuple[str, ...], longest: int) -> Iterator[str]:
    for size in range(1, longest + 1):
        for at in range(len(words) - size + 1):
            yield " ".join(words[at : at + size])


def _hashed(names: Iterable[str]) -> tuple[int, ...]:
    return tuple({crc32(name.encode()) for name in names})
