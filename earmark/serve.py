"""What `earmark serve`, `earmark worker` and `earmark scheduler` start, and how all of it stops.

`serve` is a supervisor: API, speech worker, text worker and scheduler are processes of a crew. Without a broker it
holds a lock on the data folder, because the messages in it are its own; with one, any number of machines may each run
a part.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import structlog
from sqlalchemy.exc import SQLAlchemyError

from earmark.listening import listen
from earmark.lock import held
from earmark.settings import Settings
from earmark.wiring import check_names, make_drop_folder
from models.errors import SettingsError
from pipeline.route import LANES
from pipeline.sweep import sweep_work
from pipeline.toolbox import Toolbox
from storage import migrate
from storage import work as work_rows
from workers import local_broker
from workers.celery_app import QUEUE_NAMES, broker_kind, queue_names
from workers.crew import Crew, Part, stop_on_signals
from workers.presence import present, release_dead, this_process
from workers.schedule import run_jobs
from workers.sending import sending_tools, wire_sending

if TYPE_CHECKING:
    from fastapi import FastAPI

Parts = Literal["all", "api", "workers"]
SPEECH = ("speech",)
TEXT = tuple(name for name in QUEUE_NAMES if name not in SPEECH)
SCHEMA_WAIT_SECONDS = 60.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What runs."""

    host: str
    port: int
    """The one that was free; 0 when there is no API."""
    pids: Callable[[], dict[str, int]]
    """By part: `api`, `speech`, `text`, `scheduler`."""

    @property
    def url(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  (an address to call, not to open)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def serve(settings: Settings, *, parts: Parts = "all", ready: Callable[[Serving], None] | None = None) -> None:
    """Run until SIGTERM or Ctrl-C. `ready` is called once everything has been started.

    Raises SettingsError: the data folder is held by another `serve`, the database is of another version.
    """
    stop = threading.Event()
    stop_on_signals(stop)
    _run(settings, parts, stop, ready or _say_so, None)


@contextmanager
def serve_in_background(settings: Settings, *, parts: Parts = "all", log_file: Path | None = None) -> Iterator[Serving]:
    """The same while the body runs; the processes' logs go to `log_file`. Raises what `serve` raises."""
    stop, started = threading.Event(), threading.Event()
    serving: list[Serving] = []
    failed: list[BaseException] = []

    def ready(what: Serving) -> None:
        serving.append(what)
        started.set()

    def run() -> None:
        try:
            _run(settings, parts, stop, ready, log_file)
        except BaseException as error:  # noqa: BLE001  (handed to the one who waits)
            failed.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=run, name="supervisor")
    thread.start()
    started.wait()
    try:
        if failed:
            raise failed[0]
        yield serving[0]
    finally:
        stop.set()
        thread.join()


def run_worker(
    settings: Settings,
    *,
    queues: tuple[str, ...] = QUEUE_NAMES,
    lanes: tuple[str, ...] = LANES,
    concurrency: int = 1,
    stop: threading.Event | None = None,
) -> None:
    """Work on some queues until `stop` (SIGTERM or Ctrl-C when it isn't given), `concurrency` stages at once.

    Raises SettingsError for an unknown queue or lane, or a database without this version's schema.
    """
    queue_names(settings, queues, lanes)
    check_names(settings)
    if stop is None:
        stop = threading.Event()
        stop_on_signals(stop)
    with sending_tools(settings) as tools:
        _wait_for_schema(tools)
        workers = [_worker(tools, "-".join(queues), number, queues, lanes) for number in range(concurrency)]
        with _crew(settings, tools, queues, None) as crew:
            crew.start(workers)
            crew.watch(stop)


def run_scheduler(settings: Settings, *, stop: threading.Event | None = None) -> None:
    """Run what happens by the clock until `stop` (SIGTERM or Ctrl-C when it isn't given)."""
    if stop is None:
        stop = threading.Event()
        stop_on_signals(stop)
    with sending_tools(settings) as tools:
        _wait_for_schema(tools)
        with present(tools.sessions, this_process("scheduler")):
            run_jobs(settings, stop)


def run_api(settings: Settings, *, fd: int) -> None:
    """Answer on a socket that listens already, so that a new process takes over where one has ended."""
    import uvicorn

    config = uvicorn.Config(api_of(settings), log_config=None, timeout_graceful_shutdown=5, server_header=False)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=fd)])


def api_of(settings: Settings) -> "FastAPI":
    """The API that these settings stand for."""
    from api.app import create_app

    token = settings.storage_events_token
    return create_app(
        wire_sending(settings),
        threads=settings.threads,
        version=version("earmark"),
        storage_events_token=token.get_secret_value() if token else None,
    )


def _run(
    settings: Settings, parts: Parts, stop: threading.Event, ready: Callable[[Serving], None], log_file: Path | None
) -> None:
    check_names(settings)
    with ExitStack() as stack:
        if broker_kind(settings) == "local" and parts != "api":
            stack.enter_context(held(settings.data_dir))
        tools = stack.enter_context(sending_tools(settings))
        prepare(settings, tools, has_workers=parts != "api")
        queues = () if parts == "api" else QUEUE_NAMES
        crew = stack.enter_context(_crew(settings, tools, queues, log_file))
        members, port = [], 0
        if parts != "workers":
            listening = stack.enter_context(listen(settings.host, settings.port))
            port = listening.getsockname()[1]
            fd = listening.fileno()
            members.append(Part(name="api", target="earmark.serve:run_api", options={"fd": fd}, fds=(fd,)))
        if parts != "api":
            members += [_worker(tools, "speech", 0, SPEECH, LANES), _worker(tools, "text", 0, TEXT, LANES)]
            members.append(Part(name="scheduler", target="earmark.serve:run_scheduler"))
        crew.start(members)
        ready(Serving(host=settings.host, port=port, pids=crew.pids))
        crew.watch(stop)


def _say_so(serving: Serving) -> None:
    log.info("serving", url=serving.url if serving.port else None)


def prepare(settings: Settings, tools: Toolbox, *, has_workers: bool) -> None:
    """The schema, and what an earlier run has left: its leases end, and what it was told is told again.

    Raises SettingsError when a server's database has another version's schema: its operator says when it changes.
    """
    engine = tools.sessions.engine
    if engine.dialect.name == "sqlite":
        migrate.upgrade(engine)
    elif not _is_current(tools):
        raise SettingsError("the database has another schema than this version; run `earmark migrate`")
    if not has_workers:
        return
    make_drop_folder(settings, settings.drop_prefix)
    release_dead(tools)
    if broker_kind(settings) == "local":
        local_broker.empty(settings.data_dir / "messages")
        sweep_work(tools, everything=True)


def _is_current(tools: Toolbox) -> bool:
    try:
        return migrate.is_current(tools.sessions.engine)
    except SQLAlchemyError as error:
        shown = tools.sessions.engine.url.render_as_string(hide_password=True)
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise SettingsError(f"the database {shown} cannot be used: {reason}; check EARMARK_DATABASE_URL") from error


def _wait_for_schema(tools: Toolbox) -> None:
    """A worker may be started together with the one who migrates."""
    until = time.monotonic() + SCHEMA_WAIT_SECONDS
    while not _is_current(tools):
        if time.monotonic() > until:
            raise SettingsError("the database has another schema than this version; run `earmark migrate`")
        time.sleep(1.0)


@contextmanager
def _crew(settings: Settings, tools: Toolbox, queues: tuple[str, ...], log_file: Path | None) -> Iterator[Crew]:
    """A crew whose dead lose their leases at once. It is seen as a worker when it works on any queue."""
    crew = Crew(settings, ended=partial(_lapse, tools), log_file=log_file)
    with present(tools.sessions, this_process(",".join(queues))) if queues else nullcontext():
        try:
            yield crew
        finally:
            crew.stop()


def _lapse(tools: Toolbox, pid: int) -> None:
    try:
        with tools.sessions.write() as session:
            work_rows.lapse(session, owner=f"{tools.owner}/{pid}")
    except SQLAlchemyError as error:
        log.warning("its leases end by themselves", pid=pid, error=str(error))


def _worker(tools: Toolbox, name: str, number: int, queues: tuple[str, ...], lanes: tuple[str, ...]) -> Part:
    options = {"crew": tools.owner, "queues": queues, "lanes": lanes}
    return Part(name=name if not number else f"{name}-{number}", target="workers.working:work", options=options)
