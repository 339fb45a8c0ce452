"""The command `earmark`: every command in one place, and the door at which errors become one line."""

import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import fdopen
from tempfile import mkstemp
from typing import Annotated

import typer

from earmark.commands import (
    access,
    callers,
    calls,
    destinations,
    evaluating,
    leads,
    numbers,
    serving,
    sources,
    state,
    tagging,
    trackers,
    training,
    vocabulary,
    weights,
)
from earmark.commands.console import complain, err
from earmark.commands.plain import print_whatever_comes
from models.errors import BadInput, Conflict, Denied, EarmarkError, NotFound, SettingsError

HELP = "Recorded phone calls to transcripts, tags with their evidence, and attribution records."
MENDED_BY_ASKING_OTHERWISE = (BadInput, Conflict, Denied, NotFound, SettingsError)
"""What the one who typed the command can change; the exit status is then 2, else 1."""


@dataclass
class Door:
    debug: bool = False


app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def every_command(
    context: typer.Context,
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    version: Annotated[  # noqa: ARG001  (it ends the program by itself)
        bool, typer.Option("--version", help="Show the version and end.", callback=state.print_version, is_eager=True)
    ] = False,
) -> None:
    context.ensure_object(Door).debug = debug


NAMES: dict[Callable[..., None], str] = {evaluating.evaluate: "eval"}
"""Of commands whose name is a built-in of Python."""
RUN, WORK, SET = "Run it", "Work with calls", "Set it up"
for function, panel in (
    (serving.serve, RUN),
    (serving.worker, RUN),
    (serving.scheduler, RUN),
    (serving.demo, RUN),
    (calls.ingest, WORK),
    (calls.calls, WORK),
    (calls.show, WORK),
    (leads.leads, WORK),
    (calls.retry, WORK),
    (calls.roles, WORK),
    (calls.erase, WORK),
    (tagging.tag, WORK),
    (evaluating.evaluate, WORK),
    (training.train, WORK),
    (serving.setup, SET),
    (serving.migrate, SET),
    (state.doctor, SET),
    (state.health, SET),
    (state.settings, SET),
    (state.version, SET),
):
    app.command(NAMES.get(function), rich_help_panel=panel)(function)
for group, name in (
    (access.app, "keys"),
    (sources.app, "sources"),
    (vocabulary.app, "vocabulary"),
    (trackers.app, "trackers"),
    (callers.app, "callers"),
    (numbers.app, "numbers"),
    (destinations.app, "destinations"),
    (weights.app, "models"),
):
    app.add_typer(group, name=name, rich_help_panel=SET)


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit status. Whatever happens, the user sees one line and no traceback (but see --debug)."""
    door = Door()
    try:
        app(args=list(arguments), prog_name="earmark", obj=door)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except EarmarkError as error:
        _show(door, str(error), error)
        return 2 if isinstance(error, MENDED_BY_ASKING_OTHERWISE) else 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001  (the door of the command line)
        _unexpected(door, error)
        return 1
    return 0


def main() -> None:
    print_whatever_comes()
    sys.exit(run(sys.argv[1:]))


def _show(door: Door, text: str, error: Exception) -> None:
    if door.debug:
        err().print("".join(traceback.format_exception(error)), soft_wrap=True)
    complain(text)


def _unexpected(door: Door, error: Exception) -> None:
    """The traceback goes into a file of its own: it is for those who mend, and may quote what was worked on."""
    if door.debug:
        return _show(door, f"{type(error).__name__}: {error}", error)
    try:
        number, path = mkstemp(prefix="earmark-error-", suffix=".log")  # for this user's eyes alone
        with fdopen(number, "w", encoding="utf-8") as file:
            file.write("".join(traceback.format_exception(error)))
        where = f"the details are in {path}"
    except OSError:
        where = "`earmark --debug …` shows the details"
    first = (str(error).strip().splitlines() or [""])[0][:300]
    complain(f"something broke that should not: {type(error).__name__}: {first}; {where}")
