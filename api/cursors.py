"""Cursors: opaque to whoever holds one, and of use in the list and the workspace that gave it alone."""

import base64
import binascii
import json
from contextlib import suppress
from datetime import UTC, datetime

from api.problems import UNKNOWN_CURSOR, Problem

_INT64 = 2**63
"""Beyond it no database has a number."""


def calls_cursor(workspace_id: int, started_at: datetime, number: int) -> str:
    """The place of a call in the list of calls."""
    return _encoded(["calls", workspace_id, started_at.isoformat(), number])


def read_calls_cursor(cursor: str, workspace_id: int) -> tuple[datetime, int]:
    """Raises Problem."""
    return _read_place("calls", cursor, workspace_id)


def leads_cursor(workspace_id: int, started_at: datetime, number: int) -> str:
    """The place of a lead in the list of leads."""
    return _encoded(["leads", workspace_id, started_at.isoformat(), number])


def read_leads_cursor(cursor: str, workspace_id: int) -> tuple[datetime, int]:
    """Raises Problem."""
    return _read_place("leads", cursor, workspace_id)


def feed_cursor(workspace_id: int, seq: int) -> str:
    """The place of a change in the feed."""
    return _encoded(["feed", workspace_id, seq])


def read_feed_cursor(cursor: str, workspace_id: int, *, last: int) -> int:
    """The change it stands at. Raises Problem, also when it is ahead of the feed, whose last change is `last`."""
    match _decoded(cursor):
        case ["feed", int(whose), int(seq)] if whose == workspace_id and seq >= 0:
            if seq > last:
                raise Problem(
                    UNKNOWN_CURSOR,
                    f"after={cursor!r} is ahead of the feed, whose database must have been restored from an older "
                    "backup; begin again without `after`",
                )
            return seq
    raise _unknown("after", cursor)


def _read_place(kind: str, cursor: str, workspace_id: int) -> tuple[datetime, int]:
    match _decoded(cursor):
        case [str(of), int(whose), str(moment), int(number)] if (of, whose) == (kind, workspace_id):
            with suppress(ValueError, OverflowError):
                if 0 < number < _INT64:
                    return datetime.fromisoformat(moment).astimezone(UTC), number
    raise _unknown("before", cursor)


def _unknown(name: str, cursor: str) -> Problem:
    shown = cursor if len(cursor) <= 100 else f"{cursor[:100]}…"
    return Problem(UNKNOWN_CURSOR, f"{name}={shown!r} is no cursor of this list; begin again without `{name}`")


def _encoded(parts: list[str | int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def _decoded(cursor: str) -> object:
    try:
        return json.loads(base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
