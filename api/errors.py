"""Exceptions to answers: every error leaves as `application/problem+json`."""

import re
from collections.abc import Iterable
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.invalid import invalid, sentence
from api.problems import DATABASE_AWAY, MEDIA_TYPE, Answer, Problem, answer_of, of_error, plain_answer
from models.errors import EarmarkError

log = structlog.get_logger()


def add_handlers(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        return respond(error, request.state.request_id)

    @app.exception_handler(EarmarkError)
    async def ours(request: Request, error: EarmarkError) -> Response:
        found = of_error(error)
        if found.kind.status >= 500:
            log.error("request failed", kind=found.kind.name, error=str(error))
        return respond(found, request.state.request_id)

    @app.exception_handler(RequestValidationError)
    async def wrong_values(request: Request, error: RequestValidationError) -> Response:
        known = _parameters(request)
        return respond(invalid(error.errors(), said=lambda found: sentence(found, known)), request.state.request_id)

    @app.exception_handler(DBAPIError)
    @app.exception_handler(PoolTimeout)
    async def database(request: Request, error: Exception) -> Response:
        if isinstance(error, DBAPIError) and not _is_away(error):
            raise error
        log.error("database does not answer", exc_info=error)
        problem = Problem(
            DATABASE_AWAY,
            "the database does not answer; nothing of this request was kept. Try again in a moment",
            headers={"Retry-After": "5"},
        )
        return respond(problem, request.state.request_id)

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        return _sent(_plain(request, error))


def respond(problem: Problem, request_id: str) -> Response:
    return _sent(answer_of(problem, request_id=request_id))


def _sent(answer: Answer) -> Response:
    return JSONResponse(answer.body, answer.status, dict(answer.headers), media_type=MEDIA_TYPE)


def _is_away(error: DBAPIError) -> bool:
    """Lost, refused or locked, as against a mistake of ours in a statement."""
    return error.connection_invalidated or type(error).__name__ in ("OperationalError", "InterfaceError")


def _plain(request: Request, error: HTTPException) -> Answer:
    headers, detail = dict(error.headers or {}), str(error.detail)
    if error.status_code == 404:
        detail = f"there is nothing at {request.url.path}; /docs shows what there is"
    elif error.status_code == 405:
        allowed = sorted(_methods_of(request)) or [headers.get("Allow", "GET")]
        headers["Allow"] = ", ".join(allowed)
        detail = f"{request.method} is not done here; {request.url.path} takes {headers['Allow']}"
    return plain_answer(error.status_code, detail, request_id=request.state.request_id, headers=headers)


def _methods_of(request: Request) -> set[str]:
    """All that the documentation has for this path: the router names those of its first route alone."""
    found: set[str] = set()
    for template, operations in _paths(request).items():
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), request.url.path):
            found |= {method.upper() for method in operations}
    return found


def _parameters(request: Request) -> Iterable[str]:
    operation = _paths(request).get(request.scope["route"].path, {}).get(request.method.lower(), {})
    return [parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"]


def _paths(request: Request) -> dict[str, Any]:
    paths: dict[str, Any] = request.app.openapi()["paths"]
    return paths
