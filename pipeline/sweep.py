"""Find what nobody is working on: leases that ran out, messages that were lost."""

import shutil
import time
from contextlib import suppress
from datetime import timedelta

import structlog

from pipeline.objects import bury
from pipeline.stages import fail
from pipeline.toolbox import Toolbox
from storage import calls, work
from storage.work import DueWork, Poisonous

LEFT_AFTER = timedelta(days=1)

log = structlog.get_logger()


def sweep_work(tools: Toolbox, *, everything: bool = False) -> int:
    """Expired leases become due, what is due and silent is sent again; how many were sent.

    Two sweeps at once do no harm. `everything`: the messages are known to be gone (a broker that came back empty).
    """
    with tools.sessions.write() as session:
        work.expire(session)
        if everything:
            work.forget_sent(session)
    with tools.sessions.read() as session:
        poisonous = work.poisonous(session)
    for row in poisonous:
        _set_apart(tools, row)
    sent = 0
    while silent := _silent(tools):
        tools.send(silent)
        sent += len(silent)
    bury(tools)
    return sent


def _set_apart(tools: Toolbox, row: Poisonous) -> None:
    """One transaction for each, which locks the call first as all others do: else two could wait for each other."""
    with tools.writing() as session:
        calls.lock(session, row.call_id)
        if work.set_apart(session, row):
            log.error("set apart", call_id=row.call_id, stage=row.stage.value, error=row.error)
            fail(session, tools, row.call_id, row.stage, row.input_key, f"{row.stage.value}: {row.error}")


def clear_scratch(tools: Toolbox) -> None:
    """Copies of recordings that a killed process left on this machine. No stage runs for so long."""
    oldest = time.time() - LEFT_AFTER.total_seconds()
    with suppress(FileNotFoundError):
        for entry in list(tools.scratch.iterdir()):
            with suppress(FileNotFoundError):
                if entry.lstat().st_mtime < oldest:
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _silent(tools: Toolbox) -> list[DueWork]:
    with tools.sessions.write() as session:
        return work.silent(session)
