"""Say what a number stands for: calls that dialled it while it did are attributed to that, if nothing better is known.

Such a change is kept in one transaction; after it, the records of the calls that it concerns are made to follow.
"""

from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from attribution.sources import channel_of
from connectors.phone_number import is_somebodys, phone_number
from models.call import Call, Touchpoint
from models.channel import GROUP_OF
from models.errors import BadInput, Conflict
from models.touchpoint import TrackingNumber
from pipeline import match
from pipeline.toolbox import Toolbox
from storage import numbers, touchpoints, workspaces
from storage.numbers import SavedNumber

LANE = "bulk"
"""New calls do not wait for the records of old ones."""
EARLIEST, LATEST = 1990, 2100
"""Years that a date may have: those of calls."""


def add_number(tools: Toolbox, given: TrackingNumber, *, workspace_id: int) -> SavedNumber:
    """`given.number` as people write it; an empty `channel` is that of source and medium.

    Raises BadInput, and Conflict where the number stands for something else on some of these days.
    """
    with tools.sessions.write() as session:
        touchpoints.lock(session, workspace_id=workspace_id, alone=True)
        number = _checked(given, region=workspaces.by_id(session, workspace_id).region)
        other = numbers.overlapping(session, number, workspace_id=workspace_id)
        if other is not None:
            raise Conflict(
                f"{number.number} stands for {other.channel} {other.dates} already, and not "
                f"{number.dates} as well; choose other dates, or remove that one first"
            )
        saved = numbers.add(session, number, workspace_id=workspace_id)
    settle(tools)
    return saved


def remove_number(tools: Toolbox, public_id: str, *, workspace_id: int) -> None:
    """Raises NotFound."""
    with tools.sessions.write() as session:
        touchpoints.lock(session, workspace_id=workspace_id, alone=True)
        numbers.remove(session, workspace_id=workspace_id, public_id=public_id)
    settle(tools)


def settle(tools: Toolbox) -> None:
    """Make the calls of numbers that are new or removed follow. Stopped anywhere, it is done again by the next one."""
    with tools.sessions.read() as session:
        waiting = numbers.unsettled(session)
    for one in waiting:
        with tools.sessions.read() as session:
            found = numbers.calls_of(session, one)
        match.restate_all(tools, found, lane=LANE)
        with tools.sessions.write() as session:
            numbers.settle(session, one)


def dialled(session: Session, call: Call) -> TrackingNumber | None:
    """What the number that the call came in on stood for on its day, as the workspace counts days."""
    number, started = match.dialled_from_outside(call), call.facts.started_at or call.received_at
    if number is None:
        return None
    day = started.astimezone(ZoneInfo(workspaces.by_id(session, call.workspace_id).zone)).date()
    return numbers.dialled(session, workspace_id=call.workspace_id, number=number, day=day)


def read_number(text: str, *, region: str | None) -> str:
    """E.164. Raises BadInput."""
    number = phone_number(text, region=region)
    if number is None or not is_somebodys(number):
        raise BadInput(f"{text!r} is no phone number; write it with its country code, such as +12025550143")
    return number


def _checked(given: TrackingNumber, *, region: str | None) -> TrackingNumber:
    number = read_number(given.number, region=region)
    channel = given.channel or channel_of(Touchpoint(source=given.source, medium=given.medium, campaign=given.campaign))
    if channel is None:
        raise BadInput(f"{number}: neither channel nor source says what it stands for; name one, such as billboard")
    if channel not in GROUP_OF:
        raise BadInput(f"channel {channel!r} is none; one of: {', '.join(GROUP_OF)}")
    first, last = given.first_day, given.last_day
    for day in (first, last):
        if day is not None and not EARLIEST <= day.year < LATEST:
            raise BadInput(f"{day} is not between {EARLIEST} and {LATEST}; is it the right date?")
    if first is not None and last is not None and last < first:
        raise BadInput(f"the last day {last} is before the first, {first}; change one of them")
    return replace(given, number=number, channel=channel)
