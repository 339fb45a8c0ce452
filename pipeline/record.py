"""The attribution record of a call, made from what is stored, and what follows when it changes."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from attribution.attribute import Attribution, attribute
from attribution.record import record_body
from models.call import Call, CallId, Stage
from models.conversation import Conversation
from models.tag import Evidence, Quote, Tag, quote_of
from pipeline import leads, match, numbers
from pipeline.route import QUEUES
from pipeline.toolbox import Toolbox
from storage import calls, deliveries, records, tags, transcripts, work
from storage.records import Change

REPLACED = "a newer state of the record goes instead"


def write_record(session: Session, tools: Toolbox, call_id: CallId) -> Change | None:
    """Make the record anew; when it says something else than before, it goes into the feed and to every receiver.

    The records of other calls that belong to the same lead follow, by a work of their own. Call it last in a
    transaction: the feed's number is taken here and locks the feed until the commit.
    """
    call = calls.get(session, tools.vault, call_id=call_id)
    given = tags.of_call(session, call_id=call_id)
    settled = tags.conversation_id(session, call_id=call_id)
    conversation = _conversation(session, settled)  # not the current one, which may wait to be classified

    def quote(evidence: Evidence) -> Quote:
        assert conversation is not None  # a tag with evidence was made from one
        return quote_of(conversation, evidence)

    place = leads.place(session, tools, call, given)
    match.be_found(session, tools, call)
    attribution = attribution_of(session, tools, call, given)
    body = record_body(
        call,
        given,
        attribution,
        lead=place,
        quote_of=quote,
        model=tools.credit_model,
        terms=tools.credit_terms,
    )
    change = records.write(session, workspace_id=call.workspace_id, call_id=call_id, body=body)
    if change is not None:
        announce(session, change, lane=calls.row(session, call_id).lane)
    return change


def attribution_of(session: Session, tools: Toolbox, call: Call, given: Sequence[Tag]) -> Attribution:
    """What is known of where the call came from, now."""
    touches = match.touches_of(session, tools, call)
    number = numbers.dialled(session, call)
    return attribute(call.facts.tracking, given, started_at=call.facts.started_at, touches=touches, number=number)


def announce(session: Session, change: Change, *, lane: str) -> None:
    """A delivery for every receiver of the workspace, in place of those that still wait with an earlier state."""
    outdated = [str(delivery_id) for delivery_id in deliveries.open_before(session, change)]
    for key in work.withdraw(session, call_id=change.call_id, stage=Stage.DELIVER, input_keys=outdated):
        deliveries.close(session, delivery_id=int(key), state="replaced", answer=REPLACED)
    for delivery_id in deliveries.open_deliveries(session, change):
        work.add(
            session,
            workspace_id=change.workspace_id,
            call_id=change.call_id,
            stage=Stage.DELIVER,
            input_key=str(delivery_id),
            queue=QUEUES[Stage.DELIVER],
            lane=lane,
        )


def conversation_of(session: Session, call_id: CallId) -> Conversation | None:
    """The current one."""
    return _conversation(session, calls.row(session, call_id).current_conversation_id)


def _conversation(session: Session, number: int | None) -> Conversation | None:
    return None if number is None else transcripts.get_conversation(session, conversation_id=number).conversation
