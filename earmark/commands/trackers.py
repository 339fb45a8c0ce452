"""`earmark trackers`: a workspace's own phrases, tried on the stored calls, then looked for in all."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from earmark.commands.console import Row, out, print_rows, remark, with_bar
from earmark.commands.opening import open_here
from earmark.commands.tagging import trackers_in

if TYPE_CHECKING:
    from models.tag import Quote
    from models.tracker import Tracker
    from pipeline.track import Hit

app = typer.Typer(help="Your own phrases and campaigns: whether and where they are said.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FILE", help="Trackers, as .yaml, .toml or .json.")]
Names = Annotated[list[str], typer.Argument(metavar="NAME…", help="As `earmark trackers list` shows them.")]
MOST_QUOTES = 3
"""Places of a tracker and a call that are printed."""


@app.command("list")
def list_() -> None:
    """Show them: switched on or not, what they are, in how many calls they were said."""
    from storage import trackers

    opened = open_here()
    with opened.tools.sessions.read() as session:
        known = trackers.listed(session, workspace_id=opened.workspace_id)
        hits = trackers.hits(session, workspace_id=opened.workspace_id)
        waiting = trackers.waiting(session, workspace_id=opened.workspace_id)
    rows = [
        Row(("on" if saved.is_on else "off", str(hits.get(saved.tracker.name, 0)), *_described(saved.tracker)))
        for saved in known
    ]
    print_rows(("", "calls", "tracker", "said by", "channel", "phrases"), rows, out())
    if waiting:
        remark(f"{waiting} calls are still to be looked through; `earmark serve` or a worker does it")


@app.command()
def add(
    file: File,
    on: Annotated[bool, typer.Option("--on", help="Switch them on as well: old calls are tagged too.")] = False,
) -> None:
    """Keep the trackers of FILE, in place of those of the same names; new ones are off until you switch them on."""
    from pipeline.track import put_trackers

    given, opened = trackers_in(file), open_here()
    count = put_trackers(opened.tools, given, workspace_id=opened.workspace_id, is_on=True if on else None)
    remark(f"{len(given)} trackers kept{'' if on else '; new ones are off: `earmark trackers on NAME`'}")
    _tell(count)


@app.command()
def on(names: Names) -> None:
    """Look for them in new calls, and in the old ones in the background."""
    _switch(names, is_on=True)


@app.command()
def off(names: Names) -> None:
    """Look for them no more; their tags go."""
    _switch(names, is_on=False)


@app.command()
def remove(names: Names) -> None:
    """Forget them, and their tags."""
    from pipeline.track import remove_trackers

    opened = open_here()
    _tell(remove_trackers(opened.tools, names, workspace_id=opened.workspace_id))


@app.command("test")
def try_(
    file: File,
    last: Annotated[
        int | None, typer.Option("--last", min=1, metavar="N", help="Only the newest N calls, not all.")
    ] = None,
) -> None:
    """Look for the trackers of FILE in the stored calls and show what is found, with quotes. Nothing changes."""
    from pipeline.track import try_trackers

    given, opened = trackers_in(file), open_here()
    count, found = try_trackers(opened.tools, given, workspace_id=opened.workspace_id, last=last)
    said: Counter[str] = Counter()
    places: Counter[str] = Counter()
    hits = [hit for of_call in with_bar(found, count) for hit in of_call]
    for hit in hits:  # printed when the bar is gone
        said[hit.tracker] += 1
        places[hit.tracker] += hit.places
        _print_hit(hit)
    rows = [
        Row(
            (
                tracker.name,
                str(said[tracker.name]),
                str(places[tracker.name]),
                f"{said[tracker.name] / (count or 1):.0%}",
            )
        )
        for tracker in given
    ]
    out().print()
    print_rows(("tracker", "calls", "places", f"of {count} calls"), rows, out())


def _switch(names: list[str], *, is_on: bool) -> None:
    from pipeline.track import switch_trackers

    opened = open_here()
    _tell(switch_trackers(opened.tools, names, workspace_id=opened.workspace_id, is_on=is_on))


def _tell(count: int) -> None:
    if count:
        remark(f"{count} calls are looked through in the background; `earmark trackers list` shows how many are left")


def _described(tracker: "Tracker") -> tuple[str, str, str, str]:
    phrases = [phrase.text for phrase in tracker.phrases or tracker.all_of]
    more = f" … {len(phrases) - 1} more" if len(phrases) > 1 else ""
    by = "" if tracker.said_by == "anyone" else tracker.said_by.value
    return tracker.name, by, tracker.channel or "", f"{phrases[0]}{more}"


def _print_hit(hit: "Hit") -> None:
    from rich.text import Text

    from earmark.commands.calls_shown import isolated

    kind = f"{hit.kind.value.replace('_channel', '')} {hit.channel}" if hit.kind else ""
    started = f"{hit.started_at:%Y-%m-%d %H:%M}" if hit.started_at else ""
    head = "  ".join(part for part in (hit.call, started, isolated(hit.tracker), kind) if part)
    out().print(Text(head, style="bold"), soft_wrap=True)
    for quote in hit.quotes[:MOST_QUOTES]:
        out().print(Text(f"    {_place(quote)}{isolated(quote.text)}"), soft_wrap=True)
    if hit.places > MOST_QUOTES:
        out().print(Text(f"    and {hit.places - MOST_QUOTES} more", style="dim"), soft_wrap=True)


def _place(quote: "Quote") -> str:
    from earmark.commands.calls_shown import minutes

    at = f"{minutes(quote.start)} " if quote.start is not None else ""
    return f"{at}{quote.speaker.value}: "
