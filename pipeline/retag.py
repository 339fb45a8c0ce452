"""Tag stored calls anew, with the classifiers of today; what people said of their tags stays."""

from models.call import Stage
from pipeline import route
from pipeline.toolbox import Toolbox
from storage import calls


def retag_calls(tools: Toolbox, *, workspace_id: int) -> int:
    """Make every call with words due to be classified, one transaction each; how many.

    Receivers are told of those whose record says something else afterwards.
    """
    with tools.sessions.read() as session:
        wanted = calls.newest_spoken(session, workspace_id=workspace_id)
    count = 0
    for call_id in wanted:
        with tools.writing() as session:
            calls.lock(session, call_id)
            if calls.row(session, call_id).current_conversation_id is not None:
                route.make_due(session, call_id, Stage.CLASSIFY)
                count += 1
    return count
