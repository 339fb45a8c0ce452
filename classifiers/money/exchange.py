"""Whether a number is money: by what was asked before it in the call, and by what is said after."""

from collections.abc import Sequence
from functools import cached_property

from classifiers.money.prices import Price, is_count, numbers_in
from classifiers.money.told import asks_price, told
from classifiers.money.words import Token, has_number, tokens_of
from models.conversation import Conversation, Role

SAID_CURRENCY = 0.92
"""How probable it is that an amount is right. These are chosen, not measured."""
_ASKED_AND_ANNOUNCED, _ASKED, _ANNOUNCED, _LIKELY = 0.82, 0.75, 0.7, 0.6
_BUSINESS = (Role.AGENT, Role.MACHINE)
_ANSWERS = 3
"""Turns behind a question for a price in which a number answers it."""
_PAID_WITHIN = 3
"""Turns behind `that's eleven ninety-nine` in which it has to be paid to count."""


class Exchange:
    """The turns of a call; each is read once, and only where it has to be."""

    def __init__(self, conversation: Conversation) -> None:
        self._turns = conversation.turns
        self._read: dict[int, list[Token]] = {}
        self._asks: dict[int, int | None] = {}
        self._spoken = [number for number, turn in enumerate(conversation.turns) if turn.words]

    def with_numbers(self) -> list[int]:
        """Turns in which there may be an amount."""
        return [number for number in self._spoken if any(has_number(word.text) for word in self._turns[number].words)]

    def tokens(self, number: int) -> list[Token]:
        if number not in self._read:
            self._read[number] = tokens_of([word.text for word in self._turns[number].words])
        return self._read[number]

    def next_spoken(self, number: int) -> int | None:
        return next((at for at in range(number + 1, len(self._turns)) if self._turns[at].words), None)

    def sure(self, number: int, price: Price, *, opened: bool) -> float:
        """How probable it is that this is an amount which the business names; 0: it is none.

        `opened`: an amount was said before.
        """
        if price.currency:
            return SAID_CURRENCY
        tokens = self.tokens(number)
        answers = self._answers(number, price)
        if self._turns[number].role is Role.CALLER or (is_count(tokens, price) and not (price.per and answers)):
            return 0.0
        if answers:
            return _ASKED_AND_ANNOUNCED if price.announced else _ASKED
        if price.announced:
            return _ANNOUNCED
        likely = price.large or (price.shaped and (opened or self._is_of_money(number, price)))
        return _LIKELY if likely or (price.weakly and self._is_paid(number)) else 0.0

    def _answers(self, number: int, price: Price) -> bool:
        """A question for a price, in one of the turns before; or in this one, where all speak as one."""
        own = self._asked_at(number) if self._turns[number].role is Role.UNKNOWN else None
        if own is not None:
            return price.start >= own
        before = [at for at in range(max(0, number - _ANSWERS), number) if self._turns[at].words]
        return any(self._asked_at(at) is not None for at in before)

    def _asked_at(self, number: int) -> int | None:
        """The token behind the question for a price; None where nobody but the business speaks, or asks none."""
        if number not in self._asks:
            business = self._turns[number].role in _BUSINESS
            self._asks[number] = None if business else asks_price(self.tokens(number))
        return self._asks[number]

    @cached_property
    def _first_asking(self) -> int:
        return next((at for at in self._spoken if self._asked_at(at) is not None), len(self._turns))

    def _is_of_money(self, number: int, price: Price) -> bool:
        """Whether a price was asked for earlier, is echoed by the caller, or something is paid soon."""
        if self._first_asking < number:
            return True
        before = next((at for at in range(number - 1, -1, -1) if self._turns[at].words), None)
        if before is not None and self._is_others(before) and told(self.tokens(before), "asks_maybe"):
            return True
        later = self.next_spoken(number)
        if later is not None and self._is_others(later) and self._is_echoed(later, price):
            return True
        return price.led and self._is_paid(number)

    def _is_others(self, number: int) -> bool:
        return self._turns[number].role not in _BUSINESS

    def _is_echoed(self, number: int, price: Price) -> bool:
        """`Three forty? That's a lot.`"""
        return any(other.number.values == price.number.values for other in numbers_in(self.tokens(number)))

    def _is_paid(self, number: int) -> bool:
        last = min(len(self._turns), number + _PAID_WITHIN + 1)
        return any(told(self.tokens(at), "paying") for at in range(number, last))


def is_confirmed(exchange: Exchange, conversation: Conversation, number: int) -> bool:
    """`Is it fifty dollars? Yes.` What others took, or the caller has to spend, is no price of the business."""
    later = exchange.next_spoken(number)
    if later is None or conversation.turns[later].role is Role.CALLER or told(exchange.tokens(number), "others"):
        return False
    tokens: Sequence[Token] = exchange.tokens(later)
    return any(one.start == 0 for one in told(tokens, "yes"))
