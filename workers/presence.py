"""Which processes take work: they say so as long as they live, and who is found dead loses its leases at once."""

import os
import socket
import threading
from collections.abc import Collection, Iterator
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
    started = f"{process.create_time():.2f} {_count_of_processes()}"
    return SeenWorker(process_name(), this_machine(), process.pid, started, queues)


def this_machine() -> str:
    """As it stands in `SeenWorker.host`."""
    return socket.gethostname()


def are_working(tools: Toolbox, queues: Collection[str]) -> bool:
    """Whether each of these queues has a worker that was seen lately, and is still there if it is on this machine."""
    with tools.sessions.read() as session:
        seen = [worker for worker in workers.alive(session) if worker.host != this_machine() or _may_live(worker)]
    return all(any(queue in worker.queues.split(",") for worker in seen) for queue in queues)


def _count_of_processes() -> str:
    """Where process ids mean the same: a container counts its own, even under its host's name."""
    namespace = Path("/proc/self/ns/pid")
    return str(namespace.readlink()) if namespace.is_symlink() else ""


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
    dead = [worker.owner for worker in known if not _may_live(worker)]
    if dead:
        with tools.sessions.write() as session:
            work.release(session, owners=dead)
    return len(dead)


def _may_live(worker: SeenWorker) -> bool:
    started, _, counted_by = worker.process_started.partition(" ")
    if counted_by != _count_of_processes():
        return True  # not ours to see
    try:
        process = psutil.Process(worker.pid)
    except psutil.NoSuchProcess:
        return False
    return abs(process.create_time() - float(started)) < SAME_START_SECONDS
