"""What the routes are given: the toolbox, and whose key it is.

No session is among them. A route opens one for as long as it reads, within its one thread: FastAPI turns the result to
JSON in a thread of its own, and a request that waits for that thread with a connection in hand may wait for those who
have the threads and wait for a connection.
"""

import hmac
from typing import Annotated

import structlog
from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from sqlalchemy.exc import SQLAlchemyError

from api.problems import INVALID, NO_KEY, NO_SCOPE, Problem
from pipeline.toolbox import Toolbox
from storage import access
from storage.access import ApiKey

SCOPE_OF: dict[str, str] = {
    "list_calls": "calls:read",
    "get_call": "calls:read",
    "get_sound": "calls:read",
    "get_transcript": "calls:read",
    "get_tags": "calls:read",
    "get_recording": "calls:read",
    "head_recording": "calls:read",
    "get_record": "records:read",
    "list_leads": "calls:read",
    "get_lead": "calls:read",
    "create_call": "calls:write",
    "put_tag": "calls:write",
    "put_roles": "calls:write",
    "retry_failed_call": "calls:write",
    "delete_call": "calls:write",
    "list_trackers": "calls:read",
    "test_trackers": "calls:read",
    "put_tracker": "trackers:write",
    "delete_tracker": "trackers:write",
    "list_numbers": "calls:read",
    "create_number": "numbers:write",
    "delete_number": "numbers:write",
    "create_touchpoints": "touchpoints:write",
    "list_attribution_records": "records:read",
    "notify_storage_event": "storage:notify",
}
"""What a key needs for each operation. One that is missing here is refused to everybody."""

log = structlog.get_logger()

_bearer = HTTPBearer(
    scheme_name="bearer_key",
    description="`Authorization: Bearer em_…`; `earmark keys create` makes one.",
    auto_error=False,
)
_header = APIKeyHeader(name="X-API-Key", scheme_name="header_key", description="`X-API-Key: em_…`.", auto_error=False)


def toolbox(request: Request) -> Toolbox:
    tools: Toolbox = request.app.state.tools
    return tools


Tools = Annotated[Toolbox, Depends(toolbox)]


def key_of(request: Request, tools: Tools) -> ApiKey:
    """Whose request it is. Raises Problem and Denied: no key, a wrong one, or one that may not do this."""
    given = _given_key(request)
    scope = SCOPE_OF.get(request.scope["route"].name)
    with tools.sessions.read() as session:
        key = access.check_key(session, given)
    request.state.key = key.prefix
    if scope not in key.scopes:
        raise Problem(
            NO_SCOPE,
            f"the API key {key.name!r} has not the scope {scope!r}, which this needs; it has: {', '.join(key.scopes)}",
            headers={"WWW-Authenticate": f'Bearer realm="earmark", error="insufficient_scope", scope="{scope}"'},
        )
    if access.is_use_due(key):
        _note_use(tools, key)
    return key


Key = Annotated[ApiKey, Depends(key_of)]


def storable(request: Request) -> None:
    """A NUL, which no PostgreSQL text holds, is refused wherever it stands in the address. Raises Problem."""
    values = [*request.path_params.values(), *request.query_params.values()]
    if any("\0" in str(value) for value in values):
        raise Problem(INVALID, "the address has a NUL (%00) in it; leave it out")


def sender_of_events(request: Request, tools: Tools) -> None:
    """The object store with its own token, or whoever has a key for it. Raises Problem and Denied."""
    token: str | None = request.app.state.storage_events_token
    if token is not None and hmac.compare_digest(_given_key(request).encode(), token.encode()):
        request.state.key = "EARMARK_STORAGE_EVENTS_TOKEN"
        return
    key_of(request, tools)


TOKEN_OR_KEY_NEEDED = [Security(_bearer), Security(_header), Depends(sender_of_events)]

KEY_NEEDED = [Security(_bearer), Security(_header), Depends(key_of), Depends(storable)]
"""For a router: all of its routes need a key. The first two are for the documentation."""


def _given_key(request: Request) -> str:
    # A store's webhook may send its token without the word Bearer.
    said = request.headers.get("authorization", "").strip()
    scheme, _, rest = said.partition(" ")
    given = rest.strip() if scheme.lower() == "bearer" else said
    given = given or request.headers.get("x-api-key", "").strip()
    if not given:
        raise Problem(
            NO_KEY,
            "this needs an API key: send `Authorization: Bearer em_…`; `earmark keys create NAME` makes one",
            headers={"WWW-Authenticate": 'Bearer realm="earmark"'},
        )
    return given


def _note_use(tools: Toolbox, key: ApiKey) -> None:
    try:
        with tools.sessions.write() as session:
            access.used(session, prefix=key.prefix)
    except SQLAlchemyError as error:
        # That a key was used is good to know, and no reason to refuse what it may do.
        log.warning("the use of a key was not noted", key=key.prefix, error=type(error).__name__)
