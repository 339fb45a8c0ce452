"""The sound of a call over HTTP: parts, conditions, and what is held while it is sent."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import anyio
import pytest
from doors import Door, make_key
from fastapi.testclient import TestClient
from s3_server import S3Server
from sqlalchemy import QueuePool
from starlette.types import Message
from toolboxes import make_toolbox

from api.app import create_app
from models.errors import StoreFailed
from pipeline.toolbox import Toolbox
from storage.objects import BucketOptions, BucketStore, ObjectStore
from storage.objects.store import PIECE

SOUND = bytes(range(256)) * 4096


@pytest.fixture(params=["folder", "bucket"])
def objects(request: pytest.FixtureRequest) -> ObjectStore | None:
    if request.param == "folder":
        return None
    server: S3Server = request.getfixturevalue("s3_server")
    return BucketStore(
        BucketOptions(
            endpoint=server.endpoint,
            access_key=server.access_key,
            secret_key=server.secret_key,
            bucket="sound-over-http",
            secure=False,
            may_create=True,
        )
    )


@pytest.fixture
def listener(objects: ObjectStore | None, tmp_path: Path) -> Iterator[Door]:
    sent: list[Any] = []
    tools = make_toolbox(tmp_path, sent=sent, objects=objects)
    tools.objects.check()
    with TestClient(create_app(tools), raise_server_exceptions=False) as client:
        yield Door(client, tools, sent, make_key(tools))
    tools.sessions.engine.dispose()


def recorded(door: Door, sound: bytes = SOUND, name: str = "a.wav") -> str:
    answer = door.post("/calls", files={"recording": (name, sound)}, data={"metadata": '{"external_id": "a"}'})
    return f"/calls/{answer.json()['id']}/recording"


def test_the_whole_part_and_the_end_of_a_recording(listener: Door) -> None:
    path = recorded(listener)
    whole = listener.get(path)
    assert (whole.status_code, whole.content) == (200, SOUND)
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.headers["content-length"] == str(len(SOUND))
    assert whole.headers["cache-control"] == "private, no-cache"
    for wanted, start, end in (("bytes=5-300000", 5, 300_001), ("bytes=-7", len(SOUND) - 7, len(SOUND))):
        part = listener.get(path, Range=wanted)
        assert (part.status_code, part.content) == (206, SOUND[start:end])
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{len(SOUND)}"


def test_a_head_says_the_same_and_sends_nothing(listener: Door) -> None:
    path = recorded(listener)
    got, head = listener.get(path, Range="bytes=5-9"), listener.head(path, Range="bytes=5-9")
    assert (head.status_code, head.content) == (206, b"")
    for name in ("content-length", "content-range", "content-type", "etag", "last-modified", "accept-ranges"):
        assert head.headers[name] == got.headers[name]


def test_a_range_behind_the_end_is_a_problem(listener: Door) -> None:
    answer = listener.get(recorded(listener), Range="bytes=99999999-")
    assert (answer.status_code, answer.json()["type"]) == (416, "/docs/problems#out-of-range")
    assert answer.headers["content-range"] == f"bytes */{len(SOUND)}"


def test_a_player_that_goes_on_gets_the_part_only_of_the_same_recording(listener: Door) -> None:
    path = recorded(listener)
    etag = listener.head(path).headers["etag"]
    assert listener.get(path, Range="bytes=5-9", If_Range=etag).status_code == 206
    assert listener.get(path, Range="bytes=5-9", If_Range='"another"').content == SOUND
    known = listener.get(path, If_None_Match=etag)
    assert (known.status_code, known.content) == (304, b"")


def test_an_empty_recording_is_empty(listener: Door) -> None:
    answer = listener.get(recorded(listener, b""))
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_name_that_is_no_sound_is_sent_as_bytes(door: Door) -> None:
    answer = door.get(recorded(door, b"<script>alert(1)</script>", "a.html"))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_call_without_a_recording_says_so(door: Door) -> None:
    answer = door.get(f"/calls/{door.call('missed', answered=False)}/recording")
    assert answer.status_code == 404
    assert "has no recording; it is finished" in answer.json()["detail"]


def test_a_recording_that_is_lost_is_a_problem(door: Door) -> None:
    path = recorded(door)
    (key,) = [info.key for info in door.tools.objects.list()]
    door.tools.objects.delete(key)
    assert door.get(path).status_code == 404


class Watched:
    """A store that tells whether a reader is open, and breaks when told to."""

    def __init__(self, tools: Toolbox) -> None:
        self.tools, self.open, self.breaks = tools, 0, False
        self.held: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tools.objects, name)

    def read_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        if self.breaks:
            raise StoreFailed("the store is away")
        self.open += 1
        try:
            for piece in self.tools.objects.read_range(key, start, length):
                self.held.append(cast(QueuePool, self.tools.sessions.engine.pool).checkedout())
                yield piece
        finally:
            self.open -= 1


def watched(door: Door) -> tuple[Watched, TestClient]:
    store = Watched(door.tools)
    app = create_app(replace(door.tools, objects=cast(ObjectStore, store)))
    return store, TestClient(app, raise_server_exceptions=False)


def test_no_database_connection_is_held_while_bytes_are_sent(door: Door) -> None:
    path = recorded(door)
    store, client = watched(door)
    answer = client.get(f"/api/v1{path}", headers={"X-API-Key": door.key})
    assert answer.content == SOUND
    assert len(store.held) == len(SOUND) // PIECE
    assert set(store.held) == {0}
    assert store.open == 0


def test_a_store_that_breaks_at_the_first_byte_is_a_problem_and_no_half_answer(door: Door) -> None:
    path = recorded(door)
    store, client = watched(door)
    store.breaks = True
    answer = client.get(f"/api/v1{path}", headers={"X-API-Key": door.key})
    assert (answer.status_code, answer.json()["type"]) == (503, "/docs/problems#store-failed")
    assert answer.headers["retry-after"] == "5"


def test_a_listener_who_leaves_closes_the_recording(door: Door) -> None:
    path = recorded(door)
    store, client = watched(door)
    messages: list[Message] = []

    async def listen() -> None:
        left = anyio.Event()

        async def receive() -> Message:
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            messages.append(message)
            if message["type"] == "http.response.body":
                left.set()
                await anyio.sleep_forever()  # a connection that takes no more

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "path": f"/api/v1{path}",
            "raw_path": b"",
            "query_string": b"",
            "headers": [(b"x-api-key", door.key.encode())],
            "scheme": "http",
            "server": ("localhost", 80),
        }
        with anyio.fail_after(20):
            await client.app(scope, receive, send)

    anyio.run(listen)
    assert messages[0]["status"] == 200
    assert store.open == 0
