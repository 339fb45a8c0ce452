"""The feed: attribution records as they change."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api import cursors, shown
from api.dependencies import KEY_NEEDED, Key, Tools
from api.openapi import problems
from api.routes.calls import PREFIX
from api.schemas import RecordPage
from storage import records

router = APIRouter(prefix=PREFIX, tags=["attribution records"], dependencies=KEY_NEEDED)


class FeedQuery(BaseModel):
    """Which changes are read."""

    model_config = ConfigDict(extra="forbid")

    after: str | None = Field(None, description="`next` of the answer before; without it or empty, from the beginning.")
    limit: int = Field(100, ge=1, le=1000, description="How many records an answer has at most.")


@router.get("/attribution-records", responses=problems(422))
def list_attribution_records(tools: Tools, key: Key, query: Annotated[FeedQuery, Query()]) -> RecordPage:
    """Records that are new, corrected or erased since `after`, the oldest change first.

    Keep `next` and ask with it again: nothing is missed. A record that changed twice in between comes once, as it is
    now; of an erased one comes a tombstone, `record` null.
    """
    with tools.sessions.read() as session:
        last = records.last_event(session, workspace_id=key.workspace_id)
        after = 0 if not query.after else cursors.read_feed_cursor(query.after, key.workspace_id, last=last)
        found = records.feed(session, workspace_id=key.workspace_id, after=after, limit=query.limit + 1)
    page = found[: query.limit]
    return RecordPage(
        records=[shown.record_out(change) for change in page],
        next=cursors.feed_cursor(key.workspace_id, page[-1].seq if page else after),
        more=len(found) > len(page),
    )
