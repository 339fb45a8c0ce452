"""Leads: the calls of one number, folded."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from api import cursors, shown
from api.dependencies import KEY_NEEDED, Key, Tools
from api.lead_schemas import LeadPage, LeadWithCalls
from api.openapi import problems
from api.routes.calls import PREFIX
from models.channel import GROUP_OF
from models.lead import LeadQuality
from storage import lead_list
from storage.lead_list import Wanted

router = APIRouter(prefix=PREFIX, tags=["leads"], dependencies=KEY_NEEDED)


def _is_channel(channel: str) -> str:
    if channel not in GROUP_OF:
        raise ValueError(f"{channel!r} is no channel; one of: {', '.join(GROUP_OF)}")
    return channel


class LeadQuery(BaseModel):
    """Which leads are listed."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime | None = Field(
        None, alias="from", description="Only leads whose first call began at or after it."
    )
    until: AwareDatetime | None = Field(None, alias="to", description="Only leads whose first call began before.")
    quality: LeadQuality | Literal["unknown"] | None = Field(None, description="Only leads of this best quality.")
    channel: Annotated[str, AfterValidator(_is_channel)] | None = Field(
        None, description="Only leads whose first stated channel is this."
    )
    not_a_lead: bool = Field(
        False,
        description="Also callers whose every call is `not_a_lead`; else only `quality` brings them.",
    )
    before: str | None = Field(None, description="`next` of the page before this one.")
    limit: int = Field(50, ge=1, le=200, description="How many leads a page has.")


class LeadCallsQuery(BaseModel):
    """Which calls of a lead are shown."""

    model_config = ConfigDict(extra="forbid")

    after: int = Field(0, ge=0, le=2**31 - 1, description="`next` of the answer before.")
    limit: int = Field(100, ge=1, le=1000, description="How many calls an answer has.")


@router.get("/leads", responses=problems(422))
def list_leads(tools: Tools, key: Key, query: Annotated[LeadQuery, Query()]) -> LeadPage:
    """The leads of the workspace by their first call, the latest first.

    A person who calls again is no new lead until there was a long silence (`EARMARK_LEAD_SILENCE_DAYS`). A call whose
    number is withheld, invalid or the business's own is a lead by itself.
    """
    before = None if not query.before else cursors.read_leads_cursor(query.before, key.workspace_id)
    with tools.sessions.read() as session:
        found = lead_list.page(
            session,
            tools.vault,
            _wanted(query),
            workspace_id=key.workspace_id,
            limit=query.limit + 1,
            before=before,
        )
    page = found[: query.limit]
    last = cursors.leads_cursor(key.workspace_id, page[-1].started_at, page[-1].id) if page else None
    return LeadPage(leads=[shown.lead_out(lead) for lead in page], next=last if len(found) > len(page) else None)


@router.get("/leads/{lead_id}", responses=problems(404, 422))
def get_lead(tools: Tools, key: Key, lead_id: str, query: Annotated[LeadCallsQuery, Query()]) -> LeadWithCalls:
    """One lead with its calls, by its id or that of any of its calls."""
    with tools.sessions.read() as session:
        lead = lead_list.get(session, tools.vault, workspace_id=key.workspace_id, public_id=lead_id)
        found = lead_list.calls_of(session, lead_id=lead.id, after=query.after, limit=query.limit + 1)
    page = found[: query.limit]
    return shown.lead_with_calls(lead, page, next_=page[-1].number if len(found) > len(page) else None)


def _wanted(query: LeadQuery) -> Wanted:
    return Wanted(
        since=query.since,
        until=query.until,
        quality=query.quality if isinstance(query.quality, LeadQuality) else None,
        is_quality_unknown=query.quality == "unknown",
        channel=query.channel,
        with_not_a_lead=query.not_a_lead,
    )
