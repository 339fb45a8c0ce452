"""Models of all engines: which the settings need, where they lie, how they come, and whether they are whole."""

import importlib.metadata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diarization.engines
import transcription.engines
from diarization import weights as pyannote_weights
from earmark.plugins import find
from earmark.settings import Settings
from models.errors import EarmarkError, SettingsError
from transcription import manifest, onnx_weights
from transcription import weights as whisper_weights
from transcription.choose import ANY, AUTO, parse_wishes
from transcription.hub import Access, FetchProgress

ENGINES = ("whisper", "onnx", "pyannote")
WHISPER_SIZES = (
    ("large-v3-turbo", 1.6, "the default: nearly as good as large-v3, several times faster"),
    ("large-v3", 3.1, "the best of Whisper; wants a graphics card"),
    ("medium", 1.5, ""),
    ("small", 0.5, "good enough to begin with, on two cores faster than people talk"),
    ("base", 0.15, "errs often"),
    ("tiny", 0.08, "for trying things out"),
)
"""Sizes worth naming, best first, their GB and use; all read our three languages. Others go by hub id or folder."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model of an engine."""

    engine: str
    name: str
    """As its engine takes it: a size, a hub id, a name, or a folder."""

    def __str__(self) -> str:
        return self.name if self.engine == "whisper" else f"{self.engine}:{self.name}"


@dataclass(frozen=True, slots=True)
class About:
    """A model that is worth naming."""

    model: Model
    gigabytes: float
    licence: str
    use: str


def named(text: str) -> Model:
    """`onnx:t-one`, `pyannote:community-1`; without an engine it is Whisper's. Raises SettingsError for no model."""
    engine, colon, name = text.partition(":")
    model = Model(engine, name) if colon and engine in ENGINES else Model("whisper", text)
    if not model.name:
        raise SettingsError(f"{text!r} names no model; write one such as small, onnx:t-one or pyannote:community-1")
    return model


def known() -> Iterator[About]:
    for size, gigabytes, use in WHISPER_SIZES:
        yield About(Model("whisper", size), gigabytes, "MIT", use)
    for name, model in onnx_weights.MODELS.items():
        yield About(Model("onnx", name), model.gigabytes, model.licence, model.use)
    yield About(
        Model("pyannote", "community-1"),
        0.03,
        "CC-BY-4.0",
        "speakers of mono recordings; its conditions to be accepted",
    )


def needed(settings: Settings) -> dict[Model, str]:
    """What the settings ask for, and what for: languages, or `speakers`."""
    uses: dict[Model, list[str]] = {}
    for language, wanted in parse_wishes(settings.transcriber).items():
        if wanted.engine in (AUTO, "whisper"):
            uses.setdefault(Model("whisper", wanted.model or settings.whisper_model), []).append(language)
        elif wanted.engine == "onnx":
            uses.setdefault(Model("onnx", wanted.model), []).append(language)
    if settings.diarizer == "pyannote":
        uses[Model("pyannote", settings.pyannote_model)] = ["speakers"]
    return {model: ", ".join("all" if use == ANY else use for use in told) for model, told in uses.items()}


def is_here(model: Model, folder: Path) -> Path | None:
    """The folder with it, or None. Never touches the network. Raises SettingsError for a name that is none."""
    if model.engine == "onnx":
        found = onnx_weights.is_here(model.name, folder)
        return found.folder if found is not None else None
    if model.engine == "pyannote":
        return pyannote_weights.is_here(model.name, folder)
    return whisper_weights.is_here(model.name, folder)


def fetch(model: Model, settings: Settings, progress: FetchProgress, *, endpoint: str | None = None) -> Path:
    """Bring it from its hub into the folder of the settings. Raises SettingsError with what to do when it cannot."""
    folder, access = settings.weights_dir, Access(endpoint, settings.hub_secret)
    if model.engine == "whisper":
        return whisper_weights.fetch(model.name, folder, progress, access=access)
    if model.engine == "onnx":
        return onnx_weights.fetch(model.name, folder, progress, access=access)
    lies = pyannote_weights.fetch(model.name, folder, token=access.token, progress=progress, endpoint=endpoint)
    if not manifest.is_written(lies):
        files = (file.relative_to(lies) for file in lies.rglob("*") if file.is_file())
        told = {file.as_posix(): manifest.Told(None, None) for file in files if not file.parts[0].startswith(".")}
        manifest.write(lies, name=str(model), source=pyannote_weights.repository_of(model.name), told=told)
    return lies


def faults(model: Model, folder: Path, settings: Settings, *, loads: bool = True) -> list[str]:
    """What is wrong with a model that lies in `folder`: its files, and whether it loads on this machine."""
    found = manifest.faults(folder)
    if found or not loads:
        return found
    try:
        load(model, settings)
    except EarmarkError as error:
        return [str(error)]
    return []


def load(model: Model, settings: Settings) -> None:
    """Load it as a worker would, and let it go. Raises SettingsError when it does not load."""
    options: dict[str, object] = {"model": model.name, "cache_dir": settings.weights_dir}
    if model.engine == "pyannote":
        options["device"] = settings.pyannote_device
    else:
        options["device"] = settings.whisper_device
    if model.engine == "whisper":
        options["compute_type"] = settings.whisper_compute_type
    room = diarization.engines if model.engine == "pyannote" else transcription.engines
    engine: Any = find(room, model.engine)(**options)
    if hasattr(engine, "load"):
        engine.load()


def can_load(model: Model) -> bool:
    """Whether the engine's package is here: models are also fetched for other machines."""
    package = {"whisper": "faster-whisper", "onnx": "onnx-asr", "pyannote": "pyannote.audio"}[model.engine]
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
