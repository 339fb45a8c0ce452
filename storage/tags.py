"""Opinions, corrections and the tags they were settled to."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.call import CallId
from models.tag import Correction, Evidence, Opinion, Source, Tag, TagKind, TagStatus, WithheldReason
from storage import tables


def save_opinions(session: Session, opinions: Sequence[Opinion], *, workspace_id: int, conversation_id: int) -> None:
    """Those of a conversation; what the same classifiers thought of it before is replaced."""
    session.execute(delete(tables.Opinion).where(tables.Opinion.conversation_id == conversation_id))
    session.add_all(
        tables.Opinion(
            workspace_id=workspace_id,
            conversation_id=conversation_id,
            ord=ord_,
            source=opinion.source.value,
            version=opinion.version,
            **_common(opinion),
        )
        for ord_, opinion in enumerate(opinions)
    )
    session.flush()


def opinions(session: Session, *, conversation_id: int) -> list[Opinion]:
    rows = session.scalars(
        select(tables.Opinion).where(tables.Opinion.conversation_id == conversation_id).order_by(tables.Opinion.ord)
    )
    return [
        Opinion(
            kind=TagKind(row.kind),
            item=row.item,
            value=row.value,
            score=row.score,
            confidence=row.confidence,
            evidence=_evidence(row.evidence),
            detail=row.detail,
            source=Source(row.source),
            version=row.version,
        )
        for row in rows
    ]


def replace(
    session: Session, tags: Sequence[Tag], *, workspace_id: int, call_id: CallId, conversation_id: int | None
) -> None:
    """The settled present of a call."""
    session.execute(delete(tables.Tag).where(tables.Tag.call_id == call_id))
    session.add_all(
        tables.Tag(
            workspace_id=workspace_id,
            call_id=call_id,
            conversation_id=conversation_id,
            ord=ord_,
            status=tag.status.value,
            reason=tag.reason.value if tag.reason else None,
            source=tag.source.value,
            version=tag.version,
            **_common(tag),
        )
        for ord_, tag in enumerate(tags)
    )
    session.flush()


def of_call(session: Session, *, call_id: CallId) -> list[Tag]:
    rows = session.scalars(select(tables.Tag).where(tables.Tag.call_id == call_id).order_by(tables.Tag.ord))
    return [
        Tag(
            kind=TagKind(row.kind),
            item=row.item,
            value=row.value,
            score=row.score,
            confidence=row.confidence,
            status=TagStatus(row.status),
            reason=WithheldReason(row.reason) if row.reason else None,
            evidence=_evidence(row.evidence),
            detail=row.detail,
            source=Source(row.source),
            version=row.version,
        )
        for row in rows
    ]


def conversation_id(session: Session, *, call_id: CallId) -> int | None:
    """What the evidence of the call's tags points into: while a newer conversation waits to be read, the one before."""
    return session.scalar(
        select(tables.Tag.conversation_id)
        .where(tables.Tag.call_id == call_id, tables.Tag.conversation_id.is_not(None))
        .limit(1)
    )


def correct(session: Session, correction: Correction, *, workspace_id: int, call_id: CallId) -> None:
    """Add a person's word; earlier ones stay, the latest of a kind counts."""
    session.add(
        tables.Correction(
            workspace_id=workspace_id,
            call_id=call_id,
            kind=correction.kind.value,
            values=list(correction.values),
            who=correction.who,
            at=correction.at,
            why=correction.why,
        )
    )
    session.flush()


def corrections(session: Session, *, call_id: CallId) -> list[Correction]:
    """The latest of each kind."""
    rows = session.scalars(
        select(tables.Correction)
        .where(tables.Correction.call_id == call_id, tables.Correction.kind.in_(list(TagKind)))
        .order_by(tables.Correction.id)
    )
    latest = {
        row.kind: Correction(kind=TagKind(row.kind), values=tuple(row.values), who=row.who, at=row.at, why=row.why)
        for row in rows
    }
    return list(latest.values())


def corrected_calls(session: Session, *, workspace_id: int) -> list[CallId]:
    """Those with a person's word on a tag, and words to hold against it; in the order in which they came."""
    call, correction = tables.Call, tables.Correction
    spoken = select(correction.call_id).where(
        correction.workspace_id == workspace_id, correction.kind.in_(list(TagKind))
    )
    rows = session.scalars(
        select(call.id).where(call.id.in_(spoken), call.current_conversation_id.is_not(None)).order_by(call.id)
    )
    return [CallId(row) for row in rows]


def _common(said: Opinion | Tag) -> dict[str, Any]:
    return {
        "kind": said.kind.value,
        "item": said.item,
        "value": said.value,
        "score": said.score,
        "confidence": said.confidence,
        "evidence": [asdict(evidence) for evidence in said.evidence],
        "detail": dict(said.detail),
    }


def _evidence(document: list[Any]) -> tuple[Evidence, ...]:
    return tuple(Evidence(**evidence) for evidence in document)
