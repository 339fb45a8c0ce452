"""The commit comes before the answer, and the connection is back before a byte of it leaves."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import anyio
import anyio.to_thread
import pytest
from doors import Door
from fastapi.testclient import TestClient
from sqlalchemy import QueuePool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.app import create_app
from pipeline.toolbox import Toolbox


class Seen:
    """What another process would find in the database, and what ours holds, at the moment an answer begins."""

    def __init__(self, tools: Toolbox, path: Path, question: str) -> None:
        self.app: ASGIApp = create_app(tools)
        self.tools, self.path, self.question = tools, path, question
        self.found: list[Any] = []
        self.held: list[int] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def look(message: Message) -> None:
            if message["type"] == "http.response.start":
                with sqlite3.connect(self.path) as connection:
                    self.found.append(connection.execute(self.question).fetchone()[0])
                connection.close()
                self.held.append(cast(QueuePool, self.tools.sessions.engine.pool).checkedout())
            await send(message)

        await self.app(scope, receive, look)


@pytest.mark.parametrize(
    ("question", "before", "after", "ask"),
    [
        ("SELECT count(*) FROM call", 1, 2, lambda door, call: door.post("/calls", json={"external_id": "new"})),
        (
            "SELECT count(*) FROM correction",
            0,
            1,
            lambda door, call: door.put(f"/calls/{call}/tags/outcome", json={"values": ["lost"]}),
        ),
        ("SELECT state = 'erased' FROM call", 0, 1, lambda door, call: door.delete(f"/calls/{call}")),
    ],
)
def test_a_change_is_committed_before_its_answer_begins(  # noqa: PLR0917
    door: Door, tmp_path: Path, question: str, before: int, after: int, ask: Callable[[Door, str], Any]
) -> None:
    call = door.spoken()
    seen = Seen(door.tools, tmp_path / "earmark.sqlite", question)
    other = Door(TestClient(seen), door.tools, door.sent, door.key)
    other.get("/calls")
    assert ask(other, call).is_success
    assert seen.found == [before, after]
    assert seen.held == [0, 0]


@pytest.mark.parametrize("path", ["", "/{call}", "/{call}/transcript", "/{call}/tags", "/{call}/record"])
def test_no_connection_is_held_when_an_answer_begins(door: Door, tmp_path: Path, path: str) -> None:
    call = door.spoken()
    seen = Seen(door.tools, tmp_path / "earmark.sqlite", "SELECT 1")
    other = Door(TestClient(seen), door.tools, door.sent, door.key)
    assert other.get(f"/calls{path.format(call=call)}").status_code == 200
    assert seen.held == [0]


def test_as_many_requests_are_worked_on_as_there_are_connections(tools: Toolbox) -> None:
    app = create_app(tools, threads=7)

    async def threads() -> float:
        async with app.router.lifespan_context(app):
            return anyio.to_thread.current_default_thread_limiter().total_tokens

    assert anyio.run(threads) == 7


def test_more_readers_than_connections_all_get_their_answer(door: Door) -> None:
    """None may wait for a thread with a connection in hand: those who have the threads may wait for connections."""
    door.spoken()
    pool = cast(QueuePool, door.tools.sessions.engine.pool)
    app = create_app(door.tools, threads=pool.size())
    statuses: list[int] = []

    async def ask() -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": "/api/v1/calls",
            "raw_path": b"/api/v1/calls",
            "query_string": b"",
            "headers": [(b"x-api-key", door.key.encode())],
        }
        await app(scope, receive, send)

    async def all_at_once() -> None:
        async with app.router.lifespan_context(app):
            with anyio.fail_after(20):
                async with anyio.create_task_group() as group:
                    for _ in range(5 * pool.size()):
                        group.start_soon(ask)

    anyio.run(all_at_once)
    assert statuses == [200] * (5 * pool.size())
