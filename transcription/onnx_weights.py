"""The models that engine `onnx` knows by name, and where the files of one lie."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from models.errors import SettingsError
from transcription import manifest
from transcription.hub import OPEN, Access, FetchProgress, Wish, bring, folder_name, is_path

INT8 = "+int8"
"""Behind a name: its weights of 8 bits, a quarter of the size and quicker on a processor."""
_EUROPEAN = tuple(re.findall("..", "bgcsdadeelenesetfifrhrhuitltlvmtnlplptroruskslsvuk"))
"""What Parakeet v3 reads, by its model card."""
_RNNT = ("encoder", "decoder", "joint")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnnxModel:
    """A model of the hub."""

    repository: str
    kind: str
    """What the loader of onnx-asr calls it."""
    files: tuple[str, ...]
    """All are needed; `{}` is where the names of int8 weights differ."""
    languages: tuple[str, ...]
    licence: str
    gigabytes: float
    """Of its 32-bit weights, about."""
    use: str = "Russian"


def _gigaam(kind: str, version: str, weights: tuple[str, ...], use: str = "Russian") -> OnnxModel:
    """The four kinds of GigaAM lie in one repository, and differ in the beginnings of their files' names."""
    vocabulary = f"{weights[0].split('_encoder')[0]}_vocab.txt" if "e2e" in kind else f"{version}_vocab.txt"
    return OnnxModel(
        repository=f"istupakov/gigaam-{version}-onnx",
        kind=kind,
        files=(*(f"{name}{{}}.onnx" for name in weights), vocabulary, "config.json"),
        languages=("ru",),
        licence="MIT",
        gigabytes=0.9,
        use=use,
    )


def _nemo(repository: str, kind: str, languages: tuple[str, ...], *, gigabytes: float, use: str = "") -> OnnxModel:
    names = ("model",) if kind.endswith("ctc") else ("encoder-model", "decoder_joint-model")
    return OnnxModel(
        repository=f"istupakov/{repository}",
        kind=kind,
        files=(*(f"{name}{{}}.onnx" for name in names), "vocab.txt", "config.json"),
        languages=languages,
        licence="CC-BY-4.0",
        gigabytes=gigabytes,
        use=use,
    )


def _vosk(repository: str, gigabytes: float) -> OnnxModel:
    return OnnxModel(
        repository=f"alphacep/{repository}",
        kind="vosk",
        files=("am-onnx/encoder{}.onnx", "am-onnx/decoder{}.onnx", "am-onnx/joiner{}.onnx", "lang/tokens.txt"),
        languages=("ru",),
        licence="Apache-2.0",
        gigabytes=gigabytes,
    )


MODELS = MappingProxyType(
    {
        "gigaam-v3-e2e-rnnt": _gigaam(
            "gigaam-v3-e2e-rnnt",
            "v3",
            tuple(f"v3_e2e_rnnt_{part}" for part in _RNNT),
            "Russian, with punctuation and figures: what we recommend for it",
        ),
        "gigaam-v3-e2e-ctc": _gigaam(
            "gigaam-v3-e2e-ctc", "v3", ("v3_e2e_ctc",), "the same, quicker, errs a little more"
        ),
        "gigaam-v3-rnnt": _gigaam("gigaam-v3-rnnt", "v3", tuple(f"v3_rnnt_{part}" for part in _RNNT)),
        "gigaam-v3-ctc": _gigaam("gigaam-v3-ctc", "v3", ("v3_ctc",)),
        "gigaam-v2-rnnt": _gigaam("gigaam-v2-rnnt", "v2", tuple(f"v2_rnnt_{part}" for part in _RNNT)),
        "gigaam-v2-ctc": _gigaam("gigaam-v2-ctc", "v2", ("v2_ctc",)),
        "t-one": OnnxModel(
            repository="t-tech/T-one",
            kind="t-one-ctc",
            files=("model.onnx", "config.json"),
            languages=("ru",),
            licence="Apache-2.0",
            gigabytes=0.15,
            use="Russian telephone speech on small machines; no punctuation",
        ),
        "vosk-ru": _vosk("vosk-model-ru", 0.3),
        "vosk-small-ru": _vosk("vosk-model-small-ru", 0.1),
        "parakeet-tdt-0.6b-v3": _nemo(
            "parakeet-tdt-0.6b-v3-onnx",
            "nemo-parakeet-tdt-0.6b-v3",
            _EUROPEAN,
            gigabytes=2.5,
            use="25 European languages, quicker than Whisper",
        ),
        "parakeet-tdt-0.6b-v2": _nemo(
            "parakeet-tdt-0.6b-v2-onnx", "nemo-parakeet-tdt-0.6b-v2", ("en",), gigabytes=2.5, use="English"
        ),
    }
)
"""Models whose words have times: Canary and the ONNX form of Whisper give none, so they are not here."""

_KINDS = frozenset(
    {"nemo-conformer-ctc", "nemo-conformer-rnnt", "nemo-conformer-tdt", "kaldi-rnnt", "t-one-ctc", "vosk"}
)
"""What the `config.json` of a folder may say in `model_type`."""


@dataclass(frozen=True, slots=True)
class OnnxWeights:
    """Complete weights on this machine."""

    folder: Path
    kind: str
    quantization: str | None
    languages: tuple[str, ...]
    """Those that it reads; empty: not known."""


def check_name(name: str) -> None:
    """Raises SettingsError for what is neither a folder nor a model that we know."""
    if not is_path(name) and _bare(name) not in MODELS:
        raise SettingsError(
            f"{name!r} is no ONNX model; use a folder, or one of: {', '.join(MODELS)}, each also with {INT8} behind it"
        )
    if name.endswith(INT8) and _bare(name) == "t-one":
        raise SettingsError(f"{name!r}: t-one has no int8 weights; write t-one")


def languages_of(name: str) -> tuple[str, ...]:
    """What a model reads; empty for a folder of which nobody has said it."""
    known = MODELS.get(_bare(name))
    if known is None and is_path(name):
        known = MODELS.get(_bare(manifest.name_in(Path(name).expanduser())))
    return known.languages if known else ()


def is_here(name: str, cache_dir: Path | None) -> OnnxWeights | None:
    """Complete weights of a model, or None. Never touches the network. Raises SettingsError for a bad folder."""
    check_name(name)
    if is_path(name):
        return _in_folder(Path(name).expanduser())
    folder = cache_dir / _folder_name(name) if cache_dir is not None else None
    return _weights(name, folder) if folder is not None and not missing_file(name, folder) else None


def fetch(name: str, cache_dir: Path, progress: FetchProgress, *, access: Access = OPEN, stall: float = 60.0) -> Path:
    """Fetch a model into a folder of its own below `cache_dir`. Raises SettingsError with what to do when it cannot."""
    here = is_here(name, cache_dir)
    if here is not None:
        return here.folder
    model, folder = MODELS[_bare(name)], cache_dir / _folder_name(name)
    files = _files(name)
    # Weights of more than 2 GB lie in a file of their own beside the network.
    wish = Wish(f"onnx:{name}", model.repository, (*files, *(f"{file}?data" for file in files if "onnx" in file)))
    bring(wish, folder, progress, access=access, stall=stall)
    missing = missing_file(name, folder)
    if missing:
        raise SettingsError(f"the hub's {model.repository} has no {missing}, so it is not the model {name!r} we know")
    return folder


def missing_file(name: str, folder: Path) -> str | None:
    """The first file that the model needs and `folder` lacks."""
    return next((file for file in _files(name) if not any(folder.glob(file))), None)


def _files(name: str) -> tuple[str, ...]:
    eight = "?int8" if name.endswith(INT8) else ""
    return tuple(file.format(eight) for file in MODELS[_bare(name)].files)


def _weights(name: str, folder: Path) -> OnnxWeights:
    model = MODELS[_bare(name)]
    return OnnxWeights(folder, model.kind, "int8" if name.endswith(INT8) else None, model.languages)


def _in_folder(folder: Path) -> OnnxWeights:
    """By what was written when it was fetched, by its files, or by its `config.json`."""
    if not folder.is_dir():
        raise SettingsError(
            f"there is no folder {folder}; `onnx:` has to name one with an ONNX model, or a known model"
        )
    told = manifest.name_in(folder)
    for name in ([told] if told and _bare(told) in MODELS else []) + [*MODELS, *(f"{known}{INT8}" for known in MODELS)]:
        if _is_told(name, folder) and not missing_file(name, folder):
            return _weights(name, folder)
    config = _config(folder)
    kind = "t-one-ctc" if "decoder_params" in config else config.get("model_type")
    if kind not in _KINDS:
        raise SettingsError(
            f"{folder} is no ONNX model that we can read: it has the files of none that we know, and its config.json "
            f"names no `model_type` of {', '.join(sorted(_KINDS))}"
        )
    eight = any(folder.rglob("*?int8.onnx")) and not any(folder.glob("*model.onnx"))
    return OnnxWeights(folder, str(kind), "int8" if eight else None, ())


def _is_told(name: str, folder: Path) -> bool:
    """Files that many models have in common (`model.onnx`, `vocab.txt`) tell nothing by themselves."""
    return manifest.name_in(folder) == name or name.startswith(("gigaam", "vosk"))


def _config(folder: Path) -> dict[str, object]:
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return config if isinstance(config, dict) else {}


def _folder_name(name: str) -> str:
    """One folder for each name: models of one repository are fetched, carried and removed one by one."""
    return folder_name(f"onnx/{name.replace('+', '-')}")


def _bare(name: str) -> str:
    return name.removesuffix(INT8)
