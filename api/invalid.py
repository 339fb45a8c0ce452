"""What pydantic found wrong, as faults that name the field, the value and what to do."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from api.problems import INVALID, Fault, Problem

SHOWN = 200
"""Characters of a wrong value that are said back."""

Found = Mapping[str, Any]
"""One of `ValidationError.errors()`."""


def invalid(found: Sequence[Found], *, said: Callable[[Found], str]) -> Problem:
    """One problem for all that was found, each `said` in a sentence."""
    faults = [
        Fault(field=_path(error), value=_shown(error), detail=said(error))
        # A name that is not known is often why another is missing: those first.
        for error in sorted(found, key=lambda error: error["type"] != "extra_forbidden")
    ]
    more = f" ({len(faults) - 1} more in `errors`)" if len(faults) > 1 else ""
    return Problem(INVALID, f"{faults[0].detail}{more}", faults=faults)


def of_model(error: ValidationError, model: type[BaseModel]) -> Problem:
    """For a body that should have fitted `model`, which has no parts of its own."""
    return invalid(error.errors(include_url=False), said=lambda found: sentence(found, model.model_fields))


def sentence(found: Found, names: Iterable[str]) -> str:
    """`names`: those that are known beside the one at fault."""
    path, value = _path(found), _shown(found)
    if found["type"] == "extra_forbidden":
        return f"{path}: there is no such name{_nearest(str(found['loc'][-1]), sorted(names))}"
    if found["type"] == "missing":
        return f"{path} is missing; it is required"
    message = str(found["msg"]).removeprefix("Value error, ")
    return f"{path} is {value!r}: {message[:1].lower()}{message[1:]}"


def _path(found: Found) -> str:
    return ".".join(str(part) for part in found["loc"] if part != "[key]") or "the body"


def _nearest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(known)}"


def _shown(found: Found) -> Any:
    value = None if found["type"] == "missing" else found.get("input")
    if value is None or isinstance(value, bool | int):
        return value
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
