"""Trackers as their owner writes them: a YAML, TOML or JSON file with several, or one over the API."""

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from models.call import LANGUAGES
from models.channel import GROUP_OF
from models.errors import BadInput
from models.tracker import LONGEST_NAME, Phrase, SaidBy, Tracker

MOST_TRACKERS = 500
MOST_PHRASES = 200
"""Of one list, all its languages together."""
LONGEST_PHRASE = 200
MOST_WORDS = 12
LONGEST_FILE = 1_000_000
_DAY = 24 * 3600.0
_MOST_NEAR = 1000
FIELDS = (
    *("name", "phrases", "all_of", "none_of", "near", "said_by", "first_seconds", "last_seconds", "channel"),
    "campaign",
)
_HALF_SPACE = "\u200c"


def read_trackers(data: bytes, file: str) -> tuple[Tracker, ...]:
    """Those of a file, `{"trackers": [{"name": …, "phrases": …}, …]}`; the ending of its name says how it is written.

    Raises BadInput, which names file, tracker, field and value.
    """
    if len(data) > LONGEST_FILE:
        raise BadInput(f"{file} has {len(data):,} bytes; a file of trackers has at most {LONGEST_FILE:,}")
    document = _parsed(data, file)
    listed = document.get("trackers") if isinstance(document, Mapping) else None
    if not isinstance(listed, list) or not listed:
        raise BadInput(f"{file} has no list `trackers` of trackers at its top; it has {_shown(document)}")
    for name in document:
        if name != "trackers":
            raise BadInput(f"{file}: there is no {_shown(name)} beside `trackers`; remove it or move it into a tracker")
    return trackers_of(listed, file)


def trackers_of(listed: Sequence[Any], where: str) -> tuple[Tracker, ...]:
    """Raises BadInput, also for a name that stands there twice."""
    if len(listed) > MOST_TRACKERS:
        raise BadInput(f"{where}: {len(listed)} trackers; at most {MOST_TRACKERS} are taken")
    found: dict[str, Tracker] = {}
    for number, one in enumerate(listed, 1):
        if not isinstance(one, Mapping):
            raise BadInput(f"{where}: tracker {number} is {_shown(one)}; write a name and phrases")
        name = _name(one.get("name"), f"{where}: tracker {number}")
        if name in found:
            raise BadInput(f"{where}: the name {name!r} stands there twice; give each tracker a name of its own")
        found[name] = tracker_of(one, f"{where}: tracker {name!r}")
    return tuple(found.values())


def tracker_of(document: Mapping[str, Any], where: str) -> Tracker:
    """One of them. Raises BadInput that begins with `where`."""
    for field in document:
        if field not in FIELDS:
            raise BadInput(f"{where}: there is no field {_shown(field)}; there are: {', '.join(FIELDS)}")
    tracker = Tracker(
        name=_name(document.get("name"), where),
        phrases=_phrases(document, "phrases", where),
        all_of=_phrases(document, "all_of", where),
        none_of=_phrases(document, "none_of", where),
        near=_near(document.get("near"), where),
        said_by=_said_by(document.get("said_by"), where),
        first_seconds=_seconds(document, "first_seconds", where),
        last_seconds=_seconds(document, "last_seconds", where),
        **_campaign(document, where),
    )
    _check_whole(tracker, where)
    return tracker


def _check_whole(tracker: Tracker, where: str) -> None:
    if not tracker.phrases and not tracker.all_of:
        raise BadInput(f"{where}: `phrases` is missing; without it nothing can be quoted (`all_of` alone serves too)")
    own = {phrase.language for phrase in tracker.phrases}
    strange = [phrase.language for phrase in tracker.all_of if own and phrase.language not in {"", *own}]
    if strange:
        raise BadInput(f"{where}: `all_of` has {strange[0]!r}, and `phrases` has nothing in it; add phrases of it")
    if tracker.near is not None and not (tracker.all_of or tracker.none_of):
        raise BadInput(f"{where}: `near` is {tracker.near}, and there is no `all_of` or `none_of` to be near to")


def _parsed(data: bytes, file: str) -> Any:
    try:
        text = data.decode("utf-8-sig")
        if file.endswith(".toml"):
            return tomllib.loads(text)
        if file.endswith(".json"):
            return json.loads(text)
        if file.endswith((".yaml", ".yml")):
            return yaml.safe_load(text)
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8: byte {error.start} is {data[error.start]:#04x}; save it so") from None
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        said = " ".join(str(error).split())
        raise BadInput(f"{file} cannot be read: {said}") from None
    raise BadInput(f"{file} ends neither in .yaml nor in .toml or .json; name it so that we know how to read it")


def _name(value: Any, where: str) -> str:
    name = " ".join(value.split()) if isinstance(value, str) else ""
    if not 0 < len(name) <= LONGEST_NAME or not _readable(name):
        raise BadInput(f"{where}: `name` is {_shown(value)}; write 1 to {LONGEST_NAME} letters")
    return name


def _phrases(document: Mapping[str, Any], field: str, where: str) -> tuple[Phrase, ...]:
    """A list of phrases, or one for each language: `{"en": [...], "ru": [...]}`; one phrase needs no list."""
    given = document.get(field)
    if given is None:
        return ()
    lists = given if isinstance(given, Mapping) else {"": given}
    found: list[Phrase] = []
    for language, listed in lists.items():
        if isinstance(given, Mapping) and language not in LANGUAGES:
            raise BadInput(f"{where}: `{field}` has the language {_shown(language)}; one of: {', '.join(LANGUAGES)}")
        own = f"{field}.{language}" if language else field
        texts = [listed] if isinstance(listed, str) else listed
        if not isinstance(texts, list) or not texts:
            raise BadInput(f"{where}: `{own}` is {_shown(listed)}; write a list of phrases")
        found += [Phrase(_phrase(text, own, where), language) for text in texts]
        if len(found) > MOST_PHRASES:
            raise BadInput(f"{where}: `{field}` has {len(found)} phrases or more; at most {MOST_PHRASES} are taken")
    return tuple(dict.fromkeys(found))


def _phrase(value: Any, field: str, where: str) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not any(letter.isalnum() for letter in text) or not _readable(text):
        raise BadInput(
            f"{where}: `{field}` has {_shown(value)}; a phrase is words as they are said (numbers in quotes)"
        )
    if len(text) > LONGEST_PHRASE or len(text.split()) > MOST_WORDS:
        raise BadInput(f"{where}: `{field}` has {_shown(text)}; a phrase has at most {MOST_WORDS} words")
    return text


def _near(value: Any, where: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_NEAR:
        raise BadInput(f"{where}: `near` is {_shown(value)}; write how many words, 1 to {_MOST_NEAR}")
    return value


def _said_by(value: Any, where: str) -> SaidBy:
    if value is None:
        return SaidBy.ANYONE
    if value not in set(SaidBy):
        raise BadInput(f"{where}: `said_by` is {_shown(value)}; one of: {', '.join(SaidBy)}")
    return SaidBy(value)


def _seconds(document: Mapping[str, Any], field: str, where: str) -> float | None:
    value = document.get(field)
    if value is None:
        return None
    right = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not right or not 0 < value <= _DAY:
        raise BadInput(f"{where}: `{field}` is {_shown(value)}; write seconds, more than 0")
    return float(value)


def _campaign(document: Mapping[str, Any], where: str) -> dict[str, str]:
    """A channel, and the campaign of it: the tracker's name unless it says another."""
    channel, campaign = document.get("channel"), document.get("campaign")
    if channel is None:
        if campaign is not None:
            raise BadInput(
                f"{where}: `campaign` is {_shown(campaign)} without a `channel`; name the campaign's channel"
            )
        return {}
    if not isinstance(channel, str) or channel not in GROUP_OF:
        raise BadInput(f"{where}: `channel` is {_shown(channel)}; one of: {', '.join(GROUP_OF)}")
    if campaign is None:
        return {"channel": channel, "campaign": _name(document.get("name"), where)}
    text = " ".join(str(campaign).split()) if isinstance(campaign, str | int) else ""
    if not 0 < len(text) <= LONGEST_PHRASE or not _readable(text):
        raise BadInput(f"{where}: `campaign` is {_shown(campaign)}; write 1 to {LONGEST_PHRASE} letters")
    return {"channel": channel, "campaign": text}


def _readable(text: str) -> bool:
    return all(letter == _HALF_SPACE or letter.isprintable() for letter in text)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
