"""Touchpoints of visitors, sent by themselves, before or after their calls."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field, ValidationError

from api import bodies
from api.dependencies import KEY_NEEDED, Key, Tools
from api.invalid import invalid
from api.openapi import body_of, problems
from api.problems import INVALID, Fault, Problem
from api.routes.calls import PREFIX
from api.schemas import Shown
from connectors.json_faults import explain
from connectors.touchpoint_json import FIELDS, Here, TouchpointIn, TouchpointsIn, read_touchpoints
from models.errors import NotFound
from models.touchpoint import Visit
from pipeline.match import standing_call, take_touchpoints
from pipeline.toolbox import Toolbox
from storage import workspaces

router = APIRouter(prefix=PREFIX, tags=["touchpoints"], dependencies=KEY_NEEDED)


class TouchpointsTaken(Shown):
    """Touchpoints that were taken in."""

    created: int = Field(description="Those that are new.")
    known: int = Field(description="Those whose ids were there already; they stay as they were.")


@router.post(
    "/touchpoints",
    status_code=202,
    responses=problems(400, 413, 415, 422),
    openapi_extra={"requestBody": body_of(TouchpointIn, TouchpointsIn)},
)
def create_touchpoints(tools: Tools, key: Key, body: Annotated[bytes, Depends(bodies.json_body)]) -> TouchpointsTaken:
    """Send one touchpoint, or up to 1,000. They find their calls, and calls find them, whichever comes first.

    By the session or click id that a call's `tracking` has too, the caller's number, or the tracking number shown; with
    them come the other touchpoints of the same visitor. What came after the call began did not bring it. One that is
    wrong refuses all of the request.
    """
    document = bodies.parsed_object(body, "the body")
    with tools.sessions.read() as session:
        region = workspaces.by_id(session, key.workspace_id).region
    try:
        given = read_touchpoints(document, Here(now=datetime.now(UTC), region=region))
    except ValidationError as error:
        raise invalid(error.errors(include_url=False), said=lambda fault: explain([fault], FIELDS)) from None
    ours = _with_our_calls(tools, given, key.workspace_id)
    taken = take_touchpoints(tools, ours, workspace_id=key.workspace_id)
    return TouchpointsTaken(created=taken.created, known=taken.known)


def _with_our_calls(tools: Toolbox, given: Sequence[Visit], workspace_id: int) -> list[Visit]:
    """Calls that they name are this workspace's own. Raises Problem for all that are not."""
    found, faults = list[Visit](), list[Fault]()
    with tools.sessions.read() as session:
        for place, one in enumerate(given):
            try:
                call = one.call and standing_call(session, tools, one.call, workspace_id=workspace_id)
                found.append(replace(one, call=call))
            except NotFound as error:
                field = f"touchpoints.{place}.call"
                faults.append(Fault(field=field, value=one.call, detail=f"{field}: {error}"))
    if faults:
        more = f" ({len(faults) - 1} more in `errors`)" if len(faults) > 1 else ""
        raise Problem(INVALID, f"{faults[0].detail}{more}", faults=faults)
    return found
