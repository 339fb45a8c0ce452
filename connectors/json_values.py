"""Values in a call's metadata: what a field takes, and what it says when it does not."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from models.call import Direction
from models.conversation import Role

_ROLE_WORDS = {
    "customer": Role.CALLER,
    "client": Role.CALLER,
    "operator": Role.AGENT,
    "representative": Role.AGENT,
    "employee": Role.AGENT,
    "manager": Role.AGENT,
    "ivr": Role.MACHINE,
    "bot": Role.MACHINE,
    "system": Role.MACHINE,
    "voicemail": Role.MACHINE,
}
"""What phone systems say for our roles."""
_DIRECTION_WORDS = {
    "in": Direction.INBOUND,
    "incoming": Direction.INBOUND,
    "out": Direction.OUTBOUND,
    "outgoing": Direction.OUTBOUND,
}
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_WEEK = 7 * 24 * 3600


def role_of(word: str) -> Role | None:
    """Our role for a word; None when it is none."""
    plain = word.strip().lower()
    return Role(plain) if plain in set(Role) else _ROLE_WORDS.get(plain)


def direction_of(word: str) -> Direction | None:
    plain = word.strip().lower()
    return Direction(plain) if plain in set(Direction) else _DIRECTION_WORDS.get(plain)


def language_of(text: str) -> str | None:
    """`en` of `en`, `EN` and `en-US`; None when it has not that shape."""
    found = re.fullmatch(r"([a-z]{2})(?:[-_][a-z0-9-]+)?", text.strip().lower())
    return found[1] if found else None


def moment_of(value: object) -> datetime | None:
    """ISO 8601 with a zone, in UTC. Raises ValueError with what to do."""
    if value is None or isinstance(value, datetime):
        moment = value
    elif isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError("is no ISO 8601 time; write it as 2026-11-03T14:05:20+03:00") from None
    else:
        raise ValueError("is no text; write the time as 2026-11-03T14:05:20+03:00")
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("has no time zone; add Z for UTC, or an offset such as +03:00")
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError("is not between 1990 and 2100; is it the right time?")
    return moment.astimezone(UTC)


def clean_text(value: object) -> object:
    """Without blanks around; empty is not known. Raises ValueError for what no database stores."""
    if not isinstance(value, str):
        return value
    if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError("has a NUL or half a character in it; send the text as UTF-8")
    return value.strip() or None


def _identity(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        raise ValueError('is a number with a fraction, which loses digits; write it in quotes, as "1730643920.120"')
    return clean_text(value)


def _language(value: object) -> object:
    text = clean_text(value)
    if not isinstance(text, str):
        return text
    language = language_of(text)
    if language is None:
        raise ValueError("is no ISO 639-1 language; write two letters, such as en, ru or fa")
    return language


def _direction(value: object) -> object:
    return (direction_of(value) or value) if isinstance(value, str) else value


def _role(value: object) -> object:
    return (role_of(value) or value) if isinstance(value, str) else value


def _without_empty(value: object) -> object:
    """Systems send every parameter that they know, most of them empty."""
    return {name: one for name, one in value.items() if one not in (None, "")} if isinstance(value, Mapping) else value


def _few(limit: int) -> AfterValidator:
    def check(value: Mapping[str, Any]) -> Mapping[str, Any]:
        if len(value) > limit:
            raise ValueError(f"has {len(value)} entries; at most {limit} are taken")
        return value

    return AfterValidator(check)


_Clean = BeforeValidator(clean_text)
# Bounds stand on the inner type: on an optional one, pydantic would apply them to None.
Text = Annotated[Annotated[str, Field(max_length=500)] | None, _Clean]
LongText = Annotated[Annotated[str, Field(max_length=4000)] | None, _Clean]
"""Addresses of pages, which carry long queries."""
Name = Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_identity)]
"""An id or a number; whole numbers are taken as their digits."""
Spoken = Annotated[Annotated[str, Field(max_length=100_000)] | None, _Clean]
Entries = Annotated[
    dict[
        Annotated[str, _Clean, Field(max_length=100)],
        Annotated[str, BeforeValidator(_identity), Field(max_length=2000)],
    ],
    BeforeValidator(_without_empty),
    _few(50),
]
Moment = Annotated[AwareDatetime | None, BeforeValidator(moment_of)]
Seconds = Annotated[float, Field(strict=True, ge=0, le=_WEEK, allow_inf_nan=False)] | None
Language = Annotated[Annotated[str, Field(pattern="^[a-z]{2}$")] | None, BeforeValidator(_language)]
WayOfCall = Annotated[Direction | None, BeforeValidator(_direction)]
WhoSpeaks = Annotated[Role, BeforeValidator(_role)]
Channel = Annotated[int, Field(ge=0, le=63)]
