"""The outermost door of the API: request ids, one log line a request, security headers, and the last resort."""

import re
import time
from collections.abc import Callable
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from ulid import ULID

from api.problems import UNEXPECTED, Problem

GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
"""A request id that we take from the sender; another one is replaced, for it goes into the log."""
CLIENT_GONE = 499
"""What the log says of a sender who left; nobody gets it."""
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}
"""Unless an answer has its own."""

log = structlog.get_logger()

Answering = Callable[[Problem, str], ASGIApp]
"""A problem and the request's id to an answer."""


class Door:
    """Plain ASGI. A route's exception that nobody expected is logged with its traceback, and answered without one."""

    def __init__(self, app: ASGIApp, *, answering: Answering) -> None:
        self._app = app
        self._answering = answering

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if GIVEN_ID.fullmatch(given) else str(ULID())
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, request_id)
        began = time.monotonic()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, answer.send)
            except ClientDisconnect:
                answer.status = CLIENT_GONE
            except Exception as error:  # a door: whatever it was, the sender gets an answer and the log the traceback
                log.exception("request broke")
                if answer.status is not None:
                    raise  # half an answer is sent; only closing the connection tells that it is not whole
                problem = Problem(UNEXPECTED, f"something broke here; the log has it under {request_id}")
                problem.__cause__ = error
                await self._answering(problem, request_id)(scope, receive, answer.send)
            finally:
                _log_line(scope, answer.status, time.monotonic() - began)


class _Answer:
    """Notes the status, and adds the headers that every answer has."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self._request_id
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


def _log_line(scope: Scope, status: int | None, seconds: float) -> None:
    """The route's pattern, not the path, and no query: neither may hold a phone number or a secret."""
    state: dict[str, Any] = scope["state"]
    route = getattr(scope.get("route"), "path", None)
    log.info(
        "request",
        method=scope["method"],
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        key=state.get("key"),
    )
