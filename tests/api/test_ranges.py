"""Byte ranges after RFC 9110, section 14, and validators after section 13."""

from datetime import UTC, datetime

import pytest

from api.ranges import Part, content_range, http_date, part_of

MODIFIED = datetime(2026, 11, 3, 14, 5, 20, 123456, tzinfo=UTC)
WHOLE = Part(200, 0, 10)


def asked(size: int = 10, **headers: str) -> Part:
    return part_for(headers, size=size)


def part_for(headers: dict[str, str], *, size: int = 10) -> Part:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return part_of(named, size=size, etag="abc", modified=MODIFIED)


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-", Part(206, 0, 10)),
        ("bytes=0-0", Part(206, 0, 1)),
        ("bytes=2-4", Part(206, 2, 3)),
        ("bytes=9-", Part(206, 9, 1)),
        ("bytes=2-99", Part(206, 2, 8)),
        ("bytes=-3", Part(206, 7, 3)),
        ("bytes=-99", Part(206, 0, 10)),
        ("Bytes = 2 - 4", Part(206, 2, 3)),
        ("bytes=10-", Part(416, 0, 0)),
        ("bytes=10-20", Part(416, 0, 0)),
        ("bytes=-0", Part(416, 0, 0)),
        ("bytes=4-2", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=0-1,4-5", WHOLE),
        ("seconds=0-1", WHOLE),
        ("bytes=٢-٤", WHOLE),
        ("bytes=99999999999999999999999-", WHOLE),
        ("", WHOLE),
    ],
)
def test_a_range_is_read(wanted: str, part: Part) -> None:
    assert asked(range=wanted) == part


def test_nothing_of_an_empty_object_can_be_asked_for() -> None:
    assert asked(size=0, range="bytes=0-") == Part(416, 0, 0)
    assert asked(size=0) == Part(200, 0, 0)


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ('"abc"', 206),
        ('W/"abc"', 200),
        ('"other"', 200),
        ("Tue, 03 Nov 2026 14:05:20 GMT", 206),
        ("Tue, 03 Nov 2026 14:05:21 GMT", 200),
        ("yesterday", 200),
    ],
)
def test_if_range_gives_the_part_only_of_the_same_object(condition: str, status: int) -> None:
    assert asked(range="bytes=0-1", if_range=condition).status == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if_none_match": '"abc"'}, 304),
        ({"if_none_match": '"x", W/"abc"'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": '"x"'}, 200),
        ({"if_modified_since": "Tue, 03 Nov 2026 14:05:20 GMT"}, 304),
        ({"if_modified_since": "Tue, 03 Nov 2026 14:05:19 GMT"}, 200),
        ({"if_modified_since": "yesterday"}, 200),
        ({"if_none_match": '"x"', "if_modified_since": "Tue, 03 Nov 2026 14:05:20 GMT"}, 200),
        ({"if_none_match": '"abc"', "range": "bytes=0-1"}, 304),
    ],
)
def test_what_the_reader_has_is_not_sent_again(headers: dict[str, str], status: int) -> None:
    assert part_for(headers).status == status


def test_the_header_says_what_is_sent_of_how_much() -> None:
    assert content_range(Part(206, 2, 3), 10) == "bytes 2-4/10"
    assert content_range(Part(416, 0, 0), 10) == "bytes */10"
    assert content_range(WHOLE, 10) is None
    assert http_date(MODIFIED) == "Tue, 03 Nov 2026 14:05:20 GMT"
