"""What the demo prints of its calls: the table, and how many of the expected tags were met."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from earmark.commands.calls_shown import Body, answer, minutes, quality_text, quotes, stated, stated_text
from models.call import Call, CallState

HEADINGS = ("call", "length", "lang", "engine", "stated", "tracked", "verdict", "lead, score", "outcome")
INDENT = 4
"""Of the quotes, which stand on lines of their own: right-to-left words cannot pull columns along there."""

Row = tuple[Call, Body]


def print_calls(rows: Sequence[Row], console: Console) -> None:
    """One or more lines a call; identifiers are broken at their underscores where a terminal is narrow."""
    cells = [[_lines(cell, whole=True) for cell in _cells(call, body)] for call, body in rows]
    gap = 2
    if _width(cells, gap) > console.width:
        cells, gap = [[_lines(cell, whole=False) for cell in _cells(call, body)] for call, body in rows], 1
    widths = _widths(cells)
    console.print()
    _print_row(console, [[heading] for heading in HEADINGS], widths, gap, style="bold")
    for (call, body), row in zip(rows, cells, strict=True):
        _print_row(console, row, widths, gap, style="red" if call.state is CallState.FAILED else "")
        for line in ([call.reason] if call.state is CallState.FAILED and call.reason else []) + quotes(body):
            console.print(Text(" " * INDENT + line, style="dim"), soft_wrap=True)


def _cells(call: Call, body: Body) -> tuple[str, ...]:
    return (
        call.facts.external_id or call.public_id,
        minutes(call.duration if call.duration is not None else call.facts.talk_seconds),
        call.language or "",
        engine_text(call.engine),
        stated_text(body) or call.state.value,
        (body.get("tracked") or {}).get("channel") or "nothing",
        body.get("verdict") or "",
        quality_text(body),
        answer(body.get("outcome")),
    )


def engine_text(engine: str | None) -> str:
    """Its name without version and options, with the model where there are several."""
    words = (engine or "").split(" ")
    return " ".join(words[:2] if words[0] == "whisper" else words[:1])


def _lines(cell: str, *, whole: bool) -> list[str]:
    """Several channels stand below each other; `whole`: identifiers are not broken."""
    lines = [f"{part}," for part in cell.split(", ")]
    lines[-1] = lines[-1][:-1]
    return lines if whole else [piece for line in lines for piece in _broken(line)]


def _broken(line: str, most: int = 12) -> list[str]:
    if len(line) <= most or not set("_ ") & set(line):
        return [line]
    cut = max(line.rfind(mark, 0, most) for mark in "_ ") + 1
    return [line] if cut == 0 else [line[:cut].rstrip(), *_broken(line[cut:], most)]


def _widths(cells: Sequence[Sequence[Sequence[str]]]) -> list[int]:
    columns = zip(*cells, strict=True) if cells else [()] * len(HEADINGS)
    return [
        max([len(heading), *(cell_len(line) for cell in column for line in cell)])
        for heading, column in zip(HEADINGS, columns, strict=True)
    ]


def _width(cells: Sequence[Sequence[Sequence[str]]], gap: int) -> int:
    return sum(_widths(cells)) + gap * (len(HEADINGS) - 1)


def _print_row(console: Console, row: Sequence[Sequence[str]], widths: Sequence[int], gap: int, *, style: str) -> None:
    for number in range(max(map(len, row))):
        line = [
            set_cell_size(cell[number] if number < len(cell) else "", width)
            for cell, width in zip(row, widths, strict=True)
        ]
        console.print(Text((" " * gap).join(line).rstrip(), style=style), soft_wrap=True)


def print_expected(rows: Sequence[Row], expected: Path, console: Console) -> None:
    """How many tags are those that a listener would give, and which are not."""
    wanted: Mapping[str, Mapping[str, Any]] = json.loads(expected.read_text(encoding="utf-8"))
    given = {call.facts.external_id: body for call, body in rows}
    console.print()
    console.print(f"Met, of what a listener would tag ({expected.name}, which nothing else reads):", soft_wrap=True)
    for name, (read, want) in ASKED.items():
        missed = [
            f"{call} ({read(given.get(call, {})) or 'nothing'}, not {want(tags) or 'nothing'})"
            for call, tags in wanted.items()
            if not is_met(given.get(call, {}), read(given.get(call, {})), want(tags))
        ]
        line = f"  {name:15} {len(wanted) - len(missed)}/{len(wanted)}"
        console.print(f"{line}   missed: {', '.join(missed)}" if missed else line, soft_wrap=True)


def is_met(body: Body, read: str, wanted: str) -> bool:
    """A call without a record meets nothing, an `unknown` neither."""
    return bool(body) and read == wanted


def _stated(body: Body) -> str:
    """In the order of the alphabet; `unknown` when nothing can be said, empty when none was named."""
    text = stated_text(body)
    return text if text == "unknown" else ", ".join(sorted(stated(body)))


ASKED: dict[str, tuple[Callable[[Body], str], Callable[[Mapping[str, Any]], str]]] = {
    "stated channels": (_stated, lambda tags: ", ".join(sorted(tags["stated_channels"]))),
    "lead quality": (lambda body: answer(body.get("lead_quality")), lambda tags: str(tags["lead_quality"])),
    "outcome": (lambda body: answer(body.get("outcome")), lambda tags: str(tags["outcome"])),
    "verdict": (lambda body: body.get("verdict") or "", lambda tags: str(tags["verdict"])),
}
"""What is counted: how it is read from a record, and from what was expected."""
