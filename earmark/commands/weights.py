"""`earmark models`: the weights of Whisper."""

from typing import TYPE_CHECKING, Annotated

import typer

from earmark.commands.console import err, out, print_table, remark

if TYPE_CHECKING:
    from pathlib import Path

SIZES = (
    ("large-v3-turbo", "1.6 GB", "the default: nearly as good as large-v3, several times faster"),
    ("large-v3", "3.1 GB", "the best; wants a graphics card"),
    ("medium", "1.5 GB", ""),
    ("small", "0.5 GB", "good enough to begin with, on two cores faster than people talk"),
    ("base", "0.15 GB", "errs often"),
    ("tiny", "0.08 GB", "for trying things out"),
)
"""Sizes worth naming, best first; all read our three languages. Any other model goes by its hub id or folder."""

app = typer.Typer(help="Models of the speech engine: list and fetch them.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """Show which models are here, and what the settings choose."""
    from earmark.engines import choose
    from earmark.settings import read_settings
    from transcription.weights import is_here

    settings = read_settings()
    rows = [(name, size, str(is_here(name, settings.weights_dir) or ""), note) for name, size, note in SIZES]
    print_table(("model", "size", "lies in", ""), rows)
    remark(choose(settings).reason)


@app.command()
def fetch(
    name: Annotated[str | None, typer.Argument(help="A size or a hub id; without one, that of the settings.")] = None,
) -> None:
    """Fetch a model from its hub, with a progress bar. What broke off goes on where it stopped."""
    from earmark.settings import read_settings

    settings = read_settings()
    folder = fetch_with_bar(name or settings.whisper_model, settings.weights_dir)
    out().print(str(folder), soft_wrap=True)
    if name is not None and name != settings.whisper_model:
        remark(f"to use it: EARMARK_WHISPER_MODEL={name}")


@app.command()
def where() -> None:
    """Print the folder in which fetched models lie."""
    from earmark.settings import read_settings

    out().print(str(read_settings().weights_dir.absolute()), soft_wrap=True)


def fetch_with_bar(name: str, folder: "Path") -> "Path":
    """The folder of the weights. Raises SettingsError with what to do when the hub cannot be reached."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    from transcription.weights import fetch, is_here

    here = is_here(name, folder)
    if here is not None:
        remark(f"{name} is here already")
        return here
    remark(f"fetching {name} into {folder.absolute()}")
    with Progress(
        "{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(), console=err()
    ) as bar:
        task = bar.add_task(name, total=None)
        return fetch(name, folder, lambda done, total: bar.update(task, completed=done, total=total))
