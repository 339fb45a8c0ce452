"""Leads, as the documentation shows them."""

from datetime import datetime

from pydantic import Field

from api.schemas import Shown
from models.call import Direction


class LeadOut(Shown):
    """The calls of one number with no long silence between them. A repeat call is no new lead."""

    id: str = Field(description="Its public id: that of the call of it that reached us first.")
    caller_number: str | None = Field(description="Of the person outside; null: withheld, and then it has one call.")
    first_call_at: datetime
    last_call_at: datetime
    calls: int = Field(description="How many it has.")
    first_stated_channel: str | None = Field(description="Of the first call that states one; null: none does.")
    best_quality: str = Field(description="`not_a_lead`: every call is, and this is no lead; or `unknown`.")
    latest_outcome: str = Field(description="Of the last call whose outcome is known; or `unknown`.")


class LeadCallOut(Shown):
    """What one call says in its lead."""

    call: str
    external_id: str | None
    number: int = Field(description="From 1, in order of time; beyond 1 it is a repeat.")
    started_at: datetime
    direction: Direction | None
    stated_channel: str | None = Field(description="The first one that the caller states.")
    quality: str = Field(description="`unknown` where it is withheld, or nobody could answer.")
    outcome: str


class LeadWithCalls(LeadOut):
    """A lead and its calls."""

    page: list[LeadCallOut] = Field(description="Its calls in order of time, those behind `after`.")
    next: int | None = Field(description="For `after`: where the next calls begin; null: these are the last.")


class LeadPage(Shown):
    """Leads, the latest first."""

    leads: list[LeadOut]
    next: str | None = Field(description="For `before`: where the next page begins; null on the last one.")
