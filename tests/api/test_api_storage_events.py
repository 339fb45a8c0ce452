"""What the object store tells, and what becomes of it."""

import json
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from doors import Door, make_key
from fastapi.testclient import TestClient
from s3_server import S3Server
from toolboxes import Sent, make_toolbox

from api.app import create_app
from pipeline.sources import ensure_default
from storage.objects import BucketOptions, BucketStore

BUCKET = "events-over-http"


def event(key: str, *, bucket: str = BUCKET, name: str = "s3:ObjectCreated:Put") -> bytes:
    record = {"eventName": name, "s3": {"bucket": {"name": bucket}, "object": {"key": quote_plus(key)}}}
    return json.dumps({"EventName": name, "Records": [record]}).encode()


@pytest.fixture
def notified(s3_server: S3Server, tmp_path: Path) -> Door:
    """The API over a bucket with one object in its inbox."""
    store = BucketStore(
        BucketOptions(
            endpoint=s3_server.endpoint,
            access_key=s3_server.access_key,
            secret_key=s3_server.secret_key,
            bucket=BUCKET,
            secure=False,
            may_create=True,
        )
    )
    store.check()
    sound = tmp_path / "sound.wav"
    sound.write_bytes(b"a sound")
    store.put_file("inbox/call 1.wav", sound)
    sent: Sent = []
    tools = make_toolbox(tmp_path, sent=sent, objects=store)
    ensure_default(tools)
    key = make_key(tools, "storage:notify", "calls:read")
    return Door(TestClient(create_app(tools), raise_server_exceptions=False), tools, sent, key)


def test_an_object_that_lands_becomes_a_call_once(notified: Door) -> None:
    for _ in range(2):
        answer = notified.client.post(
            "/api/v1/storage-events", content=event("inbox/call 1.wav"), headers={"Authorization": notified.key}
        )
        assert (answer.status_code, answer.json()) == (200, {"noticed": 1})
    (call,) = notified.get("/calls").json()["calls"]
    assert (call["state"], call["stage"]) == ("working", "fetch")


@pytest.mark.parametrize(
    "body",
    [
        event("inbox/call 1.wav", bucket="foreign"),
        event("elsewhere/call 1.wav"),
        event("inbox/gone.wav"),
        event("inbox/call 1.wav", name="s3:ObjectRemoved:Delete"),
        event("inbox/../../etc/passwd"),
        b'{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "x"}',
    ],
)
def test_what_is_not_ours_is_passed_over(notified: Door, body: bytes) -> None:
    answer = notified.post("/storage-events", content=body)
    assert answer.status_code == 200, answer.text
    assert notified.get("/calls").json()["calls"] == []


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b'{"Records": 7}', b'{"Records": [{}]}'])
def test_what_is_no_notification_is_refused(door: Door, body: bytes) -> None:
    answer = door.post("/storage-events", content=body)
    assert (answer.status_code, answer.json()["type"]) == (400, "/docs/problems#not-json")


def test_a_folder_store_has_no_events_of_its_own(door: Door) -> None:
    assert door.post("/storage-events", content=event("inbox/a.wav")).json() == {"noticed": 0}


def test_an_endless_event_is_refused(door: Door) -> None:
    answer = door.post("/storage-events", content=b" " * (8 * 1024**2 + 1))
    assert (answer.status_code, answer.json()["type"]) == (413, "/docs/problems#too-large")
