"""Bucket notifications of MinIO and AWS."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from connectors.s3_event import created_objects
from models.errors import BadInput


def record(key: str, event: str = "s3:ObjectCreated:Put", bucket: str = "calls", **more: str) -> dict[str, Any]:
    return {"eventName": event, "s3": {"bucket": {"name": bucket}, "object": {"key": key, **more}}}


def body(*records: dict[str, Any]) -> bytes:
    return json.dumps({"Records": list(records)}).encode()


@pytest.mark.parametrize(
    ("encoded", "key"),
    [
        ("inbox%2Fa.wav", "inbox/a.wav"),
        ("inbox/a+b.wav", "inbox/a b.wav"),
        ("inbox/a%2Bb.wav", "inbox/a+b.wav"),
        ("inbox/100%25.wav", "inbox/100%.wav"),
        ("%D0%B7%D0%B2%D0%BE%D0%BD%D0%BE%D0%BA.wav", "звонок.wav"),
        ("%D8%AA%D9%85%D8%A7%D8%B3.wav", "تماس.wav"),
        ("..%2F..%2Fetc", "../../etc"),  # read as it stands: the store is what refuses it
    ],
)
def test_keys_are_decoded_as_a_query_is(encoded: str, key: str) -> None:
    assert created_objects(body(record(encoded))) == [("calls", key)]


@pytest.mark.parametrize(
    "event",
    ["s3:ObjectCreated:Put", "ObjectCreated:Put", "s3:ObjectCreated:CompleteMultipartUpload", "ObjectCreated:Copy"],
)
def test_every_way_to_create_counts(event: str) -> None:
    assert created_objects(body(record("a.wav", event))) == [("calls", "a.wav")]


@pytest.mark.parametrize(
    "event",
    ["s3:ObjectRemoved:Delete", "ObjectRemoved:DeleteMarkerCreated", "s3:ObjectAccessed:Get", "ObjectTagging:Put"],
)
def test_other_events_are_passed_over(event: str) -> None:
    assert created_objects(body(record("a.wav", event))) == []


def test_the_same_object_is_named_once_whatever_its_version() -> None:
    twice = body(record("a.wav", versionId="1"), record("b.wav"), record("a.wav", versionId="2"))
    assert created_objects(twice) == [("calls", "a.wav"), ("calls", "b.wav")]


def test_a_removal_beside_a_creation_hides_nothing() -> None:
    both = body(record("old.wav", "s3:ObjectRemoved:Delete"), record("new.wav"))
    assert created_objects(both) == [("calls", "new.wav")]


def test_the_name_of_a_folder_is_no_object() -> None:
    assert created_objects(body(record("inbox/"))) == []


@pytest.mark.parametrize("text", ['{"Event": "s3:TestEvent"}', '{"Records": []}', "{}"])
def test_a_body_without_records_names_nothing(text: str) -> None:
    assert created_objects(text.encode()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "no JSON"),
        (b"not json", "not json"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[1]", r"\[1\]"),
        (b'{"Records": 7}', "Records: 7"),
        (b'{"Records": ["x"]}', r"Records\[0\]\.eventName: None"),
        (b'{"Records": [{"eventName": "s3:ObjectCreated:Put"}]}', r"Records\[0\]\.s3\.object\.key: None"),
        (body(record("a%FF.wav")), r"Records\[0\]\.s3\.object\.key: 'a%FF\.wav'"),
        (body(record("a.wav"), record("b.wav", bucket="")), r"Records\[1\]\.s3\.bucket\.name: ''"),
    ],
)
def test_what_is_no_notification_is_refused_with_its_place(text: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        created_objects(text)


PAYLOADS = [
    ("minio/complete-multipart.json", [("recordings", "calls/long.mp3")]),
    ("minio/put-awkward-key.json", [("recordings", "calls/2026/11/03/звонок №1 (ресепшн)+a.wav")]),
    ("minio/put-verbatim.json", [("anze", "hello.jpg")]),
    ("minio/removed.json", []),
    ("minio/zero-bytes.json", [("recordings", "calls/empty.wav")]),
    ("aws/s3-event.json", [("sourcebucket", "Happy Face.jpg")]),
    ("aws/s3-event-with-decoded.json", [("sourcebucket", "Happy Face.jpg")]),
    ("aws/s3-test-event.json", []),
]


@pytest.mark.parametrize(("name", "expected"), PAYLOADS)
def test_bodies_that_stores_have_sent(name: str, expected: list[tuple[str, str]]) -> None:
    folder = os.environ.get("EARMARK_TEST_DATA")
    if not folder:
        pytest.skip("EARMARK_TEST_DATA names no folder with payloads/")
    assert created_objects((Path(folder) / "payloads" / name).read_bytes()) == expected
