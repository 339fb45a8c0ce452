"""Numbers of a turn that may be prices: with their currency, unit and other end, and what speaks for and against."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from classifiers.money.numbers import Number, read_number
from classifiers.money.told import REACH, stopped, told, told_at, told_before
from classifiers.money.words import Currency, Token

_FEW = 10
"""A number below this is a count, where nothing says that it is money."""
_WHOLE_REPLY = 4
"""Words of a reply that is little but the number."""
_HUNDRED, _MILLION = 100, 1_000_000
_CENTS_FROM, _CENTS_TO = 10, 100
_WITH_CENTS = ("USD", "GBP", "EUR", "CAD", "AUD", "NZD")


@dataclass(frozen=True, slots=True)
class Price:
    """Tokens `start` to `end` (exclusive) of a turn."""

    number: Number
    start: int
    end: int
    top: Number | None = None
    """The other end of a range."""
    cents: Decimal = Decimal(0)
    currency: Currency | None = None
    per: str = ""
    announced: bool = False
    """The words around speak of a price."""
    weakly: bool = False
    """`that's eleven ninety-nine`: a price only where it is paid."""
    large: bool = False
    """Millions, with nothing behind that they could be of."""
    shaped: bool = False
    """Large enough for a price, with nothing behind that it could be a count of."""
    led: bool = False
    """Behind words as `it's` and `about`."""
    part: bool = False
    """A deposit or a discount, and not what is paid for the whole."""


def prices_in(tokens: Sequence[Token]) -> list[Price]:
    """Numbers with a currency, and those that may be money where a price is spoken of."""
    found = _apart(list(_ranges(tokens, list(_priced(tokens)))))
    described: list[Price] = []
    for price in found:
        if not _is_other(tokens, price):
            described.append(_described(tokens, price, described[-1].end if described else 0))
    return described


def numbers_in(tokens: Sequence[Token]) -> list[Price]:
    """All of them, money or not."""
    return list(_priced(tokens))


def _priced(tokens: Sequence[Token]) -> Iterator[Price]:
    at = 0
    while at < len(tokens):
        between = at > 0 and "between" in tokens[at - 1].piece.roles
        number = read_number(tokens, at, between=between) if _may_begin(tokens, at) else None
        number = number or _in_one_word(tokens, at)
        price = _with_currency(tokens, Price(number, number.start, number.end)) if number else _single(tokens, at)
        if price is not None:
            yield price
        at = price.end if price is not None else at + 1


def _in_one_word(tokens: Sequence[Token], at: int) -> Number | None:
    """`A tenner`."""
    piece = tokens[at].piece
    return Number((piece.number,), at, at + 1, piece.language, paired=True) if piece.note and piece.number else None


def _single(tokens: Sequence[Token], at: int) -> Price | None:
    """`A buck fifty`; nothing for a dollar alone, of which people speak in other ways."""
    currency = tokens[at + 1].piece.currency if _role(tokens, at, "a") and at + 1 < len(tokens) else None
    if currency is None or tokens[at + 1].piece.note:
        return None
    one = Number((Decimal(1),), at, at + 1, tokens[at + 1].piece.language)
    price = _with_cents(tokens, Price(one, at, at + 2, currency=currency))
    return price if price.cents else None


def _may_begin(tokens: Sequence[Token], at: int) -> bool:
    roles = tokens[at].piece.roles
    return tokens[at].piece.number is not None or bool(roles & {"a", "half"})


def _with_currency(tokens: Sequence[Token], price: Price) -> Price:
    before, at = tokens[price.start - 1].piece if price.start else None, price.end
    if tokens[price.start].piece.note:
        return replace(price, currency=tokens[price.start].piece.currency)
    if before is not None and before.currency and _may_lead(tokens, price.start - 1):
        return replace(price, currency=before.currency, start=price.start - 1)
    at = at + 1 if _role(tokens, at, "of") and _nation(tokens, at + 1) else at
    nation = _nation(tokens, at)
    at = at + 1 if nation else at
    currency = tokens[at].piece.currency if at < len(tokens) else None
    if currency is None or stopped(tokens, price.end) or tokens[at].piece.note or _too_short(tokens, at):
        return price
    currency = Currency(nation) if nation else currency
    return _with_cents(tokens, replace(price, currency=currency, end=at + 1))


def _may_lead(tokens: Sequence[Token], at: int) -> bool:
    """`$40`, `рублей двести`; not the currency of the number before."""
    behind_number = at > 0 and tokens[at - 1].piece.number is not None
    sign = not tokens[at].piece.text.isalpha()
    return sign or (tokens[at].piece.language == "ru" and not behind_number and not tokens[at].stop)


def _too_short(tokens: Sequence[Token], at: int) -> bool:
    """`р` is money behind figures, else a letter."""
    return "only_behind" in tokens[at].piece.roles and not any(
        token.piece.figure for token in tokens[max(0, at - 2) : at]
    )


def _with_cents(tokens: Sequence[Token], price: Price) -> Price:
    """`five dollars and fifty cents`, `four pound fifty`."""
    assert price.currency is not None
    if price.currency.factor < 1 or stopped(tokens, price.end):
        return price
    at = price.end + 1 if _role(tokens, price.end, "and") else price.end
    number = read_number(tokens, at) if at < len(tokens) and _may_begin(tokens, at) else None
    if number is None or number.value >= _CENTS_TO or number.paired:
        return price
    named = tokens[number.end].piece.currency if number.end < len(tokens) else None
    if named is not None and named.factor < 1:
        return replace(price, cents=number.value / 100, end=number.end + 1)
    direct = at == price.end and price.currency.code in _WITH_CENTS and number.value >= _CENTS_FROM
    if direct and named is None and not told_at(tokens, number.end, "not_after"):
        return replace(price, cents=number.value / 100, end=number.end)
    return price


def _ranges(tokens: Sequence[Token], prices: Sequence[Price]) -> Iterator[Price]:
    """Two of them where they are the ends of one: `forty to sixty`, `две-три тысячи`, `بین دویست تا سیصد`."""
    at = 0
    while at < len(prices):
        low, high = prices[at], prices[at + 1] if at + 1 < len(prices) else None
        joined = _joined(tokens, low, high) if high is not None else None
        yield joined or low
        at += 2 if joined else 1


def _joined(tokens: Sequence[Token], low: Price, high: Price) -> Price | None:
    if low.top or not _tied(tokens, low, high):
        return None
    bottom = _as_large(low.number, high.number)
    if bottom.value >= high.number.value and high.number.value * low.number.scale > bottom.value:
        top = _times(high.number, low.number.scale)
    else:
        top = high.number
    if bottom.value >= top.value or (low.end == high.start and top.value > 3 * bottom.value):
        return None
    return replace(low, number=bottom, top=top, end=high.end, currency=high.currency or low.currency)


def _tied(tokens: Sequence[Token], low: Price, high: Price) -> bool:
    """By a stroke or `to`; by `and` behind `between`; in Russian and Persian by standing side by side."""
    if low.currency and high.currency and low.currency != high.currency:
        return False
    gap = tokens[low.end : high.start - (1 if _sign_before(tokens, high) else 0)]
    before = tokens[low.start - 1].piece.roles if low.start else frozenset()
    if not gap:
        side_by_side = low.number.language in ("ru", "fa") and not low.number.figures and not low.currency
        return side_by_side and low.end == high.start and not stopped(tokens, low.end)
    words = [token.piece for token in gap]
    if len(words) > 1:
        return False
    stroke = words[0].text in "-–—" or "to" in words[0].roles
    return stroke or ("and" in words[0].roles and "between" in before)


def _sign_before(tokens: Sequence[Token], price: Price) -> bool:
    return price.start < price.number.start and tokens[price.start].piece.currency is None


def _as_large(low: Number, high: Number) -> Number:
    """`two to three thousand`: the scale is said once."""
    larger = _times(low, high.scale)
    return larger if low.scale == 1 and high.scale > 1 and larger.value < high.value else low


def _times(number: Number, scale: Decimal) -> Number:
    return replace(number, values=tuple(value * scale for value in number.values), scale=scale)


def _apart(prices: list[Price]) -> list[Price]:
    """Numbers that follow each other without a word between are a code or a time, where none has a currency."""
    kept = []
    for at, price in enumerate(prices):
        before = at > 0 and prices[at - 1].end == price.start
        after = at + 1 < len(prices) and prices[at + 1].start == price.end
        spoken = price.number.paired and price.number.language == "fa"  # with its `and` it is no part of a code
        if price.currency or price.top or spoken or not (before or after):
            kept.append(price)
    return kept


def _is_other(tokens: Sequence[Token], price: Price) -> bool:
    """What the words beside it make a time, a date, a measure, a count, a house."""
    if price.currency and price.currency.code == "GBP" and tokens[price.end - 1].piece.text.startswith("pound"):
        return bool(told(tokens, "weight"))
    if price.currency:
        return False
    if price.number.value <= 0 or _junk_beside(tokens, price):
        return True
    if told_at(tokens, price.end, "per"):
        return False
    return bool(told_at(tokens, price.end, "not_after")) or _is_ruled_out(tokens, price.start)


def _is_ruled_out(tokens: Sequence[Token], start: int) -> bool:
    """`At nineteen forty` is a time; `we're at nineteen forty` is a price."""
    against, leads = told_before(tokens, start, "not_before"), told_before(tokens, start, "leads")
    return bool(against) and not (leads and leads[0].start < against[0].start)


def _junk_beside(tokens: Sequence[Token], price: Price) -> bool:
    """Codes, times such as 10:30, shares such as 10%."""
    near = [tokens[at].piece for at in (price.start - 1, price.end) if 0 <= at < len(tokens)]
    return any(
        "junk" in piece.roles or piece.text in ":/%٪*#+" or (piece.figure and price.number.figures) for piece in near
    )


def _described(tokens: Sequence[Token], price: Price, free: int) -> Price:
    """With its unit, and whether the words around speak of a price. Before `free` words belong to another one."""
    stroke = price.end < len(tokens) and tokens[price.end].piece.text == "/"
    unit = told_at(tokens, price.end + stroke, "per")
    before = [one for one in told_before(tokens, price.start, "per_before") if _is_free(tokens, one.start, free)]
    sentence = _sentence_before(tokens, price.start)
    nearby = tokens[max(sentence, price.start - REACH) : price.start]
    announced = bool(unit or before or told(nearby, "price") or told_at(tokens, price.end, "after"))
    weakly = any(one.end == len(nearby) for one in told(nearby, "weak"))
    around = tokens[max(sentence, price.start - REACH) : price.end + 2]
    ends = price.end == len(tokens) or stopped(tokens, price.end)
    alone = ends or bool(told_at(tokens, price.end, "follows"))
    led = price.start == 0 or tokens[price.start - 1].stop != "" or bool(told_before(tokens, price.start, "leads"))
    price = replace(price, shaped=alone and _is_shaped(price.number), led=led)
    large = (price.top or price.number).value >= _MILLION and ends
    part = bool(told(around, "part"))
    price = replace(price, announced=announced, weakly=weakly, large=large, part=part)
    if unit:
        return replace(price, per=unit[0].item, end=unit[0].end)
    return replace(price, per=before[0].item, start=before[0].start) if before else price


def _is_free(tokens: Sequence[Token], at: int, free: int) -> bool:
    """`چهار کیلویی` is a measure, and no price by the kilo."""
    return at >= free and not (at and tokens[at - 1].piece.number is not None)


def _is_shaped(number: Number) -> bool:
    return number.paired or number.value >= _HUNDRED or number.scale > 1 or (number.halved and number.language != "en")


def _sentence_before(tokens: Sequence[Token], at: int) -> int:
    return next((place for place in range(at, 0, -1) if tokens[place - 1].stop in (".", "?")), 0)


def is_count(tokens: Sequence[Token], price: Price) -> bool:
    """A small number that is not the whole reply."""
    return price.number.value < _FEW and price.number.bare and len(tokens) > _WHOLE_REPLY


def _nation(tokens: Sequence[Token], at: int) -> str:
    has_money = at + 1 < len(tokens) and tokens[at + 1].piece.currency is not None
    return tokens[at].piece.nation if has_money else ""


def _role(tokens: Sequence[Token], at: int, role: str) -> bool:
    return at < len(tokens) and role in tokens[at].piece.roles
