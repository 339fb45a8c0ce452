"""`earmark numbers`: numbers that stand for a billboard, a flyer, a business profile."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from earmark.commands.console import Row, out, print_rows, remark
from earmark.commands.opening import Opened, open_here
from models.errors import BadInput, NotFound

if TYPE_CHECKING:
    from storage.numbers import SavedNumber

app = typer.Typer(help="Numbers that stand for a billboard, a flyer, a business profile.", no_args_is_help=True)
HEADINGS = ("number", "channel", "source", "medium", "campaign", "from", "to", "id")
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="Such as +12025550143.")]
FOLLOWING = "the records of calls that dialled it follow while `earmark serve` or a worker runs"


@app.command("list")
def list_() -> None:
    """Show what each number stands for, and when."""
    opened = open_here()
    rows = [
        Row(
            (
                one.number.number,
                one.number.channel,
                *(text or "" for text in (one.number.source, one.number.medium, one.number.campaign)),
                *(str(day or "") for day in (one.number.first_day, one.number.last_day)),
                one.public_id,
            )
        )
        for one in _known(opened)
    ]
    print_rows(HEADINGS, rows, out())


@app.command()
def add(
    number: Number,
    *,
    channel: Annotated[str, typer.Option(help="Such as billboard; without it, that of source and medium.")] = "",
    source: Annotated[str | None, typer.Option(help="Such as google.")] = None,
    medium: Annotated[str | None, typer.Option(help="Such as organic.")] = None,
    campaign: Annotated[str | None, typer.Option(help="Whatever tells it from others.")] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Its first day.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Its last day.")] = None,
) -> None:
    """Calls that dial NUMBER come from there, if nothing better is known; old ones of these days too."""
    from models.touchpoint import TrackingNumber
    from pipeline.numbers import add_number

    given = TrackingNumber(
        number=number,
        channel=channel,
        source=source,
        medium=medium,
        campaign=campaign,
        first_day=_day("--from", first),
        last_day=_day("--to", last),
    )
    opened = open_here()
    saved = add_number(opened.tools, given, workspace_id=opened.workspace_id)
    remark(f"{saved.number.number} stands for {saved.number.channel} {saved.number.dates}; {FOLLOWING}")


@app.command()
def remove(number: Annotated[str, typer.Argument(metavar="NUMBER|ID", help="As `list` shows them.")]) -> None:
    """It stands for that no more, and never did: also old calls are attributed without it."""
    from pipeline.numbers import remove_number

    opened = open_here()
    remove_number(opened.tools, _meant(opened, number), workspace_id=opened.workspace_id)
    remark(FOLLOWING)


def _known(opened: Opened) -> "list[SavedNumber]":
    from storage import numbers

    with opened.tools.sessions.read() as session:
        return numbers.listed(session, workspace_id=opened.workspace_id)


def _meant(opened: Opened, text: str) -> str:
    """The id of the one that is meant by its id, or by its number where that stands for one thing only."""
    from connectors.phone_number import phone_number

    number = phone_number(text, region=opened.region)
    found = [one for one in _known(opened) if text == one.public_id or number == one.number.number]
    if not found:
        raise NotFound(f"there is no tracking number {text!r}; `earmark numbers list` shows them")
    if len(found) > 1:
        known = ", ".join(f"{one.public_id} ({one.number.channel} {one.number.dates})" for one in found)
        raise BadInput(f"{text!r} stands for {len(found)} things; name one by its id: {known}")
    return found[0].public_id


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{option} {text!r} is no date; write it as 2026-11-30") from None
