"""Which processes take work: they say so as long as they live, and who is found dead loses its leases at once."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import structlog
from sqlalchemy.exc import SQLAlchemyError

from earmark.wiring import process_name
from pipeline.toolbox import Toolbox
from storage import work, workers
from storage.database import Sessions
from storage.workers import SeenWorker

BEAT_SECONDS = 10.0
SAME_START_SECONDS = 5.0
"""The system derives a start from a clock that may be set meanwhile; a process id is not used again so soon."""

log = structlog.get_logger()


def this_process(queues: str) -> SeenWorker:
    """This process as a worker that others may watch."""
    process = psutil.Process(os.getpid())
    started = f"{process.create_time():.2f}"
    return SeenWorker(process_name(), this_machine(), process.pid, started, queues)


def this_machine() -> str:
    """Where process ids mean the same: the host, and in a container its own count of processes."""
    namespace = Path("/proc/self/ns/pid")
    return f"{socket.gethostname()} {namespace.readlink()}" if namespace.is_symlink() else socket.gethostname()


@contextmanager
def present(sessions: Sessions, worker: SeenWorker) -> Iterator[None]:
    """The worker is seen while the body runs, and gone after it, with whatever its processes still held."""
    over = threading.Event()
    _say(sessions, worker)
    thread = threading.Thread(target=_keep_saying, args=(sessions, worker, over), name="presence", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        try:
            with sessions.write() as session:
                work.release(session, owners=[worker.owner])
        except SQLAlchemyError as error:
            log.warning("could not sign off; this worker is taken for dead in a while", error=str(error))


def _keep_saying(sessions: Sessions, worker: SeenWorker, over: threading.Event) -> None:
    while not over.wait(BEAT_SECONDS):
        try:
            _say(sessions, worker)
        except SQLAlchemyError as error:
            log.warning("could not say that this worker lives", error=str(error))


def _say(sessions: Sessions, worker: SeenWorker) -> None:
    with sessions.write() as session:
        workers.saw(session, worker)


def release_dead(tools: Toolbox) -> int:
    """Workers of this machine that have died without a word: their leases end now. How many there were."""
    with tools.sessions.read() as session:
        known = workers.on_host(session, host=this_machine())
    dead = [worker.owner for worker in known if not _lives(worker)]
    if dead:
        with tools.sessions.write() as session:
            work.release(session, owners=dead)
    return len(dead)


def _lives(worker: SeenWorker) -> bool:
    try:
        started = psutil.Process(worker.pid).create_time()
    except psutil.NoSuchProcess:
        return False
    return abs(started - float(worker.process_started)) < SAME_START_SECONDS
