"""Amounts of money by rules: what the business asks for, and what was agreed on."""

from classifiers.amounts import Amount, read_amounts
from models.context import Context
from models.conversation import Conversation
from models.tag import Opinion, TagKind


class AmountRules:
    """One opinion on each amount; none in a language without a lexicon."""

    version = "amounts-rules-1"

    def classify(self, conversation: Conversation, context: Context) -> list[Opinion]:
        return [
            Opinion(
                kind=TagKind.VALUE,
                item=str(number),
                value=Amount.text_of(amount.value),
                confidence=amount.confidence,
                evidence=amount.evidence,
                detail=_detail(amount),
                version=self.version,
            )
            for number, amount in enumerate(read_amounts(conversation, context))
        ]


def create() -> AmountRules:
    return AmountRules()


def _detail(amount: Amount) -> dict[str, str]:
    """What is not known is not there."""
    ends = {} if amount.high is None else {"low": amount.value, "high": amount.high}
    detail = {
        "stage": amount.stage.value,
        "currency": amount.currency or "",
        "per": amount.per,
        **{name: Amount.text_of(end) for name, end in ends.items()},
        "as_said": amount.as_said,
        "unit_said": amount.unit,
        "alternatives": " ".join(Amount.text_of(value) for value in amount.alternatives),
    }
    return {name: text for name, text in detail.items() if text}
