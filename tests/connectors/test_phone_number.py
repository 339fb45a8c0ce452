"""Phone numbers as phone systems write them."""

import pytest

from connectors.phone_number import is_somebodys, phone_number


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+12025550143", None, "+12025550143"),
        ("+1 (202) 555-0143", None, "+12025550143"),
        ("(202) 555-0143", "US", "+12025550143"),
        ("12025550143", "US", "+12025550143"),
        ("8 (916) 123-45-67", "RU", "+79161234567"),
        ("79161234567", "RU", "+79161234567"),
        ("0912 345 6789", "IR", "+989123456789"),
        ("۰۹۱۲۳۴۵۶۷۸۹", "IR", "+989123456789"),
        ("+٩٨٩١٢٣٤٥٦٧٨٩", None, "+989123456789"),
        ("00442079460018", None, "+442079460018"),
        ("\u200e+44 20 7946 0018\u202c", None, "+442079460018"),
        ("020 7946 0018", "gb", "+442079460018"),
        ("sip:+442079460018@pbx.example;user=phone", None, "+442079460018"),
        ('"Anna" <sip:+442079460018@pbx.example>', None, "+442079460018"),
        ("Anna <+442079460018>", None, "+442079460018"),
        ("tel:+442079460018", None, "+442079460018"),
    ],
)
def test_what_is_a_phone_number_becomes_e164(text: str, region: str | None, expected: str) -> None:
    assert phone_number(text, region=region) == expected


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("101", "US", "101"),
        (" ۱۰۱ ", "IR", "101"),
        ("reception", None, "reception"),
        ("9161234567", None, "9161234567"),
        ("9161234567", "ZZ", "9161234567"),
    ],
)
def test_what_is_none_stays_as_it_is(text: str, region: str | None, expected: str) -> None:
    assert phone_number(text, region=region) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", "N/A", "anonymous", "Anonymous", "UNKNOWN", "Private Number", "No Caller ID"),
        *("+266696687", "+7378742833", "sip:anonymous@anonymous.invalid", "Скрытый номер", "ناشناس"),
    ],
)
def test_a_hidden_number_is_none(text: str) -> None:
    assert phone_number(text) is None


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+12025550143", None, True),
        ("8 (916) 123-45-67", "RU", True),
        ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "IR", True),
        ("٠٩١٢٣٤٥٦٧٨٩", "IR", True),
        ("9161234567", None, False),  # of which country, nobody knows
        ("101", "US", False),
        ("reception", None, False),
        ("+1 202", None, False),
        ("+12020000000", None, False),  # as long as a number, and of no numbering plan
        ("+999123456789", None, False),
        ("00000000000", "RU", False),
    ],
)
def test_calls_are_of_one_person_only_where_a_line_can_have_the_number(
    text: str, region: str | None, expected: bool
) -> None:
    number = phone_number(text, region=region)
    assert number is not None
    assert is_somebodys(number) is expected


@pytest.mark.parametrize("stored", ["+266696687", "+86282452253", "anonymous", "+", ""])
def test_a_hidden_number_is_nobodys_though_it_was_stored_as_one(stored: str) -> None:
    assert not is_somebodys(stored)
