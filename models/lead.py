"""Lead quality and outcome, and the lead that the calls of one number make: the identifiers are stored, exported and
stable."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.call import CallId
from models.channel import Channel


class LeadQuality(StrEnum):
    HOT = "hot"
    """A need the business serves, and a commitment or an explicit wish to buy now."""
    WARM = "warm"
    """A need the business serves, interested, no commitment yet."""
    COLD = "cold"
    """A prospect who will hardly buy: out of area, not offered, cannot afford, only curious, declined."""
    NOT_A_LEAD = "not_a_lead"
    """No sales potential: `NotALeadReason` says why."""


SCORE_RANGES: dict[LeadQuality, tuple[int, int]] = {
    LeadQuality.HOT: (75, 100),
    LeadQuality.WARM: (45, 74),
    LeadQuality.COLD: (15, 44),
    LeadQuality.NOT_A_LEAD: (0, 14),
}
"""First and last score of each quality, so that scores order calls within and across them."""


class NotALeadReason(StrEnum):
    EXISTING_CUSTOMER = "existing_customer"
    WRONG_NUMBER = "wrong_number"
    SOLICITATION = "solicitation"
    JOB_APPLICANT = "job_applicant"
    PARTNER_OR_VENDOR = "partner_or_vendor"
    PERSONAL_OR_INTERNAL = "personal_or_internal"
    NO_CONVERSATION = "no_conversation"


class Outcome(StrEnum):
    SALE_CLOSED = "sale_closed"
    APPOINTMENT_BOOKED = "appointment_booked"
    QUOTE_GIVEN = "quote_given"
    CALLBACK_AGREED = "callback_agreed"
    INFORMATION_GIVEN = "information_given"
    LOST = "lost"
    SERVICE_RESOLVED = "service_resolved"
    SERVICE_UNRESOLVED = "service_unresolved"
    VOICEMAIL = "voicemail"
    NO_CONVERSATION = "no_conversation"


class LostReason(StrEnum):
    """Why a prospect did not buy."""

    PRICE = "price"
    TIMING = "timing"
    AREA = "area"
    NOT_OFFERED = "not_offered"
    COMPETITOR = "competitor"
    NO_ANSWER = "no_answer"
    OTHER = "other"


class Handling(StrEnum):
    """What an agent should do in a call; each is answered yes, no or not applicable."""

    GREETED = "greeted"
    """Named the business or themselves."""
    NEED = "need"
    """Asked about the need."""
    SOURCE = "source"
    """Asked what brought the caller."""
    PRICE = "price"
    """Gave a price when asked for one."""
    OBJECTION = "objection"
    """Answered an objection."""
    NEXT = "next"
    """Offered a next step."""
    AGREED = "agreed"
    """Agreed one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCall:
    """What one call brings to the lead that it belongs to. None: not known, or withheld."""

    call_id: CallId
    started_at: datetime
    channel: Channel | None
    """The first one that its caller states."""
    quality: LeadQuality | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Calls of one number with no long silence between them, in order of time; there is always one."""

    id: CallId
    """The call among them that reached us first: an older one that comes later does not rename the lead."""
    calls: tuple[LeadCall, ...]
    channel: Channel | None
    """Of the first call that states one; a later call does not replace it."""
    quality: LeadQuality | None
    """The best; `not_a_lead` only where every call is: then this is no new lead."""
    outcome: Outcome | None
    """Of the last call whose outcome is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadPlace:
    """The place of one call in its lead, and what the lead as a whole is."""

    lead: str
    """The lead's public id: that of the call that names it."""
    number: int
    """Of the call in the lead, from 1, in order of time. Beyond 1 it is a repeat, and no new lead."""
    channel: Channel | None
    quality: LeadQuality | None
    outcome: Outcome | None
