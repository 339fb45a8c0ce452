"""`earmark callers`: how callers' numbers are read, and which calls fold into one lead."""

from typing import Annotated

import typer

from earmark.commands.console import out, remark
from earmark.commands.opening import Opened, open_here
from models.errors import BadInput, NotFound

DEFAULT = "default"
LONGEST_SILENCE = 36_500

app = typer.Typer(help="How callers' numbers are read, and which calls fold into one lead.", no_args_is_help=True)
Numbers = Annotated[list[str], typer.Argument(metavar="NUMBER…", help="Such as +12025550143.")]


@app.command()
def show() -> None:
    """Show region, silence, and the business's own numbers."""
    from storage import workspaces

    opened = open_here()
    with opened.tools.sessions.read() as session:
        space = workspaces.by_id(session, opened.workspace_id)
    days = space.lead_silence_days
    whose = "" if days is not None else " (EARMARK_LEAD_SILENCE_DAYS)"
    out().print(f"region   {space.region or 'none: numbers without a country code are not read'}", soft_wrap=True)
    out().print(f"silence  {days or opened.settings.lead_silence_days} days{whose}", soft_wrap=True)
    for number in space.own_numbers:
        out().print(f"own      {number}", soft_wrap=True)


@app.command()
def own(numbers: Numbers) -> None:
    """These are the business's own: calls from them or to them never fold into one lead."""
    opened = open_here()
    fresh = [_read(opened, number) for number in numbers]
    known = _own(opened)
    _keep(opened, [*known, *fresh], fresh)


@app.command()
def disown(numbers: Numbers) -> None:
    """These are not the business's own."""
    opened = open_here()
    given, known = [_read(opened, number) for number in numbers], _own(opened)
    for number in given:
        if number not in known:
            raise NotFound(f"{number} is not among the business's own numbers; `earmark callers show` lists them")
    _keep(opened, [number for number in known if number not in given], given)


@app.command()
def region(code: Annotated[str, typer.Argument(metavar="CODE", help="ISO 3166, such as US, RU, IR; or none.")]) -> None:
    """Read local numbers of calls that come from now on as this country's."""
    from phonenumbers import SUPPORTED_REGIONS

    from storage import workspaces

    wanted = None if code.lower() == "none" else code.upper()
    if wanted is not None and wanted not in SUPPORTED_REGIONS:
        raise BadInput(f"{code!r} is no region; write its ISO 3166 code, such as US, RU or IR, or none")
    opened = open_here()
    with opened.tools.sessions.write() as session:
        workspaces.set_region(session, opened.workspace_id, wanted)


@app.command()
def silence(days: Annotated[str, typer.Argument(metavar="DAYS", help="Such as 30; default: as the setting.")]) -> None:
    """After more days than these without a call, a caller who calls again is a new lead."""
    from storage import workspaces

    is_number = days.isdecimal() and len(days) <= 5 and 1 <= int(days) <= LONGEST_SILENCE
    if days != DEFAULT and not is_number:
        raise BadInput(f"{days!r} is no number of days from 1 to {LONGEST_SILENCE}, nor {DEFAULT!r}")
    opened = open_here()
    with opened.tools.sessions.write() as session:
        workspaces.set_lead_silence(session, opened.workspace_id, None if days == DEFAULT else int(days))
    remark("leads are folded anew while `earmark serve` or `earmark scheduler` runs")


def _read(opened: Opened, text: str) -> str:
    from connectors.phone_number import is_somebodys, phone_number

    number = phone_number(text, region=opened.region)
    if number is None or not is_somebodys(number):
        raise BadInput(f"{text!r} is no phone number; write it with its country code, such as +12025550143")
    return number


def _own(opened: Opened) -> tuple[str, ...]:
    from storage import workspaces

    with opened.tools.sessions.read() as session:
        return workspaces.by_id(session, opened.workspace_id).own_numbers


def _keep(opened: Opened, numbers: list[str], changed: list[str]) -> None:
    from storage import leads, workspaces

    with opened.tools.sessions.write() as session:
        workspaces.set_own_numbers(session, opened.workspace_id, numbers)
        leads.unsettle(session, opened.tools.vault, workspace_id=opened.workspace_id, numbers=changed)
    remark("leads are folded anew while `earmark serve` or `earmark scheduler` runs")
