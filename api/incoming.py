"""What was sent to `POST /calls`, checked and made an Upload."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field, ValidationError

from api.invalid import invalid
from api.multipart import Form
from connectors.call_json import FIELDS, CallMetadata
from connectors.json_faults import explain
from models.errors import BadInput, NotFound
from models.upload import Upload
from pipeline.fetch import check_url, shown_url
from pipeline.toolbox import Toolbox
from storage import sources, workspaces
from storage.objects.keys import OWN_PREFIX, check_key
from storage.objects.store import ObjectInfo


class Lane(StrEnum):
    LIVE = "live"
    BULK = "bulk"


class CallIn(CallMetadata):
    """A call: its metadata, and at most one of `url`, `object_key` and `transcript`; none of them for a missed call."""

    url: str | None = Field(
        None,
        description="http(s) address of the recording; it is fetched by a worker, and kept encrypted until then.",
        examples=["https://recordings.example.com/2026/11/call-1.wav"],
    )
    object_key: str | None = Field(None, description="A recording that is in our object store already.")
    lane: Lane = Field(Lane.LIVE, description="`bulk` for a backlog: live calls pass before it.")


OWN_FIELDS = frozenset(CallIn.model_fields) - frozenset(CallMetadata.model_fields)
CALL_FIELDS = {**FIELDS, "": tuple(CallIn.model_fields)}


def upload_of(tools: Toolbox, metadata: Mapping[str, Any], form: Form, *, workspace_id: int) -> Upload:
    """Raises Problem that names every field at fault, RefusedAddress, NotFound."""
    call = _read(metadata)
    plain = CallMetadata.model_validate({name: value for name, value in metadata.items() if name not in OWN_FIELDS})
    with tools.sessions.read() as session:
        region = workspaces.by_id(session, workspace_id).region
    info = None if call.object_key is None else _landed(tools, call.object_key, workspace_id)
    return Upload(
        facts=plain.to_facts(region=region),
        named=plain.named(),
        file=form.recording,
        url=None if call.url is None else _checked_url(tools, call.url),
        object_key=call.object_key,
        object_modified=info.modified if info else None,
        transcript=plain.transcript.to_transcript() if plain.transcript else None,
        recording_expected=plain.recording_expected,
        origin=form.name or call.object_key or (shown_url(call.url) if call.url else ""),
        lane=call.lane.value,
    )


def _read(metadata: Mapping[str, Any]) -> CallIn:
    try:
        return CallIn.model_validate(metadata)
    except ValidationError as error:
        raise invalid(error.errors(include_url=False), said=lambda fault: explain([fault], CALL_FIELDS)) from None


def _landed(tools: Toolbox, key: str, workspace_id: int) -> ObjectInfo:
    """An object of the store that this workspace may name: none of our own, none under a foreign source."""
    check_key(key)
    if key.startswith(OWN_PREFIX):
        raise BadInput(f"object_key {key!r} lies under {OWN_PREFIX}, where recordings of known calls are; name another")
    with tools.sessions.read() as session:
        source = sources.of_key(session, key)
    if source is not None and source.workspace_id != workspace_id:
        raise NotFound(f"there is no object {key!r} for this workspace; put it into the store first")
    return tools.objects.stat(key)


def _checked_url(tools: Toolbox, url: str) -> str:
    """What can be said of it at the door; the worker looks again, at the addresses behind the name."""
    if tools.limits.private_addresses:
        check_url(url, is_allowed=lambda _: True)
    else:
        check_url(url)
    return url.strip()
