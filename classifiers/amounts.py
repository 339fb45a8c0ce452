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
from classifiers.money.numbers import Number
from classifiers.money.prices import Price, asks_price, has_phrase, is_count, numbers_in, prices_in
from classifiers.money.words import Currency, Token, has_number, tokens_of
from classifiers.reading import read_whole
from models.context import Context
from models.conversation import Conversation, Role, Turn
from models.lead import Outcome
from models.tag import Evidence

_TOMAN = Currency("IRR", Decimal(10), "toman")
_BUSINESS = (Role.AGENT, Role.MACHINE)
_ANSWERS = 3
"""Turns behind a question for a price in which a number answers it."""
_PAID_WITHIN = 3
"""Turns behind `that's eleven ninety-nine` in which it has to be paid to count."""
_TAKEN_WITHIN = 4
"""Turns behind a price in which the caller takes it."""
_MOST_PLACES = 10
_HUNDRED, _THOUSAND, _MILLION = Decimal(100), Decimal(1000), Decimal(1_000_000)
_SMALL = ("piece", "kilo", "litre", "packet", "person", "page", "word", "kilometre", "metre", "hour", "square_metre")
"""Units that cost thousands of toman and no millions."""

# How probable it is that an amount is right: chosen, not measured.
_SAID_CURRENCY, _ASKED_AND_ANNOUNCED, _ASKED, _ANNOUNCED, _CONFIRMED, _WEAK = 0.92, 0.82, 0.75, 0.7, 0.65, 0.6
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
    found = list(_found(conversation))
    if not found:
        return []
    whole = read_whole(conversation, context)
    if whole is None:
        return []
    heard, ending = whole.heard, whole.ending.outcome
    own = [one for one in found if heard.sides[one.turn] is not Side.CALLER or _is_confirmed(conversation, one)]
    meant = _settled([_meant(one) for one in _with_currency(own)])
    agreed = _agreed(heard, meant) if ending is not Outcome.LOST else None
    stage = _AGREED if ending in _COMMITTED else _AGREED_WITHOUT_ENDING
    return _merged(_amount(conversation, heard, one, stage if one is agreed else None) for one in meant)


def _found(conversation: Conversation) -> Iterator[_Found]:
    for number, turn in enumerate(conversation.turns):
        if any(has_number(word.text) for word in turn.words):
            tokens = tokens_of([word.text for word in turn.words])
            prices = prices_in(tokens)
            asked = _asked_before(conversation, number, tokens) if any(not one.currency for one in prices) else None
            for price in prices:
                sure = _sure(conversation, number, tokens, price, asked)
                if sure:
                    yield _Found(number, tokens, price, sure)


def _sure(conversation: Conversation, number: int, tokens: Sequence[Token], price: Price, asked: int | None) -> float:
    """0: it is no amount."""
    if price.currency:
        return _SAID_CURRENCY
    if conversation.turns[number].role is Role.CALLER or (is_count(tokens, price) and not price.per):
        return 0.0
    if asked is not None and price.start >= asked:
        return _ASKED_AND_ANNOUNCED if price.announced else _ASKED
    if price.announced:
        return _ANNOUNCED
    if price.large or (price.shaped and _is_of_money(conversation, number, price)):
        return _WEAK
    return _WEAK if price.weakly and _is_paid(conversation, number) else 0.0


def _is_of_money(conversation: Conversation, number: int, price: Price) -> bool:
    """Whether a price was asked for before, is echoed by the caller, or something is paid soon."""
    turns = conversation.turns
    earlier = [turn for turn in turns[:number] if turn.role not in _BUSINESS]
    if any(asks_price(_tokens(turn)) is not None for turn in earlier):
        return True
    before = next((turn for turn in reversed(earlier) if turn.words), None)
    if before is not None and has_phrase(_tokens(before), ("asks_maybe",)):
        return True
    later = next((turn for turn in turns[number + 1 :] if turn.words), None)
    if later is not None and later.role not in _BUSINESS and _is_echoed(later, price):
        return True
    return price.led and _is_paid(conversation, number)


def _is_echoed(turn: Turn, price: Price) -> bool:
    """`Three forty? That's a lot.`"""
    return any(other.number.values == price.number.values for other in numbers_in(_tokens(turn)))


def _asked_before(conversation: Conversation, number: int, tokens: Sequence[Token]) -> int | None:
    """The token from which on numbers answer a question for a price; None where nobody asked."""
    turns = conversation.turns
    if turns[number].role not in (*_BUSINESS, Role.CALLER) and (end := asks_price(tokens)) is not None:
        return end
    spoken = [at for at in range(number) if turns[at].words][-_ANSWERS:]
    asking = [at for at in spoken if turns[at].role not in _BUSINESS]
    return 0 if any(asks_price(_tokens(turns[at])) is not None for at in asking) else None


def _is_paid(conversation: Conversation, number: int) -> bool:
    later = conversation.turns[number : number + _PAID_WITHIN + 1]
    return any(has_phrase(_tokens(turn), ("paying",)) for turn in later)


def _tokens(turn: Turn) -> list[Token]:
    return tokens_of([word.text for word in turn.words])


def _is_confirmed(conversation: Conversation, one: _Found) -> bool:
    """`Is it fifty dollars? Yes.` What others took, or the caller has to spend, is no price of the business."""
    later = next((turn for turn in conversation.turns[one.turn + 1 :] if turn.words), None)
    if later is None or later.role is Role.CALLER or has_phrase(one.tokens, ("others",)):
        return False
    return any(at == 0 for _, at, _ in has_phrase(_tokens(later), ("yes",)))


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
    said = one.sure == _SAID_CURRENCY
    small = price.per in _SMALL or bool(price.top and price.top.value >= _HUNDRED)
    factor = price.currency.factor if price.currency else Decimal(1)
    values = _values(price.number, price.currency, said=said, small=small)
    tops = _values(price.top, price.currency, said=said, small=small) if price.top else ()
    return replace(
        one,
        values=tuple((value + price.cents) * factor for value in values),
        tops=tuple(value * factor for value in tops),
    )


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
    if number.value < 100 and not small:
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
        high=one.tops[0] if one.tops else None,
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
