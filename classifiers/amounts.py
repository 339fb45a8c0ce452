"""Amounts of money said in a call: what the business asks for, and what was agreed on.

A number counts only with a currency, in an answer to a question for a price, or where the words around speak of one.
Prices of the business count; of what the caller says, what the business confirms. Toman are ten rials and no currency
of ISO 4217: such an amount is in `IRR`, `unit` keeps what was said.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from math import log10
from statistics import median

from classifiers.cues import Heard, Side
from classifiers.ending import time_agreed
from classifiers.money.exchange import SAID_CURRENCY, Exchange, is_confirmed
from classifiers.money.numbers import Number
from classifiers.money.prices import Price, prices_in
from classifiers.money.words import Currency, Token
from classifiers.reading import read_whole
from models.context import Context
from models.conversation import Conversation
from models.lead import Outcome
from models.tag import Evidence

_TOMAN = Currency("IRR", Decimal(10), "toman")
_TAKEN_WITHIN = 4
"""Turns behind a price in which the caller takes it."""
_MOST_PLACES = 10
_TEN, _HUNDRED, _THOUSAND, _MILLION = Decimal(10), Decimal(100), Decimal(1000), Decimal(1_000_000)
_SMALL = ("piece", "kilo", "litre", "packet", "person", "page", "word", "kilometre", "metre", "hour", "square_metre")
"""Units that cost thousands of toman and no millions."""

_CONFIRMED = 0.65
"""What the caller names and the business says yes to: no surer than this. Chosen, not measured."""
_DOUBTED, _DOUBT_SETTLED, _SPEAKER_UNKNOWN = 0.75, 0.9, 0.85
_COMMITTED = (Outcome.SALE_CLOSED, Outcome.APPOINTMENT_BOOKED)
_AGREED, _AGREED_WITHOUT_ENDING = 0.9, 0.72
"""Share of the calls with an agreed amount that ended in a sale or an appointment, on half of the labelled calls: where
the rules hear such an end too, and where they do not."""


class Stage(StrEnum):
    QUOTED = "quoted"
    """The business names a price."""
    AGREED = "agreed"
    """The price of what was ordered, paid or booked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """An amount, once for all places where it is said."""

    value: Decimal
    """Of a range the lower end."""
    high: Decimal | None = None
    """The upper end of a range."""
    currency: str | None
    """ISO 4217; None where it was not said and cannot be known."""
    unit: str = ""
    """What was said instead, where it is not the currency's own: `toman`, `cent`."""
    stage: Stage = Stage.QUOTED
    per: str = ""
    """What it is the price of one of: `hour`, `metre`; empty: of the whole."""
    as_said: str
    alternatives: tuple[Decimal, ...] = ()
    """What else may have been meant."""
    evidence: tuple[Evidence, ...]
    confidence: float

    @staticmethod
    def text_of(value: Decimal) -> str:
        """Plain: `1200`, `12.50`."""
        return f"{value:.0f}" if value == value.to_integral_value() else f"{value:.2f}"


@dataclass(frozen=True, slots=True)
class _Found:
    """A price in its turn."""

    turn: int
    tokens: Sequence[Token]
    price: Price
    sure: float
    values: tuple[Decimal, ...] = ()
    tops: tuple[Decimal, ...] = ()
    settled: bool = False
    """Other amounts of the call told which of the values was meant."""


def read_amounts(conversation: Conversation, context: Context) -> list[Amount]:
    """In the order in which they are said first. None in a language without a lexicon."""
    exchange = Exchange(conversation)
    found = list(_found(exchange))
    if not found:
        return []
    whole = read_whole(conversation, context)
    if whole is None:
        return []
    heard, ending = whole.heard, whole.ending.outcome
    callers = {number for number, side in enumerate(heard.sides) if side is Side.CALLER}
    own = [one for one in found if one.turn not in callers or is_confirmed(exchange, conversation, one.turn)]
    meant = _settled([_meant(one) for one in _with_currency(own)])
    agreed = _agreed(heard, meant) if ending is not Outcome.LOST else None
    stage = _AGREED if ending in _COMMITTED else _AGREED_WITHOUT_ENDING
    return _merged(_amount(conversation, heard, one, stage if one is agreed else None) for one in meant)


def _found(exchange: Exchange) -> Iterator[_Found]:
    opened = False
    for number in exchange.with_numbers():
        tokens = exchange.tokens(number)
        for price in prices_in(tokens):
            sure = exchange.sure(number, price, opened=opened)
            if sure:
                opened = True
                yield _Found(number, tokens, price, sure)


def _with_currency(found: list[_Found]) -> list[_Found]:
    """What was said of one amount holds for all, where the call has one currency. Persian ones are toman."""
    said = {one.price.currency.code: one.price.currency for one in found if one.price.currency}
    only = next(iter(said.values())) if len(said) == 1 else None
    return [
        one if one.price.currency else replace(one, price=replace(one.price, currency=_implied(one.price.number, only)))
        for one in found
    ]


def _implied(number: Number, only: Currency | None) -> Currency | None:
    if number.language == "fa" and (only is None or only.code == _TOMAN.code):
        return _TOMAN
    return only if only is None or only.factor >= 1 else Currency(only.code)


def _meant(one: _Found) -> _Found:
    """What the numbers stand for, the likeliest first."""
    price = one.price
    said = one.sure == SAID_CURRENCY
    small = price.per in _SMALL or bool(price.top and price.top.value >= _HUNDRED)
    factor = price.currency.factor if price.currency else Decimal(1)
    values = _values(price.number, price.currency, said=said, small=small)
    tops = _values(price.top, price.currency, said=said, small=small) if price.top else ()
    known = tuple((value + price.cents) * factor for value in values)
    return replace(one, values=known, tops=tuple(top * factor for top in tops))


def _values(number: Number, currency: Currency | None, *, said: bool, small: bool) -> tuple[Decimal, ...]:
    """Thousands that are left out in speech are put in."""
    if currency and currency.unit == _TOMAN.unit:
        return _of_toman(number, small=small)
    if number.language == "en" and number.paired and said and number.value < _HUNDRED:
        return tuple(reversed(number.values))  # `twelve fifty dollars`
    if number.language == "ru" and not said and number.bare and number.value < _HUNDRED:
        return (number.value * _THOUSAND, number.value)
    return number.values


def _of_toman(number: Number, *, small: bool) -> tuple[Decimal, ...]:
    """`دویست تومن` is two hundred thousand, `دو تومن` two million; a price of two toman is none.

    Below a hundred it was millions in nearly all labelled calls; thousands by the piece and the kilo (`small`).
    """
    if not number.bare or number.value >= _THOUSAND:
        return number.values
    thousands, millions = number.value * _THOUSAND, number.value * _MILLION
    if number.value < (_TEN if small else _HUNDRED):
        return (millions, thousands)
    return (thousands, millions, number.value)


def _settled(found: list[_Found]) -> list[_Found]:
    """Of `twelve fifty`, what is nearer to the amounts of the call that leave no doubt."""
    clear = [log10(one.values[0]) for one in found if len(one.values) == 1 and one.values[0] > 0]
    if not clear:
        return found
    usual = median(clear)
    return [_nearest(one, usual) if one.price.number.paired and len(one.values) > 1 else one for one in found]


def _nearest(one: _Found, usual: float) -> _Found:
    values = tuple(sorted(one.values, key=lambda value: abs(log10(value) - usual)))
    return replace(one, values=values, settled=True)


def _agreed(heard: Heard, found: Sequence[_Found]) -> _Found | None:
    """The last one that the caller takes, where something is ordered, paid or booked."""
    if not _committed(heard):
        return None
    taken = [one for one in found if not one.tops and _is_taken(heard, one, found)]
    whole = [one for one in taken if not one.price.part]
    return next(reversed(whole or taken), None)


_ORDERS = (("order", Side.CALLER), ("buy_now", Side.CALLER), ("order_taken", Side.BUSINESS), ("booked", Side.BUSINESS))
_PAYS = (("paying", None), ("paid", None))
_REFUSES = ("decline", "too_dear", "elsewhere", "thinks")


def _committed(heard: Heard) -> bool:
    return any(heard.has(name, side) for name, side in (*_ORDERS, *_PAYS)) or bool(time_agreed(heard))


def _is_taken(heard: Heard, one: _Found, found: Sequence[_Found]) -> bool:
    """The caller says yes to it or goes on to pay or to book, and does not say no first."""
    following = [turn for turn in range(one.turn + 1, len(heard.sizes)) if heard.sizes[turn]]
    refused = [cue.turn for name in _REFUSES for cue in heard.of(name, Side.CALLER, turns=following)]
    later = [other.turn for other in found if other.turn > one.turn]
    until = min([*later, following[_TAKEN_WITHIN - 1] if len(following) >= _TAKEN_WITHIN else len(heard.sizes)])
    near = [turn for turn in following if turn <= until]
    takes = [cue.turn for cue in heard.of("accept", Side.CALLER, turns=near)]
    takes += [cue.turn for name, side in (*_ORDERS, *_PAYS) for cue in heard.of(name, side, turns=near)]
    first = min(takes, default=None)
    return first is not None and not any(turn <= first or turn >= (following or [0])[-2:][0] for turn in refused)


def _amount(conversation: Conversation, heard: Heard, one: _Found, agreed: float | None) -> Amount:
    """`agreed`: how sure that is; None: it is quoted."""
    price, turn = one.price, conversation.turns[one.turn]
    first, last = one.tokens[price.start].word, one.tokens[price.end - 1].word
    sure = one.sure
    if len(one.values) > 1:
        sure *= _DOUBT_SETTLED if one.settled else _DOUBTED
    if heard.sides[one.turn] is Side.CALLER:
        sure = min(sure, _CONFIRMED)
    sure *= _SPEAKER_UNKNOWN if heard.sides[one.turn] is Side.EITHER else 1.0
    return Amount(
        value=one.values[0],
        high=next((top for top in one.tops if top > one.values[0]), None),
        currency=price.currency.code if price.currency else None,
        unit=price.currency.unit if price.currency else "",
        stage=Stage.QUOTED if agreed is None else Stage.AGREED,
        per=price.per,
        as_said=" ".join(word.text for word in turn.words[first : last + 1]),
        alternatives=one.values[1:],
        evidence=(Evidence(turn.numbers[first], turn.numbers[last], one.turn),),
        confidence=round(sure * (agreed or 1.0), 3),
    )


def _merged(amounts: Iterable[Amount]) -> list[Amount]:
    """Said again it is the same: its places are put together, and it is as sure as the surest."""
    known: dict[tuple[object, ...], Amount] = {}
    for amount in amounts:
        key = (amount.value, amount.high, amount.currency, amount.per)
        before = known.get(key)
        known[key] = amount if before is None else _together(before, amount)
    return list(known.values())


def _together(one: Amount, other: Amount) -> Amount:
    agreed = Stage.AGREED in (one.stage, other.stage)
    return replace(
        one,
        stage=Stage.AGREED if agreed else Stage.QUOTED,
        evidence=(*one.evidence, *other.evidence)[:_MOST_PLACES],
        confidence=max(one.confidence, other.confidence),
    )
