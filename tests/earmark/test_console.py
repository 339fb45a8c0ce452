"""Tables for people: no line is wider than the terminal, and nothing is lost for it."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from earmark.commands.console import Row, print_rows

HEADINGS = ("call", "engine", "stated", "tracked", "outcome")
CELLS = ("05-wrong-number", "pocketsphinx", "google_ads, referral", "google_search", "appointment_booked")


@pytest.mark.parametrize("width", [20, 40, 60, 70, 80, 120])
def test_a_table_fits_the_terminal(width: int) -> None:
    printed = io.StringIO()
    print_rows(HEADINGS, [Row(CELLS, ["words"])], Console(file=printed, width=width))
    lines = printed.getvalue().splitlines()
    assert max(map(cell_len, lines)) <= max(width, 4 + len(CELLS[-1]))
    assert sorted(printed.getvalue().split()) == sorted([*HEADINGS, *pieces(lines), "words"])


def pieces(lines: list[str]) -> list[str]:
    """What the cells fall into: identifiers are broken only where one line a row is won by it."""
    text = "\n".join(lines)
    whole = ("google_search", "appointment_booked")
    parts = ("google_", "search", "appointment_", "booked")
    return ["05-wrong-number", "pocketsphinx", "google_ads,", "referral", *(whole if whole[1] in text else parts)]


def test_a_row_stays_on_one_line_where_it_can() -> None:
    printed = io.StringIO()
    print_rows(HEADINGS, [Row((*CELLS[:2], "referral", *CELLS[3:]))], Console(file=printed, width=120))
    assert len(printed.getvalue().splitlines()) == 2
