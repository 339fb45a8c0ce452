"""`earmark vocabulary`: names that callers and agents say, for the engines to expect."""

from typing import Annotated

import typer

from earmark.commands.console import out, remark
from earmark.commands.opening import open_here
from models.errors import BadInput, NotFound

LONGEST = 60
"""Letters of one name: a sentence is no name, and would crowd out the others."""
MOST = 500

app = typer.Typer(help="Names that are spoken here: business, staff, campaigns, brands.", no_args_is_help=True)
Names = Annotated[list[str], typer.Argument(metavar="NAME…", help="Each as it is written, in quotes with its spaces.")]


@app.command("list")
def list_() -> None:
    """Show them, one a line."""
    for name in _known():
        out().print(name, soft_wrap=True, markup=False)


@app.command()
def add(names: Names) -> None:
    """Let the engines expect these names in calls that are transcribed from now on."""
    given = [" ".join(name.split()) for name in names]
    for name in given:
        if not 0 < len(name) <= LONGEST:
            raise BadInput(f"{name!r} has {len(name)} letters; a name has 1 to {LONGEST}")
        if any(letter != "\u200c" and not letter.isprintable() for letter in name):  # Persian names have it within
            raise BadInput(f"{name!r} has characters that nobody can read; write the name as it is printed")
    known = _known()
    fresh = [name for name in dict.fromkeys(given) if name not in known]
    if len(known) + len(fresh) > MOST:
        raise BadInput(f"{len(known)} names are known and {len(fresh)} more were given; at most {MOST} are kept")
    _keep([*known, *fresh])
    remark(f"{len(fresh)} new, {len(known) + len(fresh)} in all")


@app.command()
def remove(names: Names) -> None:
    """Forget these names."""
    known = _known()
    for name in names:
        if name not in known:
            raise NotFound(f"{name!r} is not in the vocabulary; `earmark vocabulary list` shows what is")
    _keep([name for name in known if name not in names])


def _known() -> tuple[str, ...]:
    from storage import workspaces

    opened = open_here()
    with opened.tools.sessions.read() as session:
        return workspaces.by_id(session, opened.workspace_id).vocabulary


def _keep(names: list[str]) -> None:
    from storage import workspaces

    opened = open_here()
    with opened.tools.sessions.write() as session:
        workspaces.set_vocabulary(session, opened.workspace_id, names)
