"""`make demo`: the sample calls through the whole road on this machine alone, and then the API over them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from earmark.commands.calls import is_anybody_working
from earmark.commands.console import out
from earmark.commands.opening import Opened, open_here
from earmark.commands.uploads import expand, upload_of
from earmark.demo_table import print_calls, print_expected
from earmark.engines import choose
from earmark.progress import watch
from earmark.serve import Parts, Serving, serve_in_background
from earmark.settings import Settings, read_settings
from earmark.weights import WHISPER_SIZES
from models.call import Call, CallId, CallState
from models.errors import NotFound, SettingsError
from pipeline.ingest import ingest_call
from pipeline.replay import replay_call
from storage import access, calls, records
from transcription.choose import Choice
from transcription.weights import is_here
from workers.crew import stop_on_signals

ROOT = Path(__file__).resolve().parent.parent
CALLS, EXPECTED = ROOT / "samples" / "calls", ROOT / "samples" / "expected.json"
KEY_NAME = "demo"


@dataclass(frozen=True, slots=True)
class Demo:
    opened: Opened
    choice: Choice


def demo(*, once: bool) -> int:
    """The exit status: 1 when a call failed. With `once` it ends after the table, else when it is interrupted."""
    settings = demo_settings()
    choice = choose(settings, "en")  # the language of those samples that have sound
    console = out()
    _say(console, engine_line(choice))
    made = Demo(open_here(settings), choice)
    names = _ingest(made)
    with _running(made.opened, once=once) as serving:
        ended = watch(made.opened.tools, names, console)
        _show(made.opened, ended, console)
        if serving is not None and serving.port:
            _serve(made.opened, serving, console)
    return int(any(call.state is CallState.FAILED for call in ended))


@contextmanager
def _running(opened: Opened, *, once: bool) -> Iterator[Serving | None]:
    """Workers, unless some run already (a demo in another terminal), and the API, unless it ends after the table."""
    parts: Parts = "workers" if once else "all"
    if is_anybody_working(opened):
        if once:
            yield None
            return
        parts = "api"
    with serve_in_background(opened.settings, parts=parts, log_file=opened.log_file) as serving:
        yield serving


def demo_settings(root: Path = ROOT) -> Settings:
    """A folder of its own, no servers, nothing fetched; engines as they are set for real use, or whichever are here.

    `.env` may belong to an installation with real calls: only a data folder from the environment itself is taken.
    """
    usual, environment = read_settings(), read_settings(_env_file=None)
    folder = environment.data_dir if "data_dir" in environment.model_fields_set else root / ".demo"
    return read_settings(
        data_dir=folder,
        models_dir=usual.weights_dir,
        whisper_model=_model_here(usual),
        fetch_models=False,
        **dict.fromkeys(("database_url", "secret_key", "s3_endpoint", "broker_url", "storage_events_token")),
    )


def _model_here(settings: Settings) -> str:
    """The model that is set, else the best one that is on this machine."""
    for model in (settings.whisper_model, *(name for name, _, _ in WHISPER_SIZES)):
        try:
            if is_here(model, settings.weights_dir) is not None:
                return model
        except SettingsError:
            continue
    return settings.whisper_model


def engine_line(choice: Choice) -> str:
    """Which engine reads the sound, and how to get a better one."""
    if choice.engine != "pocketsphinx":
        return f"Speech engine: {choice.reason}"
    better = "`.venv/bin/earmark models fetch small` (0.5 GB), then `make demo` again"
    return f"Speech engine: pocketsphinx, a rough fallback that reads English only. For a far better one: {better}"


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(line, style=style), soft_wrap=True)


def _ingest(made: Demo) -> dict[CallId, str]:
    tools, names = made.opened.tools, {}
    for sample in expand([str(CALLS)])[0]:
        upload = upload_of(sample)
        taken = ingest_call(tools, upload, workspace_id=made.opened.workspace_id)
        names[taken.call_id] = upload.facts.external_id or upload.origin
        if not taken.created and reads_better_now(made, taken.call_id):
            replay_call(tools, call_id=taken.call_id)
    return names


def reads_better_now(made: Demo, call_id: CallId) -> bool:
    """The sound was read by another engine or model than the one that is here now, or could not be read."""
    with made.opened.tools.sessions.read() as session:
        call = calls.get(session, made.opened.tools.vault, call_id=call_id)
    if not call.has_recording or call.state is CallState.WORKING:
        return False
    model = f" {made.opened.settings.whisper_model} " if made.choice.engine == "whisper" else " "
    return not (call.engine or "").startswith(made.choice.engine + model)


def _show(opened: Opened, ended: list[Call], console: Console) -> None:
    with opened.tools.sessions.read() as session:
        changes = [records.of_call(session, call_id=call.id) for call in ended]
    rows = [(call, (change.body if change else None) or {}) for call, change in zip(ended, changes, strict=True)]
    print_calls(rows, console)
    print_expected(rows, EXPECTED, console)


def _serve(opened: Opened, serving: Serving, console: Console) -> None:
    """Until Ctrl-C."""
    key, url = _new_key(opened), serving.url
    console.print()
    if serving.port != opened.settings.port:
        _say(console, f"Port {opened.settings.port} is taken; using {serving.port}.")
    _say(console, f"The API is at {url} until Ctrl-C, described at {url}/docs. The attribution records as a feed:")
    _say(console, f"curl -H 'Authorization: Bearer {key}' '{url}/api/v1/attribution-records'")
    stop = threading.Event()
    stop_on_signals(stop)
    stop.wait()


def _new_key(opened: Opened) -> str:
    """It takes the place of the one that an earlier run made."""
    with opened.tools.sessions.write() as session:
        with suppress(NotFound):
            access.revoke_key(session, workspace_id=opened.workspace_id, name=KEY_NAME)
        return access.create_key(
            session, workspace_id=opened.workspace_id, name=KEY_NAME, scopes=("calls:read", "records:read")
        )
