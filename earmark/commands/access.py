"""`earmark keys`: API keys."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from earmark.commands.console import out, print_table, remark
from earmark.commands.opening import open_here
from models.errors import BadInput

if TYPE_CHECKING:
    from storage.access import ApiKey

app = typer.Typer(help="API keys: make, list and revoke them.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Who or what will use it.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="What it may do; may be repeated. Without one: everything.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day (UTC), such as 2027-12-31.")] = None,
) -> None:
    """Make a key and show it, once."""
    from storage import access

    ends = None if until is None else last_moment(until)
    opened = open_here()
    scopes = tuple(scope or access.SCOPES)
    with opened.tools.sessions.write() as session:
        key = access.create_key(session, workspace_id=opened.workspace_id, name=name, scopes=scopes, until=ends)
    out().print(key, soft_wrap=True)
    remark(
        f"{name} may: {', '.join(access.SCOPES[allowed] for allowed in scopes)}. Keep the key: it is not shown again."
    )


@app.command("list")
def list_() -> None:
    """Show what keys there are, never the keys themselves."""
    from storage import access

    opened = open_here()
    with opened.tools.sessions.read() as session:
        keys = access.list_keys(session, workspace_id=opened.workspace_id)
    rows = [
        (key.name, f"em_{key.prefix}_…", ", ".join(key.scopes), _day(key.created_at), _day(key.last_used_at), _end(key))
        for key in keys
    ]
    print_table(("name", "begins with", "scopes", "made", "last used", "ends"), rows)


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="As `earmark keys list` shows it.")]) -> None:
    """End a key at once."""
    from storage import access

    opened = open_here()
    with opened.tools.sessions.write() as session:
        access.revoke_key(session, workspace_id=opened.workspace_id, name=name)
    remark(f"the key {name!r} is revoked")


def last_moment(until: str) -> datetime:
    """The end of a day, or a time as it stands; UTC where it names no zone. Raises BadInput."""
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        raise BadInput(f"--until {until!r} is no date; write it as 2027-12-31") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if len(until) <= len("2027-12-31"):
        moment += timedelta(days=1)
    if moment <= datetime.now(UTC):
        raise BadInput(f"--until {until!r} is past; a key needs a date to come")
    return moment.astimezone(UTC)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _end(key: "ApiKey") -> str:
    if key.revoked_at is not None:
        return f"revoked {_day(key.revoked_at)}"
    return f"{key.until:%Y-%m-%d %H:%M}" if key.until else "never"
