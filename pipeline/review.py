"""Stored calls looked at again: what people said of their tags, and what classifiers would say now. Changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from classifiers.classifier import Classifier
from models.call import CallId
from models.context import Context
from models.conversation import Conversation
from models.tag import Correction, Opinion, Tag, TagKind
from pipeline.stages import context_of, settling
from pipeline.toolbox import Toolbox
from storage import calls, tags, transcripts


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A call with its words."""

    public_id: str
    conversation: Conversation
    context: Context
    opinions: Sequence[Opinion]
    """What classifiers thought when they were last asked."""
    corrections: Sequence[Correction]
    settle: Callable[[Sequence[Opinion], Sequence[Correction]], list[Tag]]

    def tagged_by(self, classifiers: Sequence[Classifier], corrections: Sequence[Correction] = ()) -> list[Tag]:
        """The tags that it would have now."""
        opinions = [one for classifier in classifiers for one in classifier.classify(self.conversation, self.context)]
        return self.settle(opinions, corrections)

    def version_of(self, kind: TagKind) -> str:
        """Of the classifier that made the tag, or that found nothing to say of it."""
        own = [opinion.version for opinion in self.opinions if opinion.kind is kind]
        versions = Counter(own or [opinion.version for opinion in self.opinions])
        return versions.most_common(1)[0][0] if versions else ""


def corrected(tools: Toolbox, *, workspace_id: int) -> tuple[int, Iterator[Stored]]:
    """How many calls there are with a person's word on a tag, and these one by one."""
    with tools.sessions.read() as session:
        found = tags.corrected_calls(session, workspace_id=workspace_id)
    return len(found), _read_all(tools, found)


def newest(tools: Toolbox, *, workspace_id: int, last: int) -> tuple[int, Iterator[Stored]]:
    """How many there are of the `last` calls, and these one by one, the newest first."""
    with tools.sessions.read() as session:
        found = calls.newest_spoken(session, workspace_id=workspace_id, limit=last)
    return len(found), _read_all(tools, found)


def machine_tags(session: Session, tools: Toolbox, call_id: CallId) -> list[Tag]:
    """The tags of a call as they would be if nobody had corrected any."""
    conversation_id = tags.conversation_id(session, call_id=call_id)
    if conversation_id is None:
        return []
    return settling(session, tools, call_id, conversation_id)(
        tags.opinions(session, conversation_id=conversation_id), ()
    )


def _read_all(tools: Toolbox, wanted: Sequence[CallId]) -> Iterator[Stored]:
    """Without those that were erased meanwhile."""
    return (stored for call_id in wanted if (stored := _read(tools, call_id)) is not None)


def _read(tools: Toolbox, call_id: CallId) -> Stored | None:
    with tools.sessions.read() as session:
        conversation_id = calls.row(session, call_id).current_conversation_id
        if conversation_id is None:
            return None
        call = calls.get(session, tools.vault, call_id=call_id)
        return Stored(
            public_id=call.public_id,
            conversation=transcripts.get_conversation(session, conversation_id=conversation_id).conversation,
            context=context_of(session, call),
            opinions=tags.opinions(session, conversation_id=conversation_id),
            corrections=tags.corrections(session, call_id=call_id),
            settle=settling(session, tools, call_id, conversation_id),
        )
