"""What a call is worth: of the amounts that were said, the one that was agreed on and the one that was quoted. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from models.lead import Outcome
from models.tag import Tag, TagKind, TagStatus


class Stage(StrEnum):
    """`stage` in the detail of an amount's tag."""

    AGREED = "agreed"
    QUOTED = "quoted"


_BINDS = {Outcome.SALE_CLOSED.value, Outcome.APPOINTMENT_BOOKED.value}
"""How a call ends in which something was agreed on; of any other end an agreed amount is doubtful."""


def amounts(tags: Sequence[Tag]) -> dict[Stage, Tag | None]:
    """The surest amount of each stage, of equals the one that is said last.

    None where there is none, or none that is given. None is agreed where the outcome is neither a sale nor an
    appointment, is withheld or is not known.
    """
    given = [tag for tag in tags if tag.status is not TagStatus.WITHHELD]
    bound = any(tag.kind is TagKind.OUTCOME and tag.value in _BINDS for tag in given)
    values = [tag for tag in given if tag.kind is TagKind.VALUE and tag.value]
    return {stage: _surest(values, stage) if bound or stage is Stage.QUOTED else None for stage in Stage}


def _surest(values: Sequence[Tag], stage: Stage) -> Tag | None:
    found = [tag for tag in values if tag.detail.get("stage") == stage.value]
    return max(found, key=lambda tag: (tag.confidence, int(tag.item)), default=None)
