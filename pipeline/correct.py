"""A person's word on a tag: kept beside the machine's, above it, and told to those who were told otherwise."""

from datetime import UTC, datetime

from models.call import CallId, CallState
from models.channel import GROUP_OF
from models.errors import BadInput, Conflict
from models.lead import LeadQuality, LostReason, NotALeadReason, Outcome
from models.tag import CHANNEL_KINDS, Correction, TagKind
from pipeline.record import write_record
from pipeline.stages import settle_tags
from pipeline.toolbox import Toolbox
from storage import calls, tags

VALUES: dict[TagKind, tuple[str, ...]] = {
    TagKind.LEAD_QUALITY: tuple(LeadQuality),
    TagKind.NOT_A_LEAD_REASON: tuple(NotALeadReason),
    TagKind.OUTCOME: tuple(Outcome),
    TagKind.LOST_REASON: tuple(LostReason),
    **{kind: tuple(GROUP_OF) for kind in CHANNEL_KINDS},
}
"""What each kind of tag may be corrected to. A mention is not corrected: the channels that follow from it are."""


def correct_tag(
    tools: Toolbox, *, call_id: CallId, kind: str, values: tuple[str, ...], who: str, why: str | None = None
) -> None:
    """Raises BadInput for a value that is none, Conflict for an erased call."""
    correction = Correction(kind=_checked(kind, values), values=values, who=who, at=datetime.now(UTC), why=why)
    with tools.writing() as session:
        calls.lock(session, call_id)
        call = calls.row(session, call_id)
        if call.state == CallState.ERASED:
            raise Conflict("this call was erased; there is nothing left to correct")
        tags.correct(session, correction, workspace_id=call.workspace_id, call_id=call_id)
        settled = tags.conversation_id(session, call_id=call_id)
        settle_tags(session, tools, call_id, settled or call.current_conversation_id)
        calls.touch(session, call_id=call_id)
        write_record(session, tools, call_id)


def _checked(kind: str, values: tuple[str, ...]) -> TagKind:
    if kind not in [known.value for known in VALUES]:
        raise BadInput(f"there is no tag {kind!r} to correct; there are: {', '.join(k.value for k in VALUES)}")
    known = TagKind(kind)
    for value in values:
        if value not in VALUES[known]:
            raise BadInput(f"{value!r} is no {kind}; one of: {', '.join(VALUES[known])}")
    if known not in CHANNEL_KINDS and len(values) > 1:
        raise BadInput(f"{kind} has one value, not {len(values)}")
    return known
