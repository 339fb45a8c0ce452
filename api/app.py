"""The REST API as one ASGI application, made from a toolbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api import openapi
from api.errors import add_handlers, respond
from api.middleware import Door
from api.readiness import Readiness
from api.routes import (
    calls,
    feed,
    health,
    leads,
    numbers,
    pages,
    recording,
    storage_events,
    touchpoints,
    trackers,
    words,
)
from pipeline.toolbox import Toolbox

ROUTERS = (
    calls.router,
    recording.router,
    words.router,
    trackers.router,
    leads.router,
    touchpoints.router,
    numbers.router,
    feed.router,
    storage_events.router,
    health.router,
    pages.router,
)


def create_app(
    tools: Toolbox, *, threads: int = 40, version: str = "0", storage_events_token: str | None = None
) -> FastAPI:
    """`threads`: requests that are worked on at once; the database pool of `tools` must have as many connections.

    `storage_events_token`: what the object store may send instead of an API key.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = threads
        yield
        tools.sessions.engine.dispose()

    app = FastAPI(
        title="Earmark",
        version=version,
        summary="From a recorded call to an attribution record.",
        description=openapi.DESCRIPTION,
        openapi_tags=openapi.TAGS,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
    )
    app.state.tools = tools
    app.state.storage_events_token = storage_events_token
    app.state.readiness = Readiness(tools)
    add_handlers(app)
    app.add_middleware(Door, answering=respond)
    for router in ROUTERS:
        app.include_router(router)
    app.openapi = lambda: openapi.complete(app)  # type: ignore[method-assign]
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name
