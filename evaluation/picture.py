"""Confusion matrices as a picture: an SVG with a table for each question, labels down, answers across."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from evaluation.score import QUALITY_ORDER, Scored, confusion, labelled

_CELL, _HEIGHT = 66, 44
_CHARACTER = 7.2
"""Width of a letter of 13 pixels, on average; labels get room by it."""
_MARGIN, _TITLE = 16, 40
_DARK_FROM = 0.8
"""Share of a cell from which its text is white: 4.5 to 1 and more on either side (WCAG 2 AA)."""
_RIGHT, _WRONG = (13, 92, 99), (168, 50, 50)
"""Full colours of cells on the diagonal and beside it."""
_NONE = "none"
_ORDERS = {"lead_quality": QUALITY_ORDER[::-1]}


@dataclass(frozen=True, slots=True)
class _Table:
    body: str
    width: int
    height: int


def confusion_picture(calls: Sequence[Scored], questions: Sequence[str]) -> str:
    """An SVG on white. Each cell has how many calls, and their share of the row in percent."""
    tables = [_table(calls, question) for question in questions if labelled(calls, question)]
    width = max([_MARGIN * 2 + 200, *(table.width for table in tables)])
    height = _MARGIN + sum(table.height for table in tables)
    parts, top = [], _MARGIN
    for table in tables:
        parts.append(f'<g transform="translate({_MARGIN},{top})">{table.body}</g>')
        top += table.height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="DejaVu Sans, Arial, sans-serif" font-size="13" fill="#111">'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _table(calls: Sequence[Scored], question: str) -> _Table:
    counts = confusion(calls, question)
    rows = _ordered({wanted for wanted, _ in counts}, question)
    columns = _ordered({name for pair in counts for name in pair}, question)
    left = round(max(len(_shown(name)) for name in (*rows, "label / answer")) * _CHARACTER) + 60
    above = round(max(len(_shown(name)) for name in columns) * _CHARACTER * 0.71) + _TITLE
    parts = [
        f'<text y="16" font-size="16" font-weight="bold">{escape(_shown(question))}</text>',
        f'<text y="{above - 8}" fill="#555">label / answer</text>',
    ]
    for column, name in enumerate(columns):
        at = left + column * _CELL + _CELL // 2
        parts.append(f'<text transform="translate({at},{above - 8}) rotate(-45)">{escape(_shown(name))}</text>')
    for row, wanted in enumerate(rows):
        top = above + row * _HEIGHT
        total = sum(counts[wanted, found] for found in columns)
        parts.append(f'<text y="{top + 27}">{escape(_shown(wanted))}</text>')
        parts.append(f'<text x="{left - 10}" y="{top + 27}" text-anchor="end" fill="#555">{total}</text>')
        for column, found in enumerate(columns):
            parts += _cell(
                left + column * _CELL, top, counts[wanted, found] / total, counts[wanted, found], wanted == found
            )
    tilted = round(max(len(_shown(name)) for name in columns) * _CHARACTER * 0.71)
    return _Table("".join(parts), _MARGIN * 2 + left + len(columns) * _CELL + tilted, above + len(rows) * _HEIGHT + 24)


def _cell(left: int, top: int, share: float, count: int, is_right: bool) -> Iterator[str]:
    full = _RIGHT if is_right else _WRONG
    colour = ",".join(str(round(255 - (255 - part) * share)) for part in full)
    yield (
        f'<rect x="{left}" y="{top}" width="{_CELL - 2}" height="{_HEIGHT - 2}" fill="rgb({colour})" stroke="#ccc"/>'
    )
    if not count:
        return
    ink = "#fff" if share >= _DARK_FROM else "#111"
    middle = left + _CELL // 2 - 1
    yield f'<text x="{middle}" y="{top + 19}" text-anchor="middle" fill="{ink}" font-weight="bold">{count}</text>'
    yield f'<text x="{middle}" y="{top + 35}" text-anchor="middle" fill="{ink}" font-size="12">{share:.0%}</text>'


def _ordered(names: set[str], question: str) -> list[str]:
    """Qualities in their order, others by name; what was not answered last."""
    order = [name for name in _ORDERS.get(question, ()) if name in names]
    rest = sorted(names - set(order) - {str(None)})
    return [*order, *rest, *({str(None)} & names)]


def _shown(name: str) -> str:
    return _NONE if name == str(None) else name.replace("_", " ")
