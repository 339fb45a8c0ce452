"""Told by the object store that something has landed."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Depends

from api.bodies import raw_body
from api.dependencies import TOKEN_OR_KEY_NEEDED, Tools
from api.openapi import EVENT_BODY, problems
from api.problems import NOT_JSON, Problem
from api.routes.calls import PREFIX
from api.schemas import EventTaken
from connectors.s3_event import created_objects
from models.errors import BadInput
from pipeline.sources import notice_object

router = APIRouter(prefix=PREFIX, tags=["storage"], dependencies=TOKEN_OR_KEY_NEEDED)

log = structlog.get_logger()


@router.post("/storage-events", responses=problems(400, 413, 503), openapi_extra={"requestBody": EVENT_BODY})
def notify_storage_event(tools: Tools, body: Annotated[bytes, Depends(raw_body)]) -> EventTaken:
    """For the bucket notification of MinIO or another S3 store (a webhook that posts events as AWS shapes them).

    The store may send the token of EARMARK_STORAGE_EVENTS_TOKEN instead of an API key. Objects under a source's
    prefix become calls; all others, foreign buckets and test events are passed over.
    """
    try:
        created = created_objects(body)
    except BadInput as error:
        raise Problem(NOT_JSON, str(error)) from None
    keys = [key for bucket, name in created if (key := tools.objects.own_key(bucket, name)) is not None]
    for key in keys:
        try:
            notice_object(tools, key)
        except BadInput as error:
            # The store would send it again for ever, and nothing would be better.
            log.warning("object passed over", error=str(error))
    return EventTaken(noticed=len(keys))
