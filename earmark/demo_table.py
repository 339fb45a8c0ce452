"""What the demo prints of its calls: the table, and how many of the expected tags were met."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from earmark.commands.calls_shown import Body, answer, minutes, quality_text, quotes, stated, stated_text
from earmark.commands.console import Row, print_rows
from models.call import Call, CallState

HEADINGS = ("call", "length", "lang", "engine", "stated", "tracked", "verdict", "lead, score", "outcome")


def print_calls(rows: Sequence[tuple[Call, Body]], console: Console) -> None:
    """A call a line, the words behind its stated channels below it."""
    console.print()
    print_rows(HEADINGS, [_row(call, body) for call, body in rows], console)


def _row(call: Call, body: Body) -> Row:
    cells = (
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
    if call.state is CallState.FAILED:
        return Row(cells, [call.reason or "it failed"], "red")
    return Row(cells, quotes(body))


def engine_text(engine: str | None) -> str:
    """Its name without version and options, with the model where there are several."""
    words = (engine or "").split(" ")
    return " ".join(words[:2] if words[0] == "whisper" else words[:1])


def print_expected(rows: Sequence[tuple[Call, Body]], expected: Path, console: Console) -> None:
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
