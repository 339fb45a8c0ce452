"""Numbers as they are said, in three languages: tokens of a turn to values, with the doubt that is left."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from classifiers.money.words import Token

_THOUSAND, _MILLION, _BILLION = Decimal(1000), Decimal(1_000_000), Decimal(1_000_000_000)
_HALF = Decimal("0.5")
_FIGURES_GROUPED = 3


@dataclass(frozen=True, slots=True)
class Number:
    """Tokens `start` to `end` (exclusive)."""

    values: tuple[Decimal, ...]
    """What was meant, the likeliest first."""
    start: int
    end: int
    language: str
    scale: Decimal = Decimal(1)
    """The last word that multiplies: 1000 in `five thousand`."""
    figures: bool = False
    paired: bool = False
    """Two numbers side by side: `twelve fifty`, `две двести`, `یک و هشتصد`."""
    halved: bool = False
    """With a half behind it and no scale: `две с половиной`."""

    @property
    def value(self) -> Decimal:
        return self.values[0]

    @property
    def bare(self) -> bool:
        """No scale was said, and nothing that tells one: thousands may be meant."""
        return self.scale < _THOUSAND and not self.paired


@dataclass(frozen=True, slots=True)
class _Part:
    """A number below a thousand, or figures."""

    value: Decimal
    end: int
    tens: int
    """What it began with: hundreds 3, tens 2, else 1."""
    figures: bool = False
    scale: Decimal = Decimal(1)


def read_number(tokens: Sequence[Token], start: int, *, between: bool = False) -> Number | None:
    """The number that begins there; None where none does. `between`: `and` joins two ends, and not a number."""
    first = _scaled(tokens, start)
    if first is None:
        return None
    if first.scale >= _THOUSAND:
        before_its_number = "inverted" in tokens[start].piece.roles and first.value != first.scale
        return first if before_its_number else _continued(tokens, first)
    return _paired(tokens, first, between=between) or first


def _scaled(tokens: Sequence[Token], start: int) -> Number | None:
    """A part with its scale: `two and a half thousand`, `half a million`, `полторы тысячи`."""
    language = tokens[start].piece.language
    if _has(tokens, start, "half") and (scale := _scale(tokens, _skip(tokens, start + 1, "a"))):
        return Number((scale[0] * _HALF,), start, scale[1], language, scale[0])
    part = _part(tokens, start)
    if part is None:
        return _scale_alone(tokens, start)
    value, end = _with_fraction(tokens, part)
    scale = _scale(tokens, _skip(tokens, end, "of")) if not _stopped(tokens, end) else None
    if scale is None:
        halved = value != part.value
        if halved and tokens[start].piece.language == "en" and tokens[end - 1].piece.text == "half":
            return Number((value,), start, end, language, figures=part.figures, halved=True)
        return Number((value,), start, end, language, part.scale, part.figures, halved=halved)
    number = Number((value * scale[0],), start, scale[1], language, scale[0], part.figures)
    return _and_a_half(tokens, number)


def _scale_alone(tokens: Sequence[Token], start: int) -> Number | None:
    """`тысяча двести`, `a thousand`, and before its number: `тысяч пять`."""
    at = _skip(tokens, start, "a")
    found = _scale(tokens, at) if at < len(tokens) else None
    if found is None:
        return None
    scale, end = found
    part = _part(tokens, end) if "inverted" in tokens[at].piece.roles and not _stopped(tokens, end) else None
    language = tokens[at].piece.language
    if part is not None:
        value, end = _with_fraction(tokens, part)
        return Number((value * scale,), start, end, language, scale)
    return _and_a_half(tokens, Number((scale,), start, end, language, scale))


def _and_a_half(tokens: Sequence[Token], number: Number) -> Number:
    """`a million and a half`, `یک میلیون و نیم`."""
    end = _half_end(tokens, number.end)
    if end is None or _stopped(tokens, number.end) or _scale(tokens, end):
        return number
    return replace(number, values=(number.value + number.scale * _HALF,), end=end)


def _continued(tokens: Sequence[Token], number: Number) -> Number:
    """Smaller parts behind a scale: `three thousand two hundred`, `یک میلیون و هشتصد`."""
    while not _stopped(tokens, number.end, at_commas=False):
        at = _skip(tokens, number.end, "and")
        part = _part(tokens, at) if at < len(tokens) and not tokens[at].piece.figure else None
        if part is None or (part.value == 1 and tokens[at].piece.text in ("a", "an")):
            break
        scale = _scale(tokens, part.end) if not _stopped(tokens, part.end) else None
        if scale is None:
            return _ended(number, part)
        if scale[0] >= number.scale:
            break
        value = number.value + part.value * scale[0]
        number = replace(number, values=(value,), end=scale[1], scale=scale[0])
    return number


def _ended(number: Number, part: _Part) -> Number:
    """Behind millions that are spoken, the thousands are left out: `دو میلیون و پونصد`, `миллион двести`."""
    plain = number.value + part.value
    if number.scale < _MILLION or number.language == "en":
        return replace(number, values=(plain,), end=part.end)
    fuller = number.value + part.value * number.scale / _THOUSAND
    return replace(number, values=(fuller, plain), end=part.end)


def _paired(tokens: Sequence[Token], first: Number, *, between: bool) -> Number | None:
    """Two numbers that make one, as they are spoken."""
    if first.figures or first.halved or _stopped(tokens, first.end):
        return None
    at = first.end
    if first.language == "fa":
        at = _skip(tokens, at, "and")
        if at == first.end or between:
            return None
    part = _part(tokens, at) if at < len(tokens) else None
    if part is None or part.figures:
        return _with_zero(tokens, first) if first.language == "en" else None
    if first.language == "ru":
        return _russian_pair(first, part)
    return (_english_pair if first.language == "en" else _persian_pair)(tokens, first, part)


def _english_pair(tokens: Sequence[Token], first: Number, part: _Part) -> Number | None:
    """`twelve fifty`: 12.50 or 1250. Below ten, hundreds are likelier: `two fifty`."""
    follows = part.end < len(tokens) and not _stopped(tokens, part.end) and _part(tokens, part.end)
    if not 10 <= part.value < 100 or first.value >= 1000 or follows or _scale(tokens, part.end):
        return None
    cents, hundreds = first.value + part.value / 100, first.value * 100 + part.value
    values = (hundreds, cents) if first.value < 10 else (cents, hundreds) if first.value < 100 else (cents,)
    return replace(first, values=values, end=part.end, paired=True)


def _with_zero(tokens: Sequence[Token], first: Number) -> Number | None:
    """`seven oh five`."""
    at = _skip(tokens, first.end, "zero")
    part = _part(tokens, at) if first.end < at < len(tokens) else None
    if part is None or part.value >= 10 or part.figures:
        return None
    values = (first.value + part.value / 100, first.value * 100 + part.value)
    return replace(first, values=values, end=part.end, paired=True)


def _russian_pair(first: Number, part: _Part) -> Number | None:
    """`две двести` is 2200."""
    if part.tens < 3 or first.value % 100 == 0 or not _is_whole(first.value):
        return None
    return replace(first, values=(first.value * 1000 + part.value,), end=part.end, paired=True)


def _persian_pair(tokens: Sequence[Token], first: Number, part: _Part) -> Number | None:
    """`یک و هشتصد` is 1.8 million, or 1800 where small things are spoken of."""
    scale = _scale(tokens, part.end) if not _stopped(tokens, part.end) else None
    if part.value < 10 or (scale and scale[0] > _THOUSAND):
        return None
    likely = first.value * _MILLION + part.value * _THOUSAND
    values = (likely,) if scale else (likely, first.value * _THOUSAND + part.value)
    end = scale[1] if scale else part.end
    return replace(first, values=values, end=end, paired=True, scale=_THOUSAND)


def _part(tokens: Sequence[Token], start: int) -> _Part | None:
    if start >= len(tokens):
        return None
    piece = tokens[start].piece
    if piece.figure:
        return _figures(tokens, start) if piece.number is not None else None
    if "a" in piece.roles:
        after = _part(tokens, start + 1) if start + 1 < len(tokens) else None
        one = tokens[start + 1].piece if start + 1 < len(tokens) else None
        if after is not None and one is not None and (one.multiplier or one.text == "couple"):
            return after
        return None
    if piece.note or piece.number is None or (piece.number >= _THOUSAND and _is_scale(tokens[start])):
        return None
    if piece.number >= _THOUSAND or not _is_whole(piece.number):
        return _Part(piece.number, start + 1, 1, scale=_THOUSAND if piece.number >= _THOUSAND else Decimal(1))
    return _words(tokens, start)


def _words(tokens: Sequence[Token], start: int) -> _Part | None:
    """Hundreds, tens and units, each smaller than what stands before."""
    value, room, at = Decimal(0), 4, start
    scale = Decimal(1)
    while at < len(tokens) and not (at > start and _stopped(tokens, at)):
        here = _skip(tokens, at, "and") if at > start and _may_join(tokens, at, room) else at
        if here == at > start and tokens[start].piece.language == "fa":
            break  # Persian says `and` between all parts
        piece = tokens[here].piece if here < len(tokens) else None
        if piece is None or piece.number is None or piece.figure or piece.note:
            break
        if piece.multiplier and (0 < value < 100 or here == start):
            value, room, scale = max(value, Decimal(1)) * 100, 3, Decimal(100)
        elif (size := _size(piece.number)) and room >= _room_for(piece.number) and not _multiplied(tokens, here, at):
            value, room = value + piece.number, size
        else:
            break
        at = here + 1
    return (
        _Part(value, at, _size(_leading(tokens, start)), scale=scale if value % 100 == 0 else Decimal(1))
        if value
        else None
    )


def _leading(tokens: Sequence[Token], start: int) -> Decimal:
    return tokens[start].piece.number or Decimal(0)


def _may_join(tokens: Sequence[Token], at: int, room: int) -> bool:
    """Persian says `and` between all parts, English behind hundreds."""
    return tokens[at].piece.text == "و" or (tokens[at].piece.text == "and" and room == 3)


def _multiplied(tokens: Sequence[Token], here: int, at: int) -> bool:
    """`one hundred and two hundred` are two numbers, and so are `… and twenty two hundred`."""
    return here > at and any(token.piece.multiplier for token in tokens[here + 1 : here + 3])


def _size(number: Decimal) -> int:
    """What may still follow: behind hundreds tens and units, behind tens units, behind others nothing."""
    if number >= _THOUSAND or number < 1:
        return 0
    return 3 if number >= 100 else 2 if number >= 20 else 1


def _room_for(number: Decimal) -> int:
    return 4 if number >= 100 else 3 if number >= 10 else 2


def _figures(tokens: Sequence[Token], start: int) -> _Part:
    """`1 200` is one number, `1200 300` is not."""
    value, at = tokens[start].piece.number or Decimal(0), start + 1
    text = tokens[start].piece.text
    while text.isdecimal() and len(text) <= _FIGURES_GROUPED and at < len(tokens) and not tokens[at - 1].stop:
        piece = tokens[at].piece
        if not (piece.figure and piece.text[:3].isdecimal() and len(piece.text.split(",")[0].split(".")[0]) == 3):
            break
        if piece.number is None and piece.text[:1] != "0":
            break
        value = value * 1000 + (piece.number if piece.number is not None else Decimal(int(piece.text[:3])))
        at += 1
        if not piece.text.isdecimal():
            break
    return _Part(value, at, 1, figures=True)


def _with_fraction(tokens: Sequence[Token], part: _Part) -> tuple[Decimal, int]:
    """`and a half`, `с половиной`, `و نیم`, and `point five`."""
    if _stopped(tokens, part.end):
        return part.value, part.end
    end = _half_end(tokens, part.end)
    if end is not None and part.value < 1000:
        return part.value + _HALF, end
    if _has(tokens, part.end, "point") and _is_whole(part.value):
        digit = tokens[part.end + 1].piece.number if part.end + 1 < len(tokens) else None
        if digit is not None and digit < 100 and _is_whole(digit):
            return Decimal(f"{part.value}.{digit}"), part.end + 2
    return part.value, part.end


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()


def _half_end(tokens: Sequence[Token], at: int) -> int | None:
    after = _skip(tokens, _skip(tokens, at, "and"), "a")
    return after + 1 if after > at and _has(tokens, after, "half") else None


def _is_scale(token: Token) -> bool:
    number = token.piece.number
    return number in (_THOUSAND, _MILLION, _BILLION) and not token.piece.figure


def _is_letter(tokens: Sequence[Token], at: int) -> bool:
    """`т` is a thousand behind figures, else a letter."""
    return "only_behind" in tokens[at].piece.roles and not (at and tokens[at - 1].piece.figure)


def _scale(tokens: Sequence[Token], at: int) -> tuple[Decimal, int] | None:
    if at >= len(tokens) or not _is_scale(tokens[at]) or _is_letter(tokens, at):
        return None
    return tokens[at].piece.number or Decimal(1), at + 1


def _has(tokens: Sequence[Token], at: int, role: str) -> bool:
    return at < len(tokens) and role in tokens[at].piece.roles


def _skip(tokens: Sequence[Token], at: int, role: str) -> int:
    return at + 1 if _has(tokens, at, role) else at


def _stopped(tokens: Sequence[Token], at: int, *, at_commas: bool = True) -> bool:
    """Whether a sentence ends before this token."""
    if not 0 < at <= len(tokens):
        return False
    return tokens[at - 1].stop in ((".", "?", ",") if at_commas else (".", "?"))
