"""Keep the lease of a running stage, from a thread of its own, and stop a stage that never ends."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from models.call import Stage
from pipeline.toolbox import Toolbox
from storage import work
from storage.work import Job

BEAT_SECONDS = 15.0
PROGRESS_SECONDS = 1.0
"""Progress is written at most this often."""
DEADLINE_SECONDS = {Stage.TRANSCRIBE: 12 * 3600.0, Stage.DIARIZE: 6 * 3600.0}
DEADLINE_OTHERS = 1800.0
"""After this a stage is taken for an endless loop, and its process ends: only so does the lease run out."""

log = structlog.get_logger()


class Progress:
    """How far a stage is, 0 to 1; the heartbeat carries it to the database."""

    def __init__(self) -> None:
        self.share: float | None = None

    def __call__(self, share: float) -> None:
        self.share = round(min(max(share, 0.0), 1.0), 3)


@contextmanager
def keep(tools: Toolbox, job: Job) -> Iterator[Progress]:
    """The lease is prolonged while the body runs. A lease lost meanwhile shows when the result is written."""
    progress, over = Progress(), threading.Event()
    thread = threading.Thread(target=_beat, args=(tools, job, progress, over), name=f"lease of {job.id}", daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        over.set()
        thread.join()


def _beat(tools: Toolbox, job: Job, progress: Progress, over: threading.Event) -> None:
    written, share, started = time.monotonic(), None, time.monotonic()
    while not over.wait(PROGRESS_SECONDS):
        now = time.monotonic()
        if now - started > DEADLINE_SECONDS.get(job.stage, DEADLINE_OTHERS):
            log.error("stage ran past its deadline; ending the process", stage=job.stage, call_id=job.call_id)
            os._exit(70)
        if progress.share == share and now - written < BEAT_SECONDS:
            continue
        share = progress.share
        if not _prolong(tools, job, share):
            return
        written = now


def _prolong(tools: Toolbox, job: Job, share: float | None) -> bool:
    try:
        with tools.sessions.write() as session:
            return work.beat(session, job, progress=share)
    except SQLAlchemyError as error:
        # A database that is away for a moment is no reason to stop: the fence decides in the end.
        log.warning("heartbeat failed", stage=job.stage, call_id=job.call_id, error=str(error))
        return True
