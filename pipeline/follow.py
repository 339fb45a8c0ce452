"""When a call has changed a lead, the records of its other calls follow, one by one, each told once."""

import time

from models.call import CallId, CallState
from pipeline.leads import let_follow
from pipeline.lease import Progress
from pipeline.record import write_record
from pipeline.toolbox import Toolbox
from storage import calls, leads, work
from storage.work import Job

PAUSE = 0.01
"""Seconds between two records. SQLite has one writer and no queue: without it, nobody else would come to write."""


def follow(tools: Toolbox, job: Job, progress: Progress) -> None:  # noqa: ARG001  (how many there are changes meanwhile)
    """Write the records that are stale among the calls of the caller `job.input_key`.

    A record that breaks does not hold up the others; then the stage is tried again.
    """
    caller_id, after, broken = int(job.input_key), 0, list[Exception]()
    while batch := _stale(tools, caller_id, after):
        for call_id in batch:
            try:
                _write(tools, caller_id, call_id)
            except Exception as error:  # noqa: BLE001  (raised below, when the others are through)
                broken.append(error)
            time.sleep(PAUSE)
        after = batch[-1]
    if broken:
        raise broken[0]
    _finish(tools, job, caller_id)


def _stale(tools: Toolbox, caller_id: int, after: int) -> list[CallId]:
    with tools.sessions.read() as session:
        return leads.stale(session, caller_id=caller_id, after=after)


def _write(tools: Toolbox, caller_id: int, call_id: CallId) -> None:
    with tools.writing() as session:
        calls.lock(session, call_id)
        is_stale = leads.stale(session, caller_id=caller_id, after=call_id - 1, limit=1) == [call_id]
        if is_stale and calls.row(session, call_id).state != CallState.ERASED:
            write_record(session, tools, call_id)


def _finish(tools: Toolbox, job: Job, caller_id: int) -> None:
    """What became stale behind us found this row running and was not made due: so it is made due again here."""
    with tools.writing() as session:
        calls.lock(session, job.call_id)
        work.finish(session, job)
        if leads.stale(session, caller_id=caller_id, limit=1):
            let_follow(session, workspace_id=job.workspace_id, caller_id=caller_id, call_id=job.call_id)
