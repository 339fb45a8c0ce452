"""Look at everything that Earmark stands on, and say how to mend what is broken."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from diarization.choose import PYANNOTE, installed
from earmark import diarizers
from earmark.classifiers import LEARNED, LLM, learned_weights, llm_endpoint, llm_ledger, llm_prices, make_classifiers
from earmark.commands.opening import make_data_dir
from earmark.engines import choose
from earmark.learned_weights import LearnedWeights
from earmark.settings import Settings, unknown_variables
from earmark.wiring import object_store
from models.call import LANGUAGES, CallState
from models.errors import BadInput, EarmarkError, EngineFailed, NoEngine, NotFound, SettingsError
from pipeline.route import QUEUES
from storage import calls, migrate, sources, work, workers, workspaces
from storage.database import Sessions, connect
from storage.vault import Vault
from transcription.choose import ANY, AUTO, ENGLISH_ONLY, Choice, Wishes, own_languages, parse_wishes, wanted_for
from transcription.engines.whisper import WELL_READ
from transcription.weights import is_here
from workers.celery_app import broker_kind, make_app

LOW_DISK, NO_DISK = 2 * 1024**3, 200 * 1024**2
"""Bytes free below which it is worth a word, and below which nothing can be taken in."""
BROKER_SECONDS = 5.0


class Level(StrEnum):
    GOOD = "good"
    WEAK = "weak"
    """It works, and the operator should know."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    level: Level
    says: str
    mend: str = ""
    """What to do about it."""


def examine(settings: Settings) -> Iterator[Finding]:
    """One thing after the other, in the order in which they build on each other. Never raises for what is broken."""
    yield from _checked("data folder", lambda: _data_folder(settings))
    yield from _checked("settings", lambda: _settings(settings))
    yield from _checked("disk", lambda: _disk(settings.data_dir))
    yield from _checked("store", lambda: _store(settings))
    yield from _checked("broker", lambda: _broker(settings))
    yield from _checked("speech", lambda: _speech(settings))
    yield from _checked("diarizer", lambda: _diarizer(settings))
    yield from _checked("classifiers", lambda: _classifiers(settings))
    yield from _checked("database", lambda: _database(settings))


def is_broken(findings: list[Finding]) -> bool:
    return any(finding.level is Level.BROKEN for finding in findings)


def _checked(name: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except EarmarkError as error:
        yield Finding(name, Level.BROKEN, str(error))
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        yield Finding(name, Level.BROKEN, reason, "check EARMARK_DATABASE_URL, and that the server runs and lets us in")
    except OSError as error:
        yield Finding(name, Level.BROKEN, str(error), "mend the rights of that file or folder")


def _settings(settings: Settings) -> Iterator[Finding]:
    for name in unknown_variables():
        yield Finding("settings", Level.WEAK, f"{name} is no setting", "`earmark settings` lists them; is it misspelt?")
    Vault(*settings.secrets())
    if settings.secret_key is None and settings.database_url is not None:
        yield Finding(
            "settings",
            Level.WEAK,
            "EARMARK_SECRET_KEY is not set: every machine makes its own, and cannot read the others' phone numbers",
            "set the same one everywhere; this machine's is in " + str(settings.data_dir / "secret.key"),
        )
    yield Finding("settings", Level.GOOD, "read")


def _data_folder(settings: Settings) -> Iterator[Finding]:
    make_data_dir(settings)
    yield Finding("data folder", Level.GOOD, str(settings.data_dir.absolute()))


def _disk(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    level = Level.BROKEN if free < NO_DISK else Level.WEAK if free < LOW_DISK else Level.GOOD
    mend = "" if level is Level.GOOD else f"free some space on the disk of {folder.absolute()}, or set EARMARK_DATA_DIR"
    yield Finding("disk", level, f"{free / 1024**3:.1f} GB free", mend)


def _store(settings: Settings) -> Iterator[Finding]:
    object_store(settings).check()
    where = f"bucket {settings.s3_bucket} at {settings.s3_endpoint}" if settings.s3_endpoint else "folder"
    yield Finding("store", Level.GOOD, f"{where}: written, read and removed")


def _broker(settings: Settings) -> Iterator[Finding]:
    kind = broker_kind(settings)
    if kind == "local":
        yield Finding("broker", Level.GOOD, "none: messages are files in the data folder, for this machine")
        return
    connection = make_app(settings).connection_for_write(connect_timeout=BROKER_SECONDS)
    try:
        connection.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
    except Exception as error:  # noqa: BLE001  (each transport has errors of its own; this is where they are shown)
        reason = f"{kind} at {connection.as_uri()} does not answer: {error or type(error).__name__}"
        yield Finding("broker", Level.BROKEN, reason, "check EARMARK_BROKER_URL, and that the server runs")
        return
    finally:
        connection.release()
    yield Finding("broker", Level.GOOD, f"{kind} at {connection.as_uri()} answers")


def _speech(settings: Settings) -> Iterator[Finding]:
    wishes = parse_wishes(settings.transcriber)
    for language in LANGUAGES:
        try:
            yield _reading(settings, wishes, language)
        except NoEngine as error:
            yield Finding(f"speech {language}", Level.WEAK, str(error), "finished transcripts are taken all the same")
        except SettingsError as error:
            if set(wishes) == {ANY}:
                raise
            yield Finding(f"speech {language}", Level.BROKEN, str(error))
    if set(wishes) != {ANY} and not any(entry.engine in (AUTO, "whisper") for entry in wishes.values()):
        says = "no Whisper is set that could hear the language of a call for which nobody has told it"
        yield Finding("speech", Level.WEAK, says, f"add `{ANY}=whisper` to EARMARK_TRANSCRIBER, or tell every language")


def _reading(settings: Settings, wishes: Wishes, language: str) -> Finding:
    """How calls in a language are read. Raises NoEngine, and SettingsError for an engine that cannot be had."""
    name, wanted = f"speech {language}", wanted_for(wishes, language)
    model = wanted.model or settings.whisper_model
    fetch = f"run `earmark models fetch {model}`"
    if wanted.engine not in (AUTO, "whisper"):
        fetch = f"set EARMARK_TRANSCRIBER to `{AUTO}`, or `{language}=` and an engine; {fetch}"
    if settings.fetch_models and wanted.engine in (AUTO, "whisper") and is_here(model, settings.weights_dir) is None:
        says = f"whisper with {model}, which is fetched at the first recording"
        return Finding(name, Level.WEAK, says, f"to have it before: {fetch}")
    choice = choose(settings, language)
    if language not in languages_read(choice):
        says = f"{choice.engine} does not read it; finished transcripts are taken"
        return Finding(name, Level.WEAK, says, f"{fetch}, then `earmark retry` what failed for it")
    if choice.engine in ENGLISH_ONLY:
        return Finding(name, Level.WEAK, f"{choice.engine}, a rough fallback", fetch)
    if choice.engine == "whisper" and language not in {*WELL_READ, *own_languages(wishes, wanted)}:
        mend = f"name a model that was tuned for it: EARMARK_TRANSCRIBER='{language}=whisper:…, {ANY}={wanted}'"
        return Finding(name, Level.WEAK, f"{choice.reason}; stock weights read it roughly", mend)
    return Finding(name, Level.GOOD, choice.reason)


def languages_read(choice: Choice) -> tuple[str, ...]:
    """Those of ours that the chosen engine reads."""
    reads = choice.languages or LANGUAGES
    return tuple(language for language in LANGUAGES if language in reads)


def _diarizer(settings: Settings) -> Iterator[Finding]:
    diarizers.check_diarizer(settings)
    if diarizers.is_fetched_later(settings):
        says = f"pyannote with {settings.pyannote_model}, which is fetched at the first recording over one channel"
        mend = f"to have it before: run `earmark models fetch pyannote:{settings.pyannote_model}`"
        yield Finding("diarizer", Level.WEAK, says, mend)
        return
    choice = diarizers.choose(settings)
    # Who has installed the package wants pyannote; who has not is served well enough.
    unmet = choice.engine != PYANNOTE and settings.diarizer == AUTO and installed() is not None
    yield Finding("diarizer", Level.WEAK if unmet else Level.GOOD, choice.reason)


def _classifiers(settings: Settings) -> Iterator[Finding]:
    versions = [classifier.version for classifier in make_classifiers(settings)]
    yield Finding("classifiers", Level.GOOD, ", ".join(versions))
    if LEARNED in settings.classifiers:
        yield from _learned(learned_weights(settings))
    if LLM in settings.classifiers:
        yield _llm(settings)
        yield _llm_spent(settings)


def _learned(weights: LearnedWeights) -> Iterator[Finding]:
    """Nothing while the shipped weights are in use."""
    if (name := weights.in_use()) is None:
        return
    try:
        weights.read(name)
    except (BadInput, NotFound) as error:
        mend = "until then the shipped ones are used; `earmark train --back` chooses these"
        yield Finding("weights", Level.BROKEN, str(error), mend)
    else:
        about = weights.about(name)
        learned = f"{about.get('corrected_calls', 0)} corrected and {about.get('more_calls', 0)} other calls"
        yield Finding("weights", Level.GOOD, f"{name}, learned from {learned} beside the shipped ones")


def _llm(settings: Settings) -> Finding:
    """Whether the endpoint answers and has the model. Nothing of any call is sent."""
    model, url = settings.llm_model, settings.llm_url
    try:
        there = llm_endpoint(settings).models()
    except EngineFailed as error:
        mend = "start it, or check EARMARK_LLM_URL and EARMARK_LLM_KEY; until then the other classifiers speak alone"
        return Finding("language model", Level.BROKEN, str(error), mend)
    if there is None:
        says = f"{url} answers, but lists no models, so that {model} cannot be looked up"
        return Finding("language model", Level.WEAK, says, "tag a call and look for a warning in the log")
    if not {model, f"{model}:latest"} & set(there):
        some = ", ".join(there[:10]) + (", …" if len(there) > 10 else "")
        mend = "set EARMARK_LLM_MODEL to one of them, or let the endpoint load it (`ollama pull`, `vllm serve`)"
        return Finding("language model", Level.BROKEN, f"{url} has no model {model!r}; it has: {some}", mend)
    return Finding("language model", Level.GOOD, f"{url} has {model}; the words of every call go there")


def _llm_spent(settings: Settings) -> Finding:
    day, month = llm_ledger(settings).spent()
    bounds = settings.llm_tokens_per_day, settings.llm_tokens_per_month
    told = [
        f"{name} {spent.tokens:,} tokens" + (f" of {bound:,}" if bound else "")
        for name, spent, bound in zip(("today", "this month"), (day, month), bounds, strict=True)
    ]
    if cost := llm_prices(settings).of(month):
        told.append(f"{cost:.4g} this month at your prices")
    # With less left than a call may take, it is not asked.
    most = settings.llm_input_tokens + settings.llm_answer_tokens
    if any(bound and bound - spent.tokens < most for spent, bound in zip((day, month), bounds, strict=True)):
        mend = "raise EARMARK_LLM_TOKENS_PER_DAY or EARMARK_LLM_TOKENS_PER_MONTH, or wait for the next"
        return Finding("model tokens", Level.WEAK, ", ".join(told), mend)
    return Finding("model tokens", Level.GOOD, ", ".join(told))


def _database(settings: Settings) -> Iterator[Finding]:
    engine = connect(settings.database)
    shown = engine.url.render_as_string(hide_password=True)
    try:
        if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
            yield Finding("database", Level.GOOD, f"{shown} is made on first use")
            return
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        yield Finding("database", Level.GOOD, f"{shown} answers")
        if not migrate.is_current(engine):
            level = Level.WEAK if engine.dialect.name == "sqlite" else Level.BROKEN
            yield Finding("schema", level, "not that of this version", "run `earmark migrate`")
            return
        yield Finding("schema", Level.GOOD, "that of this version")
        with Sessions(engine).read() as session:
            yield from _work(session)
            yield from _troubles(session, Vault(*settings.secrets()))
    finally:
        engine.dispose()


def _work(session: Session) -> Iterator[Finding]:
    seen = workers.alive(session, within=timedelta(seconds=45))
    backlog = work.backlog(session)
    for queue in dict.fromkeys(QUEUES.values()):
        count = sum(queue in worker.queues for worker in seen)
        waiting = backlog.get(queue, 0)
        says = f"{count or 'no'} worker{'' if count == 1 else 's'}, {waiting} to do"
        if count:
            yield Finding(f"queue {queue}", Level.GOOD, says)
        else:
            level = Level.BROKEN if waiting else Level.WEAK
            yield Finding(f"queue {queue}", level, says, f"start `earmark serve`, or `earmark worker --queues {queue}`")


def _troubles(session: Session, vault: Vault) -> Iterator[Finding]:
    try:
        workspace = workspaces.get(session)
    except EarmarkError:
        return
    failed = calls.page(session, vault, workspace_id=workspace.id, limit=1, state=CallState.FAILED)
    if failed:
        says = f"some calls failed, the latest ({failed[0].public_id}) because: {failed[0].reason}"
        mend = "`earmark calls --state failed` lists them; mend the cause, then `earmark retry ID`"
        yield Finding("calls", Level.WEAK, says, mend)
    refused = sources.refused(session, limit=1)
    if refused:
        says = f"an object could not be taken: {refused[0].key}: {refused[0].error}"
        yield Finding("sources", Level.WEAK, says, "`earmark sources list` lists them; put a mended one in its place")
