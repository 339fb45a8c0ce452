"""Weights learned here from the shipped calls, the corrected ones and others, held against those that are in use."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from classifiers.classifier import Classifier
from classifiers.labelled import record_of, results
from classifiers.learned.corrected import corrected_record
from classifiers.learned.examples import read_example
from classifiers.learned.trained import shipped as shipped_weights
from classifiers.learned.trained import written_trained
from classifiers.learned.training import (
    Pair,
    Read,
    asked,
    find_all,
    learn_calls,
    learn_turns,
    read_again,
    written_read,
)
from evaluation.disturb import made_harder
from evaluation.shipped import LEARNED_FROM, shipped
from models.call import LANGUAGES
from models.tag import CHANNEL_KINDS, Tag, TagKind, TagStatus, quote_of
from pipeline.review import Stored

Told = Callable[[str], None]
Record = Mapping[str, Any]
SHOWN = (
    TagKind.STATED_CHANNEL,
    TagKind.POSSIBLE_CHANNEL,
    TagKind.DENIED_CHANNEL,
    TagKind.LEAD_QUALITY,
    TagKind.NOT_A_LEAD_REASON,
    TagKind.OUTCOME,
    TagKind.LOST_REASON,
)
"""Kinds of which it is told what would change: those that people and records read."""
UNKNOWN, NOTHING = "unknown", "-"


@dataclass(frozen=True, slots=True)
class Change:
    """A tag of a stored call that would be another."""

    kind: TagKind
    was: str
    becomes: str
    call: str
    """Public id."""
    quote: str
    """Words that say so; empty where there are none."""


def corrected_records(stored: Iterable[Stored], classifiers: Sequence[Classifier]) -> Iterator[dict[str, Any]]:
    """Calls with a person's word as labelled calls."""
    for one in stored:
        machine = one.tagged_by(classifiers)
        yield corrected_record(one.conversation, one.context, one.corrections, machine, name=one.public_id)


def learn_weights(folder: Path, more: Sequence[Record], corrected: Sequence[Record], told: Told) -> dict[str, bytes]:
    """Both files of weights, from the shipped calls, `more` labelled ones and those that people corrected.

    Turns are learned from the first two, which takes nearly all of the time, so what was learned is kept in `folder`.
    Corrected calls tell nothing of single turns: of them only the second step learns, which sees them as it will see
    every call, for no model of turns has learned from them.
    """
    given = [*shipped(LEARNED_FROM, LANGUAGES), *more]
    pairs, read = _turns(folder, given, told)
    corrections = find_all([read_example(record) for record in (*corrected, *made_harder(corrected))])
    return written_trained(read.model, learn_calls(pairs, read, corrections, told))


def _turns(folder: Path, given: Sequence[Record], told: Told) -> tuple[list[Pair], Read]:
    kept = folder / f"turns-{_digest(given)}.npz"
    examples = [read_example(record) for record in (*given, *made_harder(given))]
    if (read := _kept(kept)) is not None:
        told("the turns were learned before")
        return find_all(asked(examples), told), read
    pairs = find_all(examples, told)
    read = learn_turns(pairs, told)
    _keep(kept, read)
    return pairs, read


def _digest(given: Sequence[Record]) -> str:
    """Changes with the calls, and with this version's way of reading them."""
    known = json.dumps([shipped_weights().version, *given], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(known.encode()).hexdigest()[:16]


def _kept(file: Path) -> Read | None:
    try:
        return read_again(file.read_bytes())
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def _keep(file: Path, read: Read) -> None:
    """In place of what was learned from other calls."""
    file.parent.mkdir(parents=True, exist_ok=True)
    for old in file.parent.glob("turns-*.npz"):
        old.unlink(missing_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(written_read(read))
    part.replace(file)


def answers_of(stored: Stored, tags: Sequence[Tag]) -> dict[str, Any]:
    """As `earmark tag` would print them."""
    return results(record_of(stored.conversation, stored.public_id), tags)


def changes(stored: Stored, before: Classifier, after: Classifier) -> Iterator[Change]:
    """What would be another tag of this call, by the classifier `after`; a person's word stays in both."""
    old, new = (stored.tagged_by([classifier], stored.corrections) for classifier in (before, after))
    for kind in SHOWN:
        pairs = _channel_pairs if kind in CHANNEL_KINDS else _single_pairs
        for was, becomes in pairs(_of(old, kind), _of(new, kind)):
            if _value(was) != _value(becomes):
                yield Change(kind, _value(was), _value(becomes), stored.public_id, _quote(stored, becomes or was))


def _of(tags: Iterable[Tag], kind: TagKind) -> list[Tag]:
    return [tag for tag in tags if tag.kind is kind]


def _single_pairs(old: Sequence[Tag], new: Sequence[Tag]) -> Iterator[tuple[Tag | None, Tag | None]]:
    yield next(iter(old), None), next(iter(new), None)


def _channel_pairs(old: Sequence[Tag], new: Sequence[Tag]) -> Iterator[tuple[Tag | None, Tag | None]]:
    """Channel by channel."""
    before, after = ({tag.item: tag for tag in tags if tag.item} for tags in (old, new))
    for channel in sorted(before.keys() | after.keys()):
        yield before.get(channel), after.get(channel)


def _value(tag: Tag | None) -> str:
    if tag is None:
        return NOTHING
    name = tag.item or tag.value or NOTHING
    return f"{UNKNOWN} ({name}?)" if tag.status is TagStatus.WITHHELD else name


def _quote(stored: Stored, tag: Tag | None) -> str:
    return quote_of(stored.conversation, tag.evidence[0]).text if tag is not None and tag.evidence else ""
