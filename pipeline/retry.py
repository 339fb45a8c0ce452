"""Try a failed call again, after the operator has mended what was wrong."""

from models.call import CallId, CallState
from models.errors import Conflict
from pipeline import route
from pipeline.toolbox import Toolbox
from storage import calls


def retry_call(tools: Toolbox, *, call_id: CallId) -> None:
    """Its first unfinished stage is due again. Raises Conflict for a call that has not failed."""
    with tools.writing() as session:
        calls.lock(session, call_id)
        call = calls.row(session, call_id)
        if call.state != CallState.FAILED:
            raise Conflict(f"call {call.public_id} is {call.state}; only a failed call is tried again")
        route.plan(session, call_id)
