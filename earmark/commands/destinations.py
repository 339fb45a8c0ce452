"""`earmark destinations`: receivers that records are pushed to."""

import base64
import secrets
from typing import Annotated

import typer

from earmark.commands.console import out, print_table, remark
from earmark.commands.opening import open_here

SECRET_BYTES = 32
"""Standard Webhooks asks for 24 to 64."""

app = typer.Typer(help="Receivers that attribution records are pushed to.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="How you will call it.")],
    url: Annotated[str, typer.Option(help="Where each change of a record is posted, as JSON.")],
    *,
    quotes: Annotated[
        bool, typer.Option("--quotes", help="Send the words said, not only what follows from them.")
    ] = False,
) -> None:
    """Push each change of a record to URL as a signed webhook. Shows the secret of the signature, once."""
    import attribution.exporters
    from earmark.plugins import find
    from storage import deliveries

    options = {"url": url}
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
    find(attribution.exporters, "webhook")(options, secret)  # says what is wrong with the address
    opened = open_here()
    with opened.tools.sessions.write() as session:
        deliveries.add_destination(
            session,
            opened.tools.vault,
            workspace_id=opened.workspace_id,
            name=name,
            exporter="webhook",
            options=options,
            secret=secret,
            quotes=quotes,
        )
    out().print(secret, soft_wrap=True)
    remark("The receiver checks signatures with this secret (standardwebhooks.com). Keep it: it is not shown again.")


@app.command("list")
def list_() -> None:
    """Show the receivers."""
    from storage import deliveries

    opened = open_here()
    with opened.tools.sessions.read() as session:
        known = deliveries.destinations(session, opened.tools.vault, workspace_id=opened.workspace_id)
    rows = [(one.name, one.exporter, one.options.get("url", ""), "with words" if one.quotes else "") for one in known]
    print_table(("name", "kind", "url", "quotes"), rows)


@app.command()
def remove(name: Annotated[str, typer.Argument(help="As `earmark destinations list` shows it.")]) -> None:
    """Send nothing more to it."""
    from storage import deliveries

    opened = open_here()
    with opened.tools.sessions.write() as session:
        deliveries.remove_destination(session, workspace_id=opened.workspace_id, name=name)
    remark(f"nothing more is sent to {name!r}")
