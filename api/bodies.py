"""Bodies that are read as they come: bounded, and after the key was checked."""

import json
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.invalid import of_model
from api.problems import INVALID, MEDIA, NOT_JSON, TOO_LARGE, Fault, Problem

M = TypeVar("M", bound=BaseModel)

MAX_JSON_BYTES = 8 * 1024**2
"""A transcript of six hours has some 500 kB."""


def check_length(request: Request, limit: int, *, what: str) -> None:
    """Refuse a body that says itself that it is too long, before a byte of it is read."""
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said) > limit:
        raise too_large(what, limit)


def too_large(what: str, limit: int) -> Problem:
    return Problem(TOO_LARGE, f"{what} has more than the {limit:,} bytes that are taken in")


async def raw_body(request: Request) -> bytes:
    """The body, at most MAX_JSON_BYTES of it. Raises Problem."""
    check_length(request, MAX_JSON_BYTES, what="the body")
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > MAX_JSON_BYTES:
            raise too_large("the body", MAX_JSON_BYTES)
        pieces.append(piece)
    return b"".join(pieces)


async def json_body(request: Request) -> bytes:
    """The same; raises Problem also for a body that says it is no JSON."""
    media = media_type(request)
    if media not in ("", "application/json") and not media.endswith("+json"):
        raise Problem(MEDIA, f"Content-Type is {media!r}; send application/json")
    return await raw_body(request)


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def parsed_object(body: bytes, what: str) -> dict[str, Any]:
    """Raises Problem: not JSON, a name twice, or no object."""
    try:
        document = json.loads(body, object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        raise Problem(NOT_JSON, f"{what} is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise Problem(NOT_JSON, f"{what} is not UTF-8: byte {error.start} is {body[error.start]:#04x}") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Problem(NOT_JSON, f"{what} is not JSON: {error.msg} at {place}") from None
    except ValueError:  # json's own bound for whole numbers
        raise Problem(NOT_JSON, f"{what} has a number of thousands of digits; no field here takes one") from None
    if b"\\u" in body and not _is_storable(document):
        raise Problem(NOT_JSON, f"{what} has a NUL or half a character (\\ud800 to \\udfff) in a text; send UTF-8")
    if not isinstance(document, dict):
        shown = repr(document)[:100]
        fault = Fault(field=what, value=shown, detail=f"{what} must be a JSON object {{…}}, not {shown}")
        raise Problem(INVALID, fault.detail, faults=[fault])
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        twice = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise Problem(NOT_JSON, f"the name {twice!r} stands twice in one object; which one counts?")
    return document


def _no_constant(name: str) -> float:
    raise Problem(NOT_JSON, f"{name} is not JSON; leave the field out")


def _is_storable(document: Any) -> bool:
    """Whether no text in it, however deep, has what neither a database nor an answer in UTF-8 can hold."""
    left = [document]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += value.keys()
            left += value.values()
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str) and any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value):
            return False
    return True


def model_of(body: bytes, model: type[M]) -> M:
    """Raises Problem."""
    try:
        return model.model_validate(parsed_object(body, "the body"))
    except ValidationError as error:
        raise of_model(error, model) from None
