"""A worker that stops where a test tells it to, so that it can be killed just there.

A file `<stage>.<point>` in the folder `holds` is the order. Who comes there renames it to `<stage>.<point>.held`, puts
its process id into it, and waits for ever. Points: `begun` (nothing done yet), `writing` (inside the transaction that
writes the result), `sent` (committed, and nobody knows of the next stage).
"""

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from earmark.settings import Settings
from models.call import Stage
from pipeline import stages
from pipeline.lease import Progress
from pipeline.toolbox import Toolbox
from storage import work as work_rows
from storage.work import DueWork, Job
from workers import tasks, working

POINTS = ("begun", "writing", "sent")


class Holds:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stage: Stage | None = None

    def install(self) -> None:
        for stage, step in list(stages.STEPS.items()):
            stages.STEPS[stage] = self._begin(stage, step)
        work_rows.finish = self._write(work_rows.finish)  # type: ignore[assignment]
        following = tasks._Following
        following.__call__ = self._tell(following.__call__)  # type: ignore[assignment,method-assign]

    def _reach(self, point: str) -> None:
        order = self._folder / f"{self._stage}.{point}"
        own = order.with_suffix(f".{point}.{os.getpid()}")
        with suppress(FileNotFoundError):
            order.rename(own)
            own.write_text(str(os.getpid()))
            own.rename(order.with_suffix(f".{point}.held"))
            threading.Event().wait()

    def _begin(
        self, stage: Stage, step: Callable[[Toolbox, Job, Progress], None]
    ) -> Callable[[Toolbox, Job, Progress], None]:
        def run(tools: Toolbox, job: Job, progress: Progress) -> None:
            self._stage = stage
            self._reach("begun")
            step(tools, job, progress)

        return run

    def _write(self, finish: Callable[[Session, Job], None]) -> Callable[[Session, Job], None]:
        def run(session: Session, job: Job) -> None:
            finish(session, job)
            self._reach("writing")

        return run

    def _tell(self, tell: Callable[[Any, Sequence[DueWork]], None]) -> Callable[[Any, Sequence[DueWork]], None]:
        def run(following: Any, due: Sequence[DueWork]) -> None:
            self._reach("sent")
            tell(following, due)

        return run


def work(settings: Settings, *, holds: Path, **options: Any) -> None:
    """In place of `workers.working:work`."""
    Holds(holds).install()
    working.work(settings, **options)
