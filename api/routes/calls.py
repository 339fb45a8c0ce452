"""Calls: taken in, listed, tried again, erased."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import bodies, cursors, multipart, shown
from api.bodies import parsed_object
from api.dependencies import KEY_NEEDED, Key, Tools
from api.incoming import upload_of
from api.multipart import Form
from api.openapi import CALL_BODY, problems
from api.schemas import AcceptedCall, CallOut, CallPage
from models.call import Call, CallState
from pipeline.erase import erase_call
from pipeline.ingest import ingest_call
from pipeline.retry import retry_call
from pipeline.toolbox import Toolbox
from storage import calls
from storage.access import ApiKey

PREFIX = "/api/v1"

router = APIRouter(prefix=PREFIX, tags=["calls"], dependencies=KEY_NEEDED)


class CallQuery(BaseModel):
    """Which calls are listed."""

    model_config = ConfigDict(extra="forbid")

    state: CallState | None = Field(None, description="Only calls in this state.")
    external_id: str | None = Field(None, description="Only the calls with this external id (or public id).")
    before: str | None = Field(None, description="`next` of the page before this one.")
    limit: int = Field(50, ge=1, le=200, description="How many calls a page has.")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request's body: its metadata, and the recording if it came along."""

    metadata: dict[str, Any]
    form: Form


async def incoming(request: Request, tools: Tools) -> AsyncIterator[Incoming]:
    """Streamed to a scratch folder that is gone when the call has been taken in."""
    if bodies.media_type(request) != "multipart/form-data":
        yield Incoming(parsed_object(await bodies.json_body(request), "the body"), Form())
        return
    tools.scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=tools.scratch, prefix="upload-") as folder:
        form = await multipart.read_form(request, Path(folder), max_bytes=tools.limits.bytes)
        metadata = {} if form.metadata is None else parsed_object(form.metadata, "the part metadata")
        yield Incoming(metadata, form)


@router.post(
    "/calls",
    status_code=202,
    responses=problems(400, 404, 409, 413, 415, 422, 503),
    openapi_extra={"requestBody": CALL_BODY},
    response_description="Taken in; `Location` says where to follow it.",
)
def create_call(
    tools: Tools,
    key: Key,
    request: Request,
    response: Response,
    given: Annotated[Incoming, Depends(incoming, scope="function")],
) -> AcceptedCall:
    """Take in a call: a recording, where to fetch one (`url`), one that is in the store (`object_key`), a finished
    `transcript`, or the metadata alone (a missed call, or one whose recording comes later).

    Provider and external id are the identity of a call; without an id, the same bytes are the same call. A repeat
    updates what it names, and doubles nothing.
    """
    upload = upload_of(tools, given.metadata, given.form, workspace_id=key.workspace_id)
    taken = ingest_call(tools, upload, workspace_id=key.workspace_id)
    response.headers["Location"] = f"{request.scope.get('root_path', '')}{PREFIX}/calls/{taken.public_id}"
    return shown.accepted_call(_found(tools, key, taken.public_id), created=taken.created)


@router.get("/calls", responses=problems(422))
def list_calls(tools: Tools, key: Key, query: Annotated[CallQuery, Query()]) -> CallPage:
    """The calls of the workspace, newest first."""
    before = None if not query.before else cursors.read_calls_cursor(query.before, key.workspace_id)
    with tools.sessions.read() as session:
        found = calls.page(
            session,
            tools.vault,
            workspace_id=key.workspace_id,
            limit=query.limit + 1,
            before=before,
            state=query.state,
            external_id=query.external_id,
        )
    page = found[: query.limit]
    return CallPage(
        calls=[shown.call_summary(call) for call in page],
        next=_cursor(page[-1]) if len(found) > len(page) else None,
    )


@router.get("/calls/{call_id}", responses=problems(404))
def get_call(tools: Tools, key: Key, call_id: str) -> CallOut:
    """One call, and how far it has come."""
    return shown.call_out(_found(tools, key, call_id))


@router.post("/calls/{call_id}/retry", status_code=202, responses=problems(404, 409))
def retry_failed_call(tools: Tools, key: Key, call_id: str) -> CallOut:
    """Try a failed call again, after what was wrong has been mended."""
    retry_call(tools, call_id=_found(tools, key, call_id).id)
    return shown.call_out(_found(tools, key, call_id))


@router.delete("/calls/{call_id}", status_code=204, responses=problems(404))
def delete_call(tools: Tools, key: Key, call_id: str) -> None:
    """Erase the call: sound, words and tags are gone; the feed tells those who read it. A repeat does no harm."""
    erase_call(tools, call_id=_found(tools, key, call_id).id)


def _found(tools: Toolbox, key: ApiKey, call_id: str) -> Call:
    with tools.sessions.read() as session:
        return calls.get_public(session, tools.vault, workspace_id=key.workspace_id, public_id=call_id)


def _cursor(call: Call) -> str:
    assert call.facts.started_at is not None  # every stored call has one
    return cursors.calls_cursor(call.workspace_id, call.facts.started_at, call.id)
