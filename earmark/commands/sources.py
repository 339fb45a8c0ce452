"""`earmark sources`: folders and prefixes where calls land by themselves."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from earmark.commands.console import complain, print_table, remark
from earmark.commands.opening import open_here
from models.errors import BadInput

if TYPE_CHECKING:
    from models.call import CallFacts

app = typer.Typer(help="Where calls land by themselves, and how to read their names.", no_args_is_help=True)

Pattern = Annotated[
    str | None, typer.Option(metavar="PATTERN", help="How to read names, such as '{start}_{agent}_{caller}'.")
]
Zone = Annotated[str | None, typer.Option(metavar="ZONE", help="Of the times in names, such as Europe/Berlin.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="How you will call it.")],
    prefix: Annotated[str, typer.Argument(help="What the keys of its objects begin with, such as pbx/.")],
    pattern: Pattern = None,
    zone: Zone = None,
    default: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=VALUE", help="What every call of it gets, such as tracking.source=google."),
    ] = None,
) -> None:
    """Take what lands under PREFIX of the store as calls."""
    from connectors.call_json import read_call_json
    from connectors.object_name import compile_pattern
    from earmark.wiring import make_drop_folder
    from storage import sources
    from storage.objects import check_key

    check_key(f"{prefix.rstrip('/')}/x")
    defaults = nested(default or [])
    read_call_json(defaults)
    if pattern is not None:
        compile_pattern(pattern, zone=zone or "UTC")
    elif zone is not None:
        raise BadInput(f"--zone {zone!r} is for the times in names, and there is no --pattern")
    opened = open_here()
    with opened.tools.sessions.write() as session:
        sources.add_source(
            session,
            workspace_id=opened.workspace_id,
            name=name,
            prefix=f"{prefix.rstrip('/')}/",
            pattern=pattern,
            zone=zone,
            defaults=defaults,
        )
    folder = make_drop_folder(opened.settings, f"{prefix.rstrip('/')}/")
    where = f"{folder}/" if folder else f"{prefix.rstrip('/')}/ of the bucket"
    remark(f"what lands under {where} is taken as calls from now on")


@app.command("list")
def list_() -> None:
    """Show the sources, and the latest objects that could not be taken."""
    from storage import sources

    opened = open_here()
    with opened.tools.sessions.read() as session:
        known = sources.list_sources(session, workspace_id=opened.workspace_id)
        refused = sources.refused(session)
    rows = [
        (source.name, source.prefix, source.pattern or "", source.zone or "", ", ".join(flat(source.defaults)))
        for source in known
    ]
    print_table(("name", "prefix", "pattern", "zone", "defaults"), rows)
    for seen in refused:
        error = str(seen.error)
        complain(error if error.startswith(seen.key) else f"{seen.key}: {error}")


@app.command()
def remove(name: Annotated[str, typer.Argument(help="As `earmark sources list` shows it.")]) -> None:
    """Take no more calls from there; those taken stay."""
    from storage import sources

    opened = open_here()
    with opened.tools.sessions.write() as session:
        sources.remove_source(session, workspace_id=opened.workspace_id, name=name)
    remark(f"the source {name!r} is removed; its calls stay")


@app.command("try")
def try_(
    pattern: Annotated[str, typer.Argument(help="Such as '{start}_{agent}_{caller}'.")],
    names: Annotated[list[str], typer.Argument(help="Names of objects to read with it.")],
    zone: Zone = None,
) -> None:
    """Show what a pattern reads from names, changing nothing. Exit status 1 when it does not fit one of them."""
    from connectors.object_name import compile_pattern

    compiled, misfits = compile_pattern(pattern, zone=zone or "UTC"), 0
    rows = []
    for name in names:
        try:
            read = compiled.read(name)
        except BadInput as refused:
            misfits += 1
            complain(f"{name}: {refused}")
        else:
            rows.append((name, "; ".join(_said(read.facts, read.named))))
    if rows:
        print_table(("name", "what it says"), rows)
    if misfits:
        raise typer.Exit(1)


def _said(facts: "CallFacts", named: frozenset[str]) -> list[str]:
    document = asdict(facts)
    return [f"{path}={_value(document, path)}" for path in sorted(named)]


def _value(document: Any, path: str) -> Any:
    for part in path.split("."):
        document = document[part]
    return document.isoformat() if hasattr(document, "isoformat") else document


def nested(pairs: list[str]) -> dict[str, Any]:
    """`a=1`, `tracking.source=google` as the metadata of a call. Raises BadInput."""
    document: dict[str, Any] = {}
    for pair in pairs:
        path, equals, value = pair.partition("=")
        if not equals or not path.strip():
            raise BadInput(f"--default {pair!r} is not FIELD=VALUE")
        *above, last = path.strip().split(".")
        place = document
        for part in above:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise BadInput(f"--default {pair!r}: {part} has a value already")
        place[last] = value
    return document


def flat(document: dict[str, Any], above: str = "") -> list[str]:
    """The opposite of `nested`."""
    pairs: list[str] = []
    for name, value in document.items():
        pairs += flat(value, f"{above}{name}.") if isinstance(value, dict) else [f"{above}{name}={value}"]
    return pairs
