"""`earmark leads`: the calls of one number, folded."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from earmark.commands.console import Row, out, print_json, print_rows, remark
from earmark.commands.opening import open_here
from models.channel import GROUP_OF
from models.errors import BadInput
from models.lead import LeadQuality

if TYPE_CHECKING:
    from storage.lead_list import ListedCall, StoredLead

HEADINGS = ("lead", "caller", "first call", "last call", "calls", "first stated", "best quality", "latest outcome")
UNKNOWN = "unknown"


def leads(
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First call not before it (UTC).")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DATE", help="First call before it (UTC).")] = None,
    quality: Annotated[str | None, typer.Option(help="hot, warm, cold, not_a_lead or unknown.")] = None,
    channel: Annotated[str | None, typer.Option(help="First stated channel.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest.")] = 50,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Also callers whose every call is not_a_lead.")] = False,
    calls: Annotated[bool, typer.Option("--calls", help="The calls of each below it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line.")] = False,
) -> None:
    """List leads, the latest first. Who calls again is no new lead until there was a long silence."""
    from storage import lead_list

    if quality is not None and quality not in (*LeadQuality, UNKNOWN):
        raise BadInput(f"--quality {quality!r} is none; one of: {', '.join((*LeadQuality, UNKNOWN))}")
    if channel is not None and channel not in GROUP_OF:
        raise BadInput(f"--channel {channel!r} is none; one of: {', '.join(GROUP_OF)}")
    wanted = lead_list.Wanted(
        since=_moment("--from", since),
        until=_moment("--to", until),
        quality=LeadQuality(quality) if quality and quality != UNKNOWN else None,
        is_quality_unknown=quality == UNKNOWN,
        channel=channel,
        with_not_a_lead=all_,
    )
    opened = open_here()
    with opened.tools.sessions.read() as session:
        vault = opened.tools.vault
        found = lead_list.page(session, vault, wanted, workspace_id=opened.workspace_id, limit=limit)
        of = {one.id: lead_list.calls_of(session, lead_id=one.id, limit=one.calls) if calls else [] for one in found}
    if as_json:
        for one in found:
            print_json(_listed(one, of[one.id] if calls else None))
    elif found:
        print_rows(HEADINGS, [_row(one, of[one.id]) for one in found], out())
    else:
        remark("no such lead")


def _row(lead: "StoredLead", calls: "list[ListedCall]") -> Row:
    cells = (
        lead.public_id,
        lead.caller_number or "withheld",
        f"{lead.started_at:%Y-%m-%d %H:%M}",
        f"{lead.last_at:%Y-%m-%d %H:%M}",
        str(lead.calls),
        lead.channel or "none",
        lead.quality or UNKNOWN,
        lead.outcome or UNKNOWN,
    )
    return Row(cells, [_line(call) for call in calls])


def _line(call: "ListedCall") -> str:
    answers = f"{call.channel or 'none'}, {call.quality or UNKNOWN}, {call.outcome or UNKNOWN}"
    return f"{call.number}. {call.started_at:%Y-%m-%d %H:%M}  {call.external_id or call.public_id}  {answers}"


def _listed(lead: "StoredLead", calls: "list[ListedCall] | None") -> dict[str, Any]:
    listed = {
        "id": lead.public_id,
        "caller_number": lead.caller_number,
        "first_call_at": lead.started_at.isoformat(),
        "last_call_at": lead.last_at.isoformat(),
        "calls": lead.calls,
        "first_stated_channel": lead.channel,
        "best_quality": lead.quality or UNKNOWN,
        "latest_outcome": lead.outcome or UNKNOWN,
    }
    return listed if calls is None else {**listed, "page": [_listed_call(call) for call in calls]}


def _listed_call(call: "ListedCall") -> dict[str, Any]:
    return {
        "call": call.public_id,
        "external_id": call.external_id,
        "number": call.number,
        "started_at": call.started_at.isoformat(),
        "stated_channel": call.channel,
        "quality": call.quality or UNKNOWN,
        "outcome": call.outcome or UNKNOWN,
    }


def _moment(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput(f"{option} {text!r} is no date; write it as 2026-11-30") from None
