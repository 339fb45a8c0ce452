"""Which engine reads which language: what the setting says, and what that comes to on this machine."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from pkgutil import iter_modules

import transcription.engines
from models.errors import NoEngine, SettingsError
from transcription import onnx_weights
from transcription.hub import OPEN, Access, FetchProgress
from transcription.weights import fetch, is_here, is_stock

AUTO = "auto"
ANY = "*"
"""Every language that has no entry of its own, and one that is not known."""
VARIABLE = "EARMARK_TRANSCRIBER"
ADVICE = "run `earmark models fetch {model}`, or set EARMARK_WHISPER_MODEL to a folder with one"
EXAMPLE = "ru=onnx:gigaam-v3-e2e-rnnt, *=whisper:large-v3-turbo"
ENGLISH_ONLY = frozenset({"pocketsphinx"})
TAKE_MODELS = frozenset({"whisper", "onnx"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """An engine as the setting names it: `whisper:large-v3-turbo`."""

    engine: str
    """A file of `engines/`, or `auto`."""
    model: str = ""
    """Empty: the engine's own, or that of EARMARK_WHISPER_MODEL."""

    def __str__(self) -> str:
        return f"{self.engine}:{self.model}" if self.model else self.engine


Wishes = Mapping[str, Wanted]
"""By ISO 639-1 language, and `*`."""


@dataclass(frozen=True, slots=True)
class Choice:
    engine: str
    """A file of `engines/`."""
    weights: Path | None
    """The folder of its model; None: it needs none."""
    reason: str
    """One line for people: why this one, and how to get better."""
    model: str = ""
    """The model's name, as it was asked for."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that it reads; empty: as many as its engine knows."""
        name = self.weights.name if self.weights is not None else self.model
        if self.engine in ENGLISH_ONLY or (self.engine == "whisper" and name.endswith(".en")):
            return ("en",)
        return onnx_weights.languages_of(self.model) if self.engine == "onnx" else ()


def engine_names() -> tuple[str, ...]:
    """What stands in `engines/`."""
    return tuple(sorted(module.name for module in iter_modules(transcription.engines.__path__)))


def parse_wishes(text: str, engines: Collection[str] | None = None) -> Wishes:
    """The setting: one engine for all, or a comma-separated map of languages to engines. Pure.

    `auto`, `whisper`, `whisper:small`, `onnx:t-one`, or `ru=onnx:gigaam-v3-e2e-rnnt, fa=whisper:/a/folder, *=auto`.
    A model is everything behind the first colon, so that it may hold colons, but no comma. Raises SettingsError naming
    the part that is wrong and what is allowed.
    """
    known = engine_names() if engines is None else tuple(engines)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise SettingsError(f"{VARIABLE} is empty; use `{AUTO}`, an engine, or a map such as `{EXAMPLE}`")
    wishes: dict[str, Wanted] = {}
    for part in parts:
        language, wanted = _entry(part, known, alone=len(parts) == 1)
        if language in wishes:
            raise SettingsError(f"{VARIABLE} names {language!r} twice: {wishes[language]} and {wanted}; keep one")
        wishes[language] = wanted
    return wishes


def wanted_for(wishes: Wishes, language: str | None) -> Wanted:
    """The entry of a language (None: not known), else that of `*`. Raises NoEngine when there is neither."""
    found = wishes.get(language or ANY) or wishes.get(ANY)
    if found is not None:
        return found
    named = ", ".join(sorted(wishes))
    if language is None:
        raise NoEngine(
            f"the language of this call is not known, and {VARIABLE} has engines for {named} alone: name the language "
            f"in the call's metadata or its source, or add `{ANY}=whisper` to the setting, and run the call again"
        )
    raise NoEngine(
        f"no engine is set for {language!r}: {VARIABLE} has {named}; add `{language}=…` or `{ANY}=whisper` to it, and "
        "run the call again"
    )


def choose_engine(
    wanted: Wanted,
    model: str,
    cache_dir: Path | None,
    *,
    fetching: FetchProgress | None = None,
    access: Access = OPEN,
) -> Choice:
    """`auto` is whisper when its weights are here, or can be fetched (only with `fetching`), else pocketsphinx.

    `model`: Whisper's, where `wanted` names none. Raises SettingsError when an engine is asked for by name and its
    weights cannot be had, or are incomplete.
    """
    if wanted.engine == "onnx":
        return _onnx(wanted.model, cache_dir)
    if wanted.engine not in (AUTO, "whisper"):
        return Choice(wanted.engine, None, f"{wanted.engine}, as it is set")
    model = wanted.model or model
    try:
        weights = is_here(model, cache_dir)
        if weights is None and fetching is not None and cache_dir is not None:
            weights = fetch(model, cache_dir, fetching, access=access)
        failure = f"no Whisper model {model!r} is on this machine; {ADVICE.format(model=model)}"
    except SettingsError as error:
        if wanted.engine != AUTO:
            raise
        weights, failure = None, str(error)  # which says what to do
    if weights is not None:
        return Choice("whisper", weights, f"whisper with {model}, found in {weights}", model)
    if wanted.engine != AUTO:
        raise SettingsError(failure)
    return Choice("pocketsphinx", None, f"pocketsphinx, rough and English only, because {failure}")


def own_languages(wishes: Wishes, wanted: Wanted) -> tuple[str, ...]:
    """Languages for which a model of one's own was named: what it reads, it was chosen to read well.

    Empty for stock Whisper, whose weaknesses do not go away by naming it.
    """
    if wanted.engine != "whisper" or not wanted.model or is_stock(wanted.model):
        return ()
    return tuple(language for language, entry in wishes.items() if entry == wanted and language != ANY)


def _onnx(model: str, cache_dir: Path | None) -> Choice:
    found = onnx_weights.is_here(model, cache_dir)
    if found is None:
        raise SettingsError(
            f"the ONNX model {model!r} is not on this machine; run `earmark models fetch onnx:{model}`, or name its "
            f"folder: onnx:/where/it/lies"
        )
    return Choice("onnx", found.folder, f"onnx with {model}, found in {found.folder}", model)


def _entry(part: str, known: Collection[str], *, alone: bool) -> tuple[str, Wanted]:
    """A part of the map. An engine without a language is for all of them, and stands alone."""
    mapped = re.match(r"\s*([^\s=:/\\]+)\s*=\s*(.*)$", part, re.DOTALL)
    if mapped is None:
        if not alone:
            raise SettingsError(f"{VARIABLE} has {part!r}, which names no language; write it as `{EXAMPLE}`")
        return ANY, _wanted(part, part, known)
    language = mapped[1].lower()
    if language != ANY and not re.fullmatch("[a-z]{2}", language):
        raise SettingsError(
            f"{VARIABLE} has {part!r}: {mapped[1]!r} is no ISO 639-1 language; write two letters, such as en, ru or "
            f"fa, or {ANY} for all others"
        )
    wanted = _wanted(mapped[2], part, known)
    _check_reads(wanted, language, part)
    return language, wanted


def _wanted(text: str, part: str, known: Collection[str]) -> Wanted:
    engine, colon, model = (piece.strip() for piece in text.partition(":"))
    allowed = sorted({AUTO, *known})
    if engine not in allowed:
        raise SettingsError(f"{VARIABLE} is {part!r}: there is no engine {engine!r}; there are: {', '.join(allowed)}")
    if model and engine not in TAKE_MODELS:
        raise SettingsError(f"{VARIABLE} is {part!r}: {engine} takes no model; write `{engine}` alone")
    if (colon or engine == "onnx") and engine in TAKE_MODELS and not model:
        raise SettingsError(f"{VARIABLE} is {part!r}, which names no model; write `{engine}:` and a name or a folder")
    if engine == "onnx":
        onnx_weights.check_name(model)
    return Wanted(engine, model)


def _check_reads(wanted: Wanted, language: str, part: str) -> None:
    reads = Choice(wanted.engine, None, "", wanted.model).languages
    if language != ANY and reads and language not in reads:
        raise SettingsError(f"{VARIABLE} has {part!r}, but {wanted} reads only: {', '.join(reads)}")
