"""For terminals and pipes whose encoding does not have every letter: an approximation, where Python would break off."""

import codecs
import io
import sys
from typing import TextIO

PLAIN = {
    "✓": "+",
    "✗": "x",
    "→": "->",
    "“": '"',
    "”": '"',
    "…": "...",
    "–": "-",
    "━": "=",
    "╸": "=",
    "╺": " ",
    "\u2068": "",
    "\u2069": "",
}
HANDLER = "earmark.plain"


def approximate(error: UnicodeError) -> tuple[str, int]:
    """What Python's codecs ask for: what is written instead, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


def print_whatever_comes() -> None:
    """From here on neither stdout nor stderr breaks off at a letter that it does not have."""
    codecs.register_error(HANDLER, approximate)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)


def has_every_letter(stream: TextIO) -> bool:
    """Whether JSON may be written as it is read, or has to name letters by their numbers."""
    return (stream.encoding or "").lower().replace("-", "") in ("utf8", "")
