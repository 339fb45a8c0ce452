"""Which amounts are those of a call. One is written `stage amount confidence`; `?` behind a value: it is withheld."""

import pytest

from attribution.value import Stage, amounts
from models.tag import Source, Tag, TagKind, TagStatus


def tag(kind: TagKind, value: str, *, item: str = "", confidence: float = 0.9, stage: str = "") -> Tag:
    return Tag(
        kind=kind,
        item=item,
        value=value.removesuffix("?"),
        confidence=confidence,
        status=TagStatus.WITHHELD if value.endswith("?") else TagStatus.GIVEN,
        detail={"stage": stage} if stage else {},
        source=Source.RULES,
        version="1",
    )


def tags(outcome: str, said: str) -> list[Tag]:
    amounts = [amount.split() for amount in said.split(",") if amount]
    values = [
        tag(TagKind.VALUE, value, item=str(number), confidence=float(sure), stage=stage)
        for number, (stage, value, sure) in enumerate(amounts)
    ]
    return [*([tag(TagKind.OUTCOME, outcome)] if outcome else []), *values]


MANY = ",".join(f"quoted {number} 0.7" for number in range(12))


@pytest.mark.parametrize(
    ("outcome", "said", "agreed", "quoted"),
    [
        ("sale_closed", "", None, None),
        ("sale_closed", "quoted 500 0.9", None, "500"),
        ("sale_closed", "agreed 450 0.9", "450", None),
        ("sale_closed", "quoted 500 0.9,agreed 450 0.8", "450", "500"),
        ("appointment_booked", "agreed 12.50 0.8", "12.50", None),
        # the surest, then the last
        ("sale_closed", "agreed 450 0.9,agreed 400 0.8", "450", None),
        ("sale_closed", "agreed 450 0.8,agreed 400 0.8", "400", None),
        ("lost", "quoted 500 0.7,quoted 700 0.9,quoted 600 0.9", None, "600"),
        ("lost", MANY, None, "11"),
        # nothing is agreed in a call with another end
        ("quote_given", "quoted 500 0.7,agreed 450 0.9", None, "500"),
        ("lost", "agreed 450 0.9", None, None),
        ("sale_closed?", "agreed 450 0.9", None, None),
        ("", "quoted 500 0.7,agreed 450 0.9", None, "500"),
        # what is withheld is not delivered
        ("sale_closed", "agreed 450? 0.9,agreed 400 0.7", "400", None),
        ("sale_closed", "quoted 450? 0.9", None, None),
        # whatever was not told apart is neither
        ("sale_closed", "asked 450 0.9", None, None),
    ],
)
def test_the_surest_amount_of_each_stage_is_that_of_the_call(
    outcome: str, said: str, agreed: str | None, quoted: str | None
) -> None:
    given = tags(outcome, said)
    for order in (given, given[::-1]):
        found = amounts(order)
        assert {stage: one and one.value for stage, one in found.items()} == {
            Stage.AGREED: agreed,
            Stage.QUOTED: quoted,
        }
