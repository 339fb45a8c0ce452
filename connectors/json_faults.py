"""What is wrong with a call's metadata, said with the place, the value and what to do."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

_SHOWN = 5
_CLICK_IDS = frozenset({"gclid", "gbraid", "wbraid", "yclid", "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id"})

_REASONS = {
    "string_type": "is no text; put it in quotes",
    "bool_type": "is neither true nor false (without quotes)",
    "float_type": "is no number of seconds (without quotes)",
    "finite_number": "is no number of seconds",
    "enum": "is none of {expected}",
    "string_too_long": "is too long; at most {max_length} characters are taken",
    "greater_than_equal": "is less than {ge:g}",
    "less_than_equal": "is more than {le:g}",
    "dict_type": "is no object in braces",
    "model_type": "is no object in braces",
    "model_attributes_type": "is no object in braces",
    "list_type": "is no list in brackets",
    "int_parsing": "is no whole number; audio channels count from 0",
    "value_error": "{error}",
}
"""By pydantic's name for the fault; the gaps are filled from what it says of it."""

Faults = Sequence[Mapping[str, Any]]
"""As `ValidationError.errors()` gives them."""
Fields = Mapping[str, Sequence[str]]
"""The fields of each object, by its dotted place with numbers left out; the outermost is ``""``."""


def explain(faults: Faults, fields: Fields) -> str:
    """One line for each of the first five faults: `tracking.sorce: there is no such field; did you mean source?`"""
    # A field that does not exist is often why another is missing: those first.
    ordered = sorted(faults, key=lambda fault: fault["type"] != "extra_forbidden")
    lines = [_line(fault, fields) for fault in ordered[:_SHOWN]]
    if len(faults) > _SHOWN:
        lines.append(f"and {len(faults) - _SHOWN} more")
    return "; ".join(lines)


def _line(fault: Mapping[str, Any], fields: Fields) -> str:
    # A key that is at fault is marked by pydantic with a last part `[key]`.
    path = [str(part) for part in fault["loc"] if part != "[key]"]
    place = ".".join(path) or "the metadata"
    if fault["type"] == "extra_forbidden":
        return f"{place}: there is no such field{_nearest(path, fields)}"
    if fault["type"] == "missing":
        return f"{place}: is missing"
    return f"{place}: {_shown(fault.get('input'))} {_reason(fault)}"


def _nearest(path: Sequence[str], fields: Fields) -> str:
    """What may have been meant: the same name elsewhere, or a name much like it."""
    name = path[-1].lower()
    if name in _CLICK_IDS:
        parent = path[:-1] or ["tracking"]
        return f"; write it as {'.'.join([*parent, 'click_ids', name])}"
    known = fields.get(".".join(part for part in path[:-1] if not part.isdigit()), ())
    plain = name.removeprefix("utm_")
    if near := get_close_matches(plain, known, n=1):
        return f"; did you mean {near[0]}?"
    if elsewhere := [f"{place}.{plain}" for place, names in fields.items() if place and plain in names]:
        return f"; did you mean {elsewhere[0]}?"
    return f"; there are: {', '.join(known)}"


def _reason(fault: Mapping[str, Any]) -> str:
    context = fault.get("ctx") or {}
    if fault["type"] == "too_long":
        unit = "characters" if isinstance(fault["input"], str) else "entries"
        return f"is too long; at most {context['max_length']} {unit} are taken"
    known = _REASONS.get(fault["type"])
    return known.format(**context) if known else str(fault["msg"])


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
