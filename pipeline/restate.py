"""What a call's record is made of has changed from outside (its touchpoints, a tracking number): it is made anew."""

from models.call import CallState
from pipeline.lease import Progress
from pipeline.record import write_record
from pipeline.toolbox import Toolbox
from storage import calls, records, work
from storage.work import Job


def restate(tools: Toolbox, job: Job, progress: Progress) -> None:  # noqa: ARG001  (it is over at once)
    """A call that has no record yet gets its first one at its own time, with all that is known then.

    The row ends first and all is read after it: what comes meanwhile finds the row done and makes it due again.
    """
    with tools.writing() as session:
        calls.lock(session, job.call_id)
        work.finish(session, job)
        call = calls.row(session, job.call_id)
        if call.state == CallState.ERASED or call.duplicate_of is not None:
            return
        if records.of_call(session, call_id=job.call_id) is not None:
            write_record(session, tools, job.call_id)
