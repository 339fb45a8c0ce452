"""Where commands print: results to stdout, everything about them to stderr."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPED_WIDTH = 120
"""Columns when nobody's terminal says how many there are."""
LEAST_WIDTH = 100
"""A terminal that is narrower folds the lines; the tables would be unreadable in less."""


def out() -> Console:
    """For results. Made when it is needed, because tests and pipes replace stdout."""
    return _console(sys.stdout)


def err() -> Console:
    """For progress, remarks and errors."""
    return _console(sys.stderr)


def _console(stream: Any) -> Console:
    console = Console(file=stream, highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    return console


def remark(text: str) -> None:
    """A line beside the result."""
    err().print(Text(text, style="dim"), soft_wrap=True)


def complain(text: str) -> None:
    """One red line."""
    err().print(Text(text, style="red"), soft_wrap=True)


def print_json(document: Any) -> None:
    """One line that a program reads."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, default=str) + "\n")


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A plain table; an empty one is its headings."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    out().print(table)
