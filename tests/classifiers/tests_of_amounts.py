"""The amounts of a short conversation, and how the tables write them."""

from conversations import talk

from classifiers.amounts import Amount, read_amounts
from models.context import Context


def amounts(*lines: str, language: str | None) -> list[Amount]:
    return read_amounts(talk(*lines, language=language), Context())


def written(*lines: str, language: str | None) -> str:
    """`agreed 40..60 USD/hour; 12.50`: the stage only where it is agreed, the rest only where it is known."""
    return "; ".join(_written(amount) for amount in amounts(*lines, language=language))


def _written(amount: Amount) -> str:
    stage = "agreed " if amount.stage == "agreed" else ""
    top = f"..{amount.text_of(amount.high)}" if amount.high is not None else ""
    unit = f"/{amount.per}" if amount.per else ""
    return f"{stage}{amount.text_of(amount.value)}{top}{' ' + amount.currency if amount.currency else ''}{unit}"
