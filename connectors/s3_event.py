"""Bucket notifications, as MinIO and AWS post them, to the objects that were created."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from models.errors import BadInput

_CREATED = "ObjectCreated:"


def created_objects(body: bytes) -> list[tuple[str, str]]:
    """Bucket and key of each object that has been written, keys decoded, each once, in the order of the records.

    Removals and all other events are passed over; a body without `Records` is the test that AWS sends when a
    notification is set up. Raises BadInput for what is not a notification.
    """
    notification = _parsed(body)
    records = notification.get("Records", [])
    if not isinstance(records, list):
        raise BadInput(f"Records: {_shown(records)} is not a list; send the notification as the store made it")
    found = dict.fromkeys(_created(record, f"Records[{number}]") for number, record in enumerate(records))
    return [pair for pair in found if pair is not None and not pair[1].endswith("/")]


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        notification = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"the storage event is no JSON ({error}): {_shown(body[:80])}") from error
    if not isinstance(notification, dict):
        raise BadInput(f"the storage event must be a JSON object with Records, not {_shown(notification)}")
    return notification


def _created(record: Any, path: str) -> tuple[str, str] | None:
    if not str(_at(record, path, "eventName")).removeprefix("s3:").startswith(_CREATED):
        return None
    # Keys come encoded as in a query, a space as '+'; names of buckets need no encoding.
    encoded = _at(record, path, "s3", "object", "key")
    try:
        return _at(record, path, "s3", "bucket", "name"), unquote_plus(encoded, errors="strict")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}.s3.object.key: {_shown(encoded)} is not UTF-8 in its percent signs") from error


def _at(record: Any, path: str, *names: str) -> str:
    """The text under these names."""
    for name in names:
        path = f"{path}.{name}"
        record = record.get(name) if isinstance(record, dict) else None
    if not isinstance(record, str) or not record:
        raise BadInput(f"{path}: {_shown(record)} is not a text; send the notification as the store made it")
    return record


def _shown(value: object) -> str:
    return repr(value)[:100]
