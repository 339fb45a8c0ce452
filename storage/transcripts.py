"""Transcripts and conversations: written once, read whole."""

import json
import zlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.call import CallId
from models.conversation import Conversation, Role, SpeakerTurn, Turn
from models.transcript import Dropped, LanguageStretch, Transcript, Word
from storage import tables

Packed = list[list[str | float | int | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTranscript:
    id: int
    transcript: Transcript
    delivered_roles: dict[int, Role] | None
    """Of a delivered transcript: who each speaker is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedConversation:
    id: int
    transcript_id: int
    conversation: Conversation


def save(
    session: Session,
    transcript: Transcript,
    *,
    workspace_id: int,
    call_id: CallId,
    key: str,
    delivered_roles: dict[int, Role] | None = None,
) -> int:
    """Its id. The same input read by the same engine is the same transcript, and is not written twice."""
    there = session.scalar(
        select(tables.Transcript.id).where(
            tables.Transcript.call_id == call_id,
            tables.Transcript.key == key,
            tables.Transcript.engine == transcript.engine,
        )
    )
    if there is not None:
        return there
    words: Packed = [[w.text, w.start, w.end, w.confidence, w.channel] for w in transcript.words]
    row = tables.Transcript(
        workspace_id=workspace_id,
        call_id=call_id,
        key=key,
        engine=transcript.engine,
        language=transcript.language,
        language_confidence=transcript.language_confidence,
        words=_pack(words),
        word_count=len(words),
        duration=transcript.duration,
        channels=transcript.channels,
        rough=transcript.rough,
        partial=transcript.partial,
        notes=list(transcript.notes),
        dropped=[asdict(dropped) for dropped in transcript.dropped],
        languages=[asdict(stretch) for stretch in transcript.languages],
        delivered_roles={str(k): v.value for k, v in delivered_roles.items()} if delivered_roles is not None else None,
        created_at=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    return row.id


def get(session: Session, *, transcript_id: int) -> SavedTranscript:
    row = session.get_one(tables.Transcript, transcript_id)
    roles = row.delivered_roles
    return SavedTranscript(
        id=row.id,
        transcript=_transcript(row),
        delivered_roles={int(k): Role(v) for k, v in roles.items()} if roles is not None else None,
    )


def key_of(session: Session, *, transcript_id: int | None) -> str | None:
    """What the transcript was made from; None when there is none."""
    return None if transcript_id is None else session.get_one(tables.Transcript, transcript_id).key


def conversation_key_of(session: Session, *, conversation_id: int | None) -> str | None:
    return None if conversation_id is None else session.get_one(tables.Conversation, conversation_id).key


def save_conversation(
    session: Session,
    conversation: Conversation,
    *,
    workspace_id: int,
    call_id: CallId,
    transcript_id: int,
    key: str,
) -> int:
    """Its id; the same turns from the same input are written once. Other turns, of a better diarizer, are new ones."""
    turns = _pack([[t.speaker, t.role.value, _ranges(t.numbers)] for t in conversation.turns])
    there = session.scalar(
        select(tables.Conversation)
        .where(tables.Conversation.transcript_id == transcript_id, tables.Conversation.key == key)
        .order_by(tables.Conversation.id.desc())
        .limit(1)
    )
    if there is not None and (there.turns, there.diarizer) == (turns, conversation.diarizer):
        return there.id
    speech = [[turn.start, turn.end, turn.speaker] for turn in conversation.speech]
    row = tables.Conversation(
        workspace_id=workspace_id,
        call_id=call_id,
        transcript_id=transcript_id,
        key=key,
        diarizer=conversation.diarizer,
        turns=turns,
        speech=_pack(speech) if speech else None,
        role_confidence=conversation.role_confidence,
        created_at=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    return row.id


def get_conversation(session: Session, *, conversation_id: int) -> SavedConversation:
    row = session.get_one(tables.Conversation, conversation_id)
    transcript = _transcript(session.get_one(tables.Transcript, row.transcript_id))
    turns = []
    for speaker, role, ranges in _unpack(row.turns):
        numbers = tuple(n for first, last in ranges for n in range(first, last + 1))
        turns.append(Turn(speaker, Role(role), tuple(transcript.words[n] for n in numbers), numbers))
    conversation = Conversation(
        turns=tuple(turns),
        language=transcript.language,
        role_confidence=row.role_confidence,
        speech=tuple(SpeakerTurn(*turn) for turn in _unpack(row.speech)) if row.speech else (),
        diarizer=row.diarizer,
        rough=transcript.rough,
    )
    return SavedConversation(id=row.id, transcript_id=row.transcript_id, conversation=conversation)


def _transcript(row: tables.Transcript) -> Transcript:
    return Transcript(
        words=tuple(Word(*word) for word in _unpack(row.words)),
        language=row.language,
        language_confidence=row.language_confidence,
        engine=row.engine,
        duration=row.duration,
        channels=row.channels,
        rough=row.rough,
        partial=row.partial,
        notes=tuple(row.notes),
        dropped=tuple(Dropped(**dropped) for dropped in row.dropped or ()),
        languages=tuple(LanguageStretch(**stretch) for stretch in row.languages or ()),
    )


def _ranges(numbers: tuple[int, ...]) -> list[list[int]]:
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def _pack(document: object) -> bytes:
    return zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())


def _unpack(packed: bytes) -> list[list]:  # type: ignore[type-arg]  # what JSON holds
    document: list[list] = json.loads(zlib.decompress(packed))  # type: ignore[type-arg]
    return document
