"""Where Whisper's weights lie, and how they get there."""

import re
from pathlib import Path

from models.errors import SettingsError
from transcription import manifest
from transcription.hub import OPEN, Access, FetchProgress, Wish, bring, folder_name, is_path

_FILES = ("config.json", "model.bin", "tokenizer.json")
_VOCABULARY = ("vocabulary.json", "vocabulary.txt")
_PATTERNS = (*_FILES, *_VOCABULARY, "preprocessor_config.json")
_STOCK_OWNERS = frozenset({"openai", "systran", "guillaumekln", "mobiuslabsgmbh", "deepdml", "distil-whisper"})
"""Whose repositories hold OpenAI's weights, converted or distilled, and none tuned for a language."""


def is_here(model: str, cache_dir: Path | None) -> Path | None:
    """The folder of complete weights, or None. Never touches the network.

    `model` is a folder, a size such as `small`, or a hub id such as `Systran/faster-whisper-small`. Looks in
    `cache_dir`, then where Hugging Face tools keep theirs. Raises SettingsError for a folder that lacks a file and
    for a size that does not exist.
    """
    if is_path(model):
        return checked_folder(Path(model).expanduser())
    repository = repository_of(model)
    own = _own_folder(repository, cache_dir)
    if own is not None and not missing_file(own):
        return own
    return _in_hub_cache(repository)


def checked_folder(folder: Path) -> Path:
    """The same folder; SettingsError names what is missing in it."""
    if not folder.is_dir():
        raise SettingsError(
            f"there is no folder {folder}; a Whisper model is a size, a hub id, or a folder with weights"
        )
    missing = missing_file(folder)
    if missing:
        raise SettingsError(
            f"{folder} has no {missing}, so it is no complete Whisper model for faster-whisper; copy the whole folder "
            f"({', '.join(_FILES)}, {_VOCABULARY[0]}), or convert the model with ct2-transformers-converter"
        )
    return folder


def missing_file(folder: Path) -> str | None:
    """The first file that weights need and `folder` lacks.

    Without `tokenizer.json` the library would ask the hub for one behind our back.
    """
    for name in _FILES:
        if not (folder / name).is_file():
            return name
    return None if any((folder / name).is_file() for name in _VOCABULARY) else _VOCABULARY[0]


def repository_of(model: str) -> str:
    """The hub id of a size name; a hub id is returned as it is. SettingsError for anything else."""
    if re.fullmatch(r"[\w.-]+/[\w.-]+", model):
        return model
    from faster_whisper.utils import _MODELS

    if model not in _MODELS:
        raise SettingsError(
            f"{model!r} is no Whisper model; use a folder, a hub id (name/model), or one of: {', '.join(_MODELS)}"
        )
    return str(_MODELS[model])


def is_stock(model: str) -> bool:
    """Whether these are OpenAI's own weights, by the name or by what a fetched folder says of itself.

    A folder of which nothing is known is somebody's own.
    """
    if is_path(model):
        folder = Path(model).expanduser()
        model = manifest.source_in(folder).partition("@")[0] or folder.resolve().name.replace("--", "/", 1)
    elif "/" not in model:
        return True  # a size name
    return "/" in model and model.split("/")[0].lower() in _STOCK_OWNERS


def fetch(model: str, cache_dir: Path, progress: FetchProgress, *, access: Access = OPEN, stall: float = 60.0) -> Path:
    """Fetch weights into a folder of their own below `cache_dir`; what is there already is kept.

    A broken download goes on where it stopped. Raises SettingsError when the hub cannot be
    reached or has no such model, with what to do then.
    """
    here = is_here(model, cache_dir)
    if here is not None:
        return here
    repository = repository_of(model)
    folder = cache_dir / folder_name(repository)
    bring(Wish(f"whisper:{model}", repository, _PATTERNS), folder, progress, access=access, stall=stall)
    return checked_folder(folder)


def _own_folder(repository: str, cache_dir: Path | None) -> Path | None:
    return cache_dir / folder_name(repository) if cache_dir is not None else None


def _in_hub_cache(repository: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(repository, "model.bin")
    folder = Path(found).parent if isinstance(found, str) else None
    return folder if folder is not None and not missing_file(folder) else None
