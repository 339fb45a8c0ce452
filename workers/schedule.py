"""What happens by the clock. Any number of schedulers may run: each job has one leader at a time."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from earmark.settings import Settings
from pipeline import match, numbers
from pipeline.leads import fold_anew
from pipeline.sources import sweep_drops
from pipeline.sweep import clear_scratch, sweep_work
from pipeline.toolbox import Toolbox
from storage import workers
from workers.presence import release_dead
from workers.sending import sending_tools

LAST_SECONDS = 2.0
"""A job that is longer in its work when all stop is cut off; each is safe to kill."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    seconds: float
    """Between two runs."""
    run: Callable[[Toolbox], object]
    everywhere: bool = False
    """It looks at this machine only, so each machine does its own."""


def jobs(settings: Settings) -> tuple[Job, ...]:
    return (
        Job("release the dead", settings.sweep, release_dead, everywhere=True),
        Job("sweep work", settings.sweep, sweep_work),
        Job("fold leads", settings.sweep, fold_anew),
        Job("match touchpoints", settings.sweep, match.settle),
        Job("match numbers", settings.sweep, numbers.settle),
        Job("sweep drops", settings.sweep, sweep_drops),
        Job("clear scratch", 3600.0, clear_scratch, everywhere=True),
        Job("forget workers", 3600.0, forget_workers),
    )


def forget_workers(tools: Toolbox) -> None:
    """Those that have not been seen for a day."""
    with tools.sessions.write() as session:
        workers.forget(session)


def run_jobs(settings: Settings, stop: threading.Event) -> None:
    """Until `stop` is set. Each job has a thread, so that a slow one holds up no other."""
    with sending_tools(settings) as tools:
        threads = [
            threading.Thread(target=_repeat, args=(tools, job, stop), name=job.name, daemon=True)
            for job in jobs(settings)
        ]
        for thread in threads:
            thread.start()
        stop.wait()
        for thread in threads:
            thread.join(LAST_SECONDS)


def _repeat(tools: Toolbox, job: Job, stop: threading.Event) -> None:
    while True:
        run_once(tools, job)
        if stop.wait(job.seconds):
            return


def run_once(tools: Toolbox, job: Job) -> bool:
    """Whether it was ours to run. A failure is logged, and the job comes again at its time."""
    try:
        if not job.everywhere:
            with tools.sessions.write() as session:
                lease = timedelta(seconds=max(3 * job.seconds, 30.0))
                if not workers.lead(session, job=job.name, owner=tools.owner, lease=lease):
                    return False
        job.run(tools)
    except Exception:
        log.exception("job failed", job=job.name)
    return True
