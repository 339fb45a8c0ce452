"""`earmark models`: the models of all engines."""

from typing import TYPE_CHECKING, Annotated

import typer

from earmark.commands.console import err, out, print_table, remark

if TYPE_CHECKING:
    from pathlib import Path

    from earmark.settings import Settings
    from earmark.weights import Model

NAME = "A size or hub id of Whisper, `onnx:NAME`, `pyannote:NAME`; without one, all that the settings need."

app = typer.Typer(help="Models of the engines: list, fetch and verify them.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """Show the models worth having, which are here, and which the settings need."""
    from earmark.settings import read_settings
    from earmark.weights import About, known, needed

    settings = read_settings()
    need, folder = needed(settings), settings.weights_dir
    others = [About(model, 0, "", "") for model in need if model not in {about.model for about in known()}]
    rows = [
        (
            str(about.model),
            f"{about.gigabytes:g} GB" if about.gigabytes else "",
            about.licence,
            need.get(about.model, ""),
            _place(about.model, folder),
            about.use,
        )
        for about in (*others, *known())
    ]
    print_table(("model", "size", "licence", "set for", "here", ""), rows)
    remark(f"models lie in {folder.absolute()}")
    _tell_engines(settings)


@app.command()
def fetch(name: Annotated[str | None, typer.Argument(help=NAME)] = None) -> None:
    """Fetch models from their hub, with a progress bar. What broke off goes on where it stopped."""
    from earmark.settings import read_settings
    from earmark.weights import named, needed

    settings = read_settings()
    need = needed(settings)
    models = [named(name)] if name is not None else list(need)
    if not models:
        remark("the settings need no model")
    for model in models:
        out().print(str(_fetch_with_bar(model, settings)), soft_wrap=True)
        if model not in need:
            remark(f"to use it: {_how_to_use(model)}")


@app.command()
def verify(
    name: Annotated[str | None, typer.Argument(help=NAME)] = None,
    *,
    loads: Annotated[bool, typer.Option("--load/--no-load", help="Whether to try to load each.")] = True,
) -> None:
    """Read every file of the models that are here, compare sizes and SHA-256 with what was fetched, and load them."""
    from earmark.settings import read_settings
    from earmark.weights import known, named, needed
    from models.errors import SettingsError

    settings = read_settings()
    need = list(needed(settings))
    models = [named(name)] if name is not None else [*need, *(one.model for one in known() if one.model not in need)]
    wrong = seen = 0
    for model in models:
        verdict = _verdict(model, settings, must=name is not None or model in need, loads=loads)
        seen += verdict is not None
        wrong += verdict is False
    if not seen:
        remark(f"no model lies in {settings.weights_dir.absolute()}")
    if wrong:
        raise SettingsError(f"{wrong} of {seen} models cannot be used; `earmark models fetch NAME` brings one anew")


@app.command()
def where() -> None:
    """Print the folder in which fetched models lie, and how to carry it to a machine without a network."""
    from earmark.settings import read_settings

    out().print(str(read_settings().weights_dir.absolute()), soft_wrap=True)
    remark(
        "for a closed network: copy this folder there, set EARMARK_MODELS_DIR to it and EARMARK_FETCH_MODELS=false, "
        "and run `earmark models verify`"
    )


def _place(model: "Model", folder: "Path") -> str:
    from earmark.weights import is_here
    from models.errors import SettingsError

    try:
        found = is_here(model, folder)
    except SettingsError as error:
        return str(error)
    if found is None:
        return ""
    return "yes" if found.parent == folder else str(found)


def _tell_engines(settings: "Settings") -> None:
    """What reads each language, or why nothing does."""
    from earmark.engines import choose
    from models.errors import EarmarkError
    from transcription.choose import ANY, parse_wishes

    for language in parse_wishes(settings.transcriber):
        try:
            says = choose(settings, None if language == ANY else language).reason
        except EarmarkError as error:
            says = str(error)
        remark(says if language == ANY else f"{language}: {says}")


def _fetch_with_bar(model: "Model", settings: "Settings") -> "Path":
    """The folder of the model. Raises SettingsError with what to do when the hub cannot be reached."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    from earmark.weights import fetch as bring
    from earmark.weights import is_here

    here = is_here(model, settings.weights_dir)
    if here is not None:
        remark(f"{model} is here already")
        return here
    remark(f"fetching {model} into {settings.weights_dir.absolute()}")
    with Progress(
        "{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(), console=err()
    ) as bar:
        task = bar.add_task(str(model), total=None)
        return bring(model, settings, lambda done, total: bar.update(task, completed=done, total=total))


def _verdict(model: "Model", settings: "Settings", *, must: bool, loads: bool) -> bool | None:
    """Printed; None for one that is not here and need not be."""
    from earmark.weights import can_load, faults, is_here
    from models.errors import SettingsError
    from transcription import manifest

    try:
        folder = is_here(model, settings.weights_dir)
        wrong = ["is not here"] if folder is None else []
    except SettingsError as error:
        folder, wrong = None, [str(error)]
    if folder is None and not must:
        return None
    loadable = loads and can_load(model)
    if folder is not None:
        wrong = faults(model, folder, settings, loads=loadable)
    if wrong:
        out().print(f"✗ {model}: {'; '.join(wrong)}", soft_wrap=True, highlight=False)
        return False
    checked = (
        "every file is as it was fetched"
        if folder and manifest.is_written(folder)
        else "complete (no list of its files)"
    )
    out().print(f"✓ {model}: {checked}{', and it loads' if loadable else ''}", soft_wrap=True, highlight=False)
    return True


def _how_to_use(model: "Model") -> str:
    if model.engine == "whisper":
        return f"EARMARK_WHISPER_MODEL={model.name}, or EARMARK_TRANSCRIBER='…, *=whisper:{model.name}'"
    if model.engine == "onnx":
        return f"EARMARK_TRANSCRIBER='ru={model}, *=whisper'"
    return f"EARMARK_PYANNOTE_MODEL={model.name}"
