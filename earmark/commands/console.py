"""Where commands print: results to stdout, everything about them to stderr."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from earmark.commands.plain import has_every_letter

T = TypeVar("T")

PIPED_WIDTH = 120
"""Columns when nobody's terminal says how many there are."""
INDENT = "    "
"""Before what belongs to the row above."""
LONGEST_PIECE = 12
"""To which an identifier is broken at its underscores when the terminal is narrow."""


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


def with_bar(found: Iterable[T], count: int, what: str = "calls") -> Iterator[T]:
    """One by one, with a bar where somebody sits at a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console, columns = err(), (what, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield from bar.track(found, total=count)


def print_json(document: Any) -> None:
    """One line that a program reads."""
    sys.stdout.write(json_line(document, sys.stdout))


def json_line(document: Any, stream: TextIO) -> str:
    """As `stream` can hold it."""
    return json.dumps(document, ensure_ascii=not has_every_letter(stream), default=str) + "\n"


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A plain table; an empty one is its headings."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    out().print(table)


@dataclass(frozen=True, slots=True)
class Row:
    cells: Sequence[str]
    notes: Sequence[str] = ()
    """Lines of their own below it: right-to-left words there cannot pull columns along, long ones widen none."""
    style: str = ""


def print_rows(headings: Sequence[str], rows: Sequence[Row], console: Console) -> None:
    """Columns as wide as what is in them. Where they are too wide for the terminal, identifiers are broken; where that
    does not help, a row takes two lines or more."""
    cells = [[_lines(cell) for cell in row.cells] for row in rows]
    shorter = [[[piece for line in cell for piece in broken(line)] for cell in row] for row in cells]
    bands, gap = _bands(_widths(headings, cells), console.width, gap=2), 2
    if len(bands) > 1 and len(narrow := _bands(_widths(headings, shorter), console.width, gap=1)) == 1:
        cells, bands, gap = shorter, narrow, 1
    _print_lines(console, [[heading] for heading in headings], bands, gap=gap, style="bold")
    for row, lines in zip(rows, cells, strict=True):
        _print_lines(console, lines, bands, gap=gap, style=row.style)
        for note in row.notes:
            console.print(Text(f"{INDENT}{note}", style="dim"), soft_wrap=True)


def broken(identifier: str, most: int = LONGEST_PIECE) -> list[str]:
    """`appointment_booked` in two pieces; what has no place to break stays whole."""
    cut = max(identifier.rfind(mark, 0, most) for mark in "_ ") + 1
    if len(identifier) <= most or cut == 0:
        return [identifier]
    return [identifier[:cut].rstrip(), *broken(identifier[cut:], most)]


def _lines(cell: str) -> list[str]:
    """What is enumerated stands below each other."""
    parts = cell.split(", ")
    return [*(f"{part}," for part in parts[:-1]), parts[-1]]


def _widths(headings: Sequence[str], cells: Sequence[Sequence[Sequence[str]]]) -> list[int]:
    return [
        max([len(heading), *(cell_len(line) for row in cells for line in row[column])])
        for column, heading in enumerate(headings)
    ]


def _bands(widths: Sequence[int], room: int, *, gap: int) -> list[dict[int, int]]:
    """Columns and their widths, by the line that they stand on; the lines after the first are indented."""
    bands: list[dict[int, int]] = [{}]
    taken = 0
    for column, width in enumerate(widths):
        if bands[-1] and taken + width > room:
            bands.append({})
            taken = len(INDENT)
        bands[-1][column] = width
        taken += width + gap
    return bands


def _print_lines(
    console: Console, row: Sequence[Sequence[str]], bands: Sequence[Mapping[int, int]], *, gap: int, style: str
) -> None:
    for place, band in enumerate(bands):
        for number in range(max(len(row[column]) for column in band)):
            pieces = [
                set_cell_size(row[column][number] if number < len(row[column]) else "", width)
                for column, width in band.items()
            ]
            line = (INDENT if place else "") + (" " * gap).join(pieces)
            console.print(Text(line.rstrip(), style=style), soft_wrap=True)
