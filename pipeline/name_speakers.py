"""A person's word on who is agent and who is caller: the call is classified anew, and those who were told are told."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from diarization.roles import with_roles
from models.call import CallId, CallState, Stage
from models.conversation import Conversation, Role
from models.errors import BadInput, Conflict
from pipeline import route
from pipeline.toolbox import Toolbox
from storage import calls, roles, tables, transcripts

GIVEN = (Role.AGENT, Role.CALLER, Role.MACHINE)


def name_speakers(
    tools: Toolbox, *, call_id: CallId, given: Mapping[int, Role], who: str, why: str | None = None
) -> None:
    """Speakers by their numbers in the transcript; who is not named stays what they were.

    It outlasts a better diarizer where speakers are channels. Raises BadInput for a speaker that there is not,
    Conflict for a call that is erased or whose speakers are still to be told apart.
    """
    with tools.writing() as session:
        calls.lock(session, call_id)
        call = calls.row(session, call_id)
        if call.state == CallState.ERASED:
            raise Conflict("this call was erased; nobody speaks in it any more")
        saved = _told_apart(session, call)
        everybody = _checked(saved.conversation, given)
        roles.correct(
            session,
            everybody,
            workspace_id=call.workspace_id,
            call_id=call_id,
            transcript_id=saved.transcript_id,
            who=who,
            why=why,
        )
        conversation_id = transcripts.save_conversation(
            session,
            replace(saved.conversation, turns=with_roles(saved.conversation.turns, everybody), role_confidence=1.0),
            workspace_id=call.workspace_id,
            call_id=call_id,
            transcript_id=saved.transcript_id,
            key=route.input_key(session, call_id, Stage.DIARIZE),
        )
        calls.set_current_conversation(session, call_id=call_id, conversation_id=conversation_id)
        calls.touch(session, call_id=call_id)
        route.plan(session, call_id)


def _told_apart(session: Session, call: tables.Call) -> transcripts.SavedConversation:
    """The speakers of today's words: a word on those of earlier ones would stand in place of telling them apart."""
    if call.current_conversation_id is not None:
        saved = transcripts.get_conversation(session, conversation_id=call.current_conversation_id)
        if saved.transcript_id == call.current_transcript_id:
            return saved
    raise Conflict(f"the speakers of call {call.public_id} are not told apart yet; try again when they are")


def swapped(conversation: Conversation | None) -> dict[int, Role]:
    """Agent and caller the other way round. Raises BadInput when there is neither, Conflict when nobody speaks yet."""
    if conversation is None:
        raise Conflict("the speakers of this call are not told apart yet; try again when they are")
    other = {Role.AGENT: Role.CALLER, Role.CALLER: Role.AGENT}
    now = _known(conversation)
    if not set(now.values()) & other.keys():
        raise BadInput("this call has neither an agent nor a caller to swap; name the speakers by their numbers")
    return {speaker: other.get(role, role) for speaker, role in now.items()}


def _checked(conversation: Conversation, given: Mapping[int, Role]) -> dict[int, Role]:
    """The role of every speaker, with those that are given."""
    known = _known(conversation)
    if not given:
        raise BadInput("no speaker was named; say who is who, such as 0 = agent and 1 = caller")
    for speaker, role in given.items():
        if speaker not in known:
            there = ", ".join(str(number) for number in sorted(known)) or "none"
            raise BadInput(f"there is no speaker {speaker} in this call; there are: {there}")
        if role not in GIVEN:
            raise BadInput(f"{role.value!r} is no role to give; one of: {', '.join(GIVEN)}")
    return {**known, **given}


def _known(conversation: Conversation) -> dict[int, Role]:
    """Of each speaker the role of their last turn: a greeting machine's comes first on somebody's channel."""
    return {turn.speaker: turn.role for turn in conversation.turns}
