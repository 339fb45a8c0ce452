"""Work on a call again from its sound on, with the engines of today."""

from models.call import CallId, CallState, Stage
from models.errors import Conflict
from pipeline import route
from pipeline.toolbox import Toolbox
from storage import calls


def replay_call(tools: Toolbox, *, call_id: CallId) -> None:
    """Transcribe it anew; the later stages follow, and what people corrected stays. Raises Conflict without sound."""
    with tools.writing() as session:
        calls.lock(session, call_id)
        call = calls.row(session, call_id)
        if call.recording_id is None:
            raise Conflict(f"call {call.public_id} has no recording to transcribe again")
        calls.set_state(session, call_id=call_id, state=CallState.WORKING)
        route.make_due(session, call_id, Stage.TRANSCRIBE)
