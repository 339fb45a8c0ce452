"""Which speech engine reads the calls of this process; chosen on first use, and loaded then.

An engine that has been made stays loaded while its process lives: memory is for the sum of the models of the map.
"""

import threading
from dataclasses import dataclass
from functools import cache, cached_property

import structlog

import transcription.engines
from earmark.plugins import find
from earmark.settings import Settings
from models.errors import EarmarkError, SettingsError
from transcription.by_language import ByLanguage, Hearing
from transcription.choose import (
    ANY,
    AUTO,
    Choice,
    Wanted,
    Wishes,
    choose_engine,
    own_languages,
    parse_wishes,
    wanted_for,
)
from transcription.hub import Access, FetchProgress
from transcription.transcriber import HearsLanguage, Transcriber

log = structlog.get_logger()


def choose(settings: Settings, language: str | None = None, *, fetching: FetchProgress | None = None) -> Choice:
    """What the settings stand for on this machine, for a language, or for all that have no engine of their own.

    Never touches the network without `fetching`. Raises SettingsError when an engine that is asked for by name cannot
    be had, NoEngine for a language that has none.
    """
    return _choose(settings, wanted_for(parse_wishes(settings.transcriber), language), fetching)


def _choose(settings: Settings, wanted: Wanted, fetching: FetchProgress | None) -> Choice:
    access = Access(token=settings.hub_secret)
    return choose_engine(wanted, settings.whisper_model, settings.weights_dir, fetching=fetching, access=access)


@dataclass(frozen=True, slots=True)
class _Key:
    """What makes two engines one: two languages may share it."""

    choice: Choice
    own: tuple[str, ...]


class Engines:
    """A model is fetched at most once in a process; one that is put on the machine later is found all the same."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: dict[_Key, Transcriber] = {}
        self._kept: dict[Wanted, Transcriber] = {}
        self._tried: set[Wanted] = set()
        self._lock = threading.RLock()
        self._asked = False

    def engine(self, language: str | None) -> Transcriber:
        """The one for a language (None: not known yet). One that cannot read it says so itself, by NoEngine.

        Waits while another thread loads one.
        """
        with self._lock:
            self._asked = True
            if language is None and set(self._wishes) != {ANY}:
                return ByLanguage(self._engine_for, self._hearing)
            return self._engine_for(language)

    def warm(self) -> None:
        """Load what is here already, fetching nothing, until a call asks for an engine: from then on it loads its own.

        What cannot be loaded is told again when a call needs it.
        """
        for wanted in dict.fromkeys(self._wishes.values()):
            with self._lock:
                if self._asked:
                    return
                try:
                    self._load(wanted)
                except EarmarkError as error:
                    log.warning("speech engine is not loaded", engine=str(wanted), why=str(error))

    @cached_property
    def _wishes(self) -> Wishes:
        return parse_wishes(self._settings.transcriber)

    def _engine_for(self, language: str | None) -> Transcriber:
        with self._lock:
            wanted = wanted_for(self._wishes, language)
            if wanted in self._kept:
                return self._kept[wanted]
            return self._make(wanted, fetching=self._fetching(wanted))

    def _make(self, wanted: Wanted, *, fetching: FetchProgress | None) -> Transcriber:
        choice = _choose(self._settings, wanted, fetching)
        key = _Key(choice, own_languages(self._wishes, wanted))
        if key not in self._made:
            self._made[key] = _make(self._settings, choice, key.own)
            log.info("speech engine", engine=self._made[key].version, reason=choice.reason)
        if wanted.engine != AUTO or choice.engine == "whisper":  # pocketsphinx makes way for a model that comes later
            self._kept[wanted] = self._made[key]
        return self._made[key]

    def _load(self, wanted: Wanted) -> None:
        load = getattr(self._make(wanted, fetching=None), "load", None)
        if load is not None:
            log.info("speech engine is loaded", engine=load())

    def _fetching(self, wanted: Wanted) -> FetchProgress | None:
        """Only Whisper is fetched by itself, once; other models are brought by `earmark models fetch`."""
        if not self._settings.fetch_models or wanted in self._tried:
            return None
        self._tried.add(wanted)
        return _tell()

    def _hearing(self) -> Hearing | None:
        """The Whisper of `*`, else any of the map."""
        entries = [self._wishes[language] for language in sorted(self._wishes, key=lambda name: name != ANY)]
        for wanted in entries:
            if wanted.engine in (AUTO, "whisper"):
                language = next(name for name, entry in self._wishes.items() if entry == wanted)
                try:
                    engine = self._engine_for(None if language == ANY else language)
                except SettingsError as error:
                    log.warning("cannot hear the language", engine=str(wanted), why=str(error))
                    continue
                if isinstance(engine, HearsLanguage):
                    return engine
        return None


def _make(settings: Settings, choice: Choice, own: tuple[str, ...]) -> Transcriber:
    options: dict[str, object] = {}
    if choice.engine == "whisper":
        options = {
            "model": choice.model,
            "cache_dir": settings.weights_dir,
            "device": settings.whisper_device,
            "compute_type": settings.whisper_compute_type,
            "batch_size": settings.whisper_batch_size or None,
            "threads": settings.speech_threads,
            "languages": settings.languages,
        }
        if own:
            options["well_read"] = _well_read(own)
    elif choice.engine == "onnx":
        options = {
            "model": choice.model,
            "cache_dir": settings.weights_dir,
            "device": settings.whisper_device,
            "batch_size": settings.whisper_batch_size or None,
            "threads": settings.speech_threads,
        }
    elif choice.engine == "scripted":
        options = {"script": settings.scripted_words}
    transcriber: Transcriber = find(transcription.engines, choice.engine)(**options)
    return transcriber


def _well_read(own: tuple[str, ...]) -> frozenset[str]:
    from transcription.engines.whisper import WELL_READ

    return WELL_READ | set(own)


def _tell() -> FetchProgress:
    """A line in the log for every tenth of the download."""
    told = cache(lambda tenth: log.info("fetching the model", percent=tenth * 10))
    return lambda done, total: told(done * 10 // total) if total else None
