"""The sound of a call, whole or in byte ranges."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import PurePosixPath
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from api.dependencies import KEY_NEEDED, Key, Tools
from api.openapi import problems
from api.problems import OUT_OF_RANGE, Problem
from api.ranges import Part, content_range, http_date, part_of
from api.routes.calls import PREFIX
from models.errors import NotFound
from pipeline.toolbox import Toolbox
from storage import calls, recordings
from storage.access import ApiKey
from storage.objects.keys import content_type_of
from storage.objects.store import ObjectInfo

router = APIRouter(prefix=PREFIX, tags=["calls"], dependencies=KEY_NEEDED)

SOUND: dict[int | str, dict[str, Any]] = {
    200: {"description": "The whole recording.", "content": {"audio/*": {}}},
    206: {"description": "The bytes that `Range` asked for.", "content": {"audio/*": {}}},
    304: {"description": "It is what `If-None-Match` or `If-Modified-Since` has."},
}


def after_sending() -> Iterator[ExitStack]:
    """Left when the answer is sent, or its reader has gone."""
    with ExitStack() as stack:
        yield stack


@router.get("/calls/{call_id}/recording", responses=SOUND | problems(404, 416, 503), response_class=Response)
def get_recording(
    tools: Tools,
    key: Key,
    request: Request,
    call_id: str,
    after: Annotated[ExitStack, Depends(after_sending, scope="request")],
) -> Response:
    """The recording as it was sent. Takes `Range` (one range), `If-Range`, `If-None-Match` and `If-Modified-Since`."""
    info, part = _asked(tools, key, request, call_id)
    if part.length == 0:
        return Response(status_code=part.status, headers=_headers(info, part, call_id))
    pieces = cast(Generator[bytes, None, None], tools.objects.read_range(info.key, part.start, part.length))
    after.callback(pieces.close)
    # The first piece is read now: what goes wrong when the object is opened still gets an answer that says so.
    return StreamingResponse(chain([next(pieces, b"")], pieces), part.status, _headers(info, part, call_id))


@router.head("/calls/{call_id}/recording", responses=SOUND | problems(404, 416, 503), response_class=Response)
def head_recording(tools: Tools, key: Key, request: Request, call_id: str) -> Response:
    """What GET would say of the recording, without its bytes."""
    info, part = _asked(tools, key, request, call_id)
    return Response(status_code=part.status, headers=_headers(info, part, call_id))


def _asked(tools: Toolbox, key: ApiKey, request: Request, call_id: str) -> tuple[ObjectInfo, Part]:
    """No session is open when this returns: a listener may take an hour."""
    with tools.sessions.read() as session:
        call = calls.get_public(session, tools.vault, workspace_id=key.workspace_id, public_id=call_id)
        saved = recordings.of_call(session, call_id=call.id)
    if saved is None:
        raise NotFound(f"call {call.public_id} has no recording; it is {call.state.value}")
    info = tools.objects.stat(saved.object_key)
    part = part_of(request.headers, size=info.size, etag=info.etag, modified=info.modified)
    if part.status == 416:
        raise Problem(
            OUT_OF_RANGE,
            f"Range {request.headers.get('range')!r} lies outside of the recording, which has {info.size} bytes",
            headers={"Content-Range": f"bytes */{info.size}", "Accept-Ranges": "bytes"},
        )
    return info, part


def _headers(info: ObjectInfo, part: Part, call_id: str) -> dict[str, str]:
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{info.etag}"',
        "Last-Modified": http_date(info.modified),
        "Cache-Control": "private, no-cache",
    }
    if part.status == 304:
        return headers
    where = content_range(part, info.size)
    if where is not None:
        headers["Content-Range"] = where
    return headers | {
        "Content-Length": str(part.length),
        "Content-Type": content_type_of(info.key),
        "Content-Disposition": f'inline; filename="{call_id}{PurePosixPath(info.key).suffix}"',
    }
