"""What state this installation is in: version, settings, doctor, health."""

from typing import TYPE_CHECKING, Annotated

import typer

from earmark.commands.console import complain, out, print_json, remark

if TYPE_CHECKING:
    from earmark.doctor import Finding

MARKS = {"good": ("✓", "green"), "weak": ("!", "yellow"), "broken": ("✗", "red")}
LIBRARIES = ("faster-whisper", "ctranslate2", "pocketsphinx", "spacy", "celery", "sqlalchemy")
"""Those that decide what comes out, or that one is asked for in a report."""


def print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version as version_of

        typer.echo(f"earmark {version_of('earmark')}")
        raise typer.Exit


def version() -> None:
    """Show the version, and those of the engines."""
    import platform
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as version_of

    typer.echo(f"earmark {version_of('earmark')}")
    typer.echo(f"python {platform.python_version()} on {platform.system()} {platform.machine()}")
    for library in LIBRARIES:
        try:
            typer.echo(f"{library} {version_of(library)}")
        except PackageNotFoundError:
            typer.echo(f"{library} is not installed")


def doctor(*, as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line.")] = False) -> None:
    """Check settings, folder, store, broker, models, database and workers, and say how to mend what is broken.

    ✓ is well, ! works but you should know, ✗ is broken. Exit status 1 when something is broken.
    """
    from earmark.doctor import Finding, Level, examine, is_broken
    from earmark.logs import set_up_logs
    from earmark.settings import read_settings
    from models.errors import SettingsError

    found: list[Finding] = []
    try:
        settings = read_settings()
        set_up_logs("error", "text")
        for finding in examine(settings):
            found.append(finding)
            _show(finding, as_json=as_json)
    except SettingsError as error:
        found.append(Finding("settings", Level.BROKEN, str(error), "correct it in the environment or in .env"))
        _show(found[-1], as_json=as_json)
    if is_broken(found):
        raise typer.Exit(1)


def _show(finding: "Finding", *, as_json: bool) -> None:
    from rich.text import Text

    if as_json:
        names = ("name", "level", "says", "mend")
        print_json({name: str(getattr(finding, name)) for name in names})
        return
    mark, style = MARKS[finding.level.value]
    console = out()
    console.print(Text.assemble((f"{mark} ", style), (f"{finding.name:15}", "bold"), finding.says), soft_wrap=True)
    if finding.mend:
        console.print(Text(f"{'':17}→ {finding.mend}", style=style), soft_wrap=True)


def health(part: Annotated[str, typer.Argument(help="api, scheduler, or a queue: speech, text, deliver.")]) -> None:
    """Say whether a part that should run on this machine does; for health checks of containers."""
    from earmark.health import fault_of
    from earmark.settings import read_settings

    fault = fault_of(read_settings(), part)
    if fault:
        complain(fault)
        raise typer.Exit(1)
    remark(f"{part} is well")


def settings(
    *,
    markdown: Annotated[bool, typer.Option("--markdown", help="As the README's table.")] = False,
    env: Annotated[bool, typer.Option("--env", help="As .env.example.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write both where they belong in the checkout.")] = False,
) -> None:
    """List every setting with its default and what it does."""
    from earmark.commands.console import print_table
    from earmark.settings_text import all_settings, as_env, as_markdown, write_settings

    if write:
        changed = write_settings()
        remark(f"written: {', '.join(path.name for path in changed)}" if changed else "nothing to change")
    elif markdown or env:
        typer.echo(as_markdown() if markdown else as_env(), nl=False)
    else:
        print_table(
            ("variable", "default", "what it does"),
            [(setting.variable, setting.default, setting.description) for setting in all_settings()],
        )
