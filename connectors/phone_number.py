"""Numbers as phone systems write them to E.164, where they can be read so."""

import re
import unicodedata

_KEYS = {2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno", 7: "pqrs", 8: "tuv", 9: "wxyz"}
_KEYPAD = str.maketrans({letter: str(digit) for digit, letters in _KEYS.items() for letter in letters})
_KEYED = ("anonymous", "unknown", "unavailable", "restricted", "blocked")
_ENGLISH = ("private", "withheld", "hidden", "none", "null", "na", "nocallerid", "privatenumber", "unknownnumber")
_RUSSIAN = ("аноним", "анонимный", "неизвестен", "неизвестный", "неизвестно", "скрыт", "скрытый", "скрытыйномер")
_PERSIAN = ("ناشناس", "نامشخص", "مخفی", "خصوصی")
# Networks that carry digits alone send the word as it is keyed: 266696687 is "anonymous".
_HIDDEN = frozenset(("", *_KEYED, *(word.translate(_KEYPAD) for word in _KEYED), *_ENGLISH, *_RUSSIAN, *_PERSIAN))
_SIP = re.compile(r"<?\s*(?:sips?|tel):([^@;>]*)", re.IGNORECASE)
_NAMED = re.compile(r".*<([^<>]+)>\s*$")
_LONG_NUMBER = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){8,}")
"""Digits enough for a phone number; a date has eight."""


def phone_number(text: str, *, region: str | None = None) -> str | None:
    """E.164 such as `+79161234567`; what cannot be read as a phone number (an extension, a name) stays as it is,
    with its digits in Latin script. None: the caller hid the number.

    `region`: ISO 3166-1 alpha-2, for numbers without a country code. Reads `"Anna" <sip:+4420…@host>` too.
    """
    plain = _plain(text)
    if re.sub(r"[\W_]", "", plain).lower() in _HIDDEN:
        return None
    return _e164(plain, region) or plain


def is_somebodys(number: str) -> bool:
    """Whether `number`, as `phone_number` gave it, is one that a line can have: calls from it are of one person.

    False for an extension, a name, a number too short or of no numbering plan: many people may share these.
    """
    from phonenumbers import NumberParseException, is_valid_number, parse

    if not number.startswith("+") or phone_number(number) is None:
        return False
    try:
        return is_valid_number(parse(number))
    except NumberParseException:
        return False


def without_numbers(name: str) -> str:
    """Phone systems write numbers into the names of their files, and the reason of a failure goes out."""
    return _LONG_NUMBER.sub("…", name)


def _plain(text: str) -> str:
    """Digits of any script to Latin ones; marks of direction, and what SIP puts around a number, taken away."""
    visible = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    folded = "".join(str(unicodedata.decimal(letter, letter)) for letter in visible).strip()
    if found := _SIP.search(folded):
        return found[1].strip()
    named = _NAMED.match(folded)
    return named[1].strip() if named else folded


def _e164(text: str, region: str | None) -> str | None:
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        format_number,
        is_possible_number,
        parse,
    )

    international = f"+{text[2:]}" if text.startswith("00") and region is None else text
    try:
        number = parse(international, region.upper() if region else None)
    except NumberParseException:
        return None
    return format_number(number, PhoneNumberFormat.E164) if is_possible_number(number) else None
