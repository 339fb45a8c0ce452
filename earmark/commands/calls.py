"""Calls: take them in, list and show them, try them again, erase them."""

from collections.abc import Mapping, Sequence
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from earmark.commands.console import complain, err, out, print_json, print_rows, remark
from earmark.commands.opening import Opened, open_here
from models.call import CallId, CallState
from models.errors import BadInput, EarmarkError, NotFound

if TYPE_CHECKING:
    from models.call import Call
    from models.conversation import Role
    from models.upload import Upload

LONGEST_NUMBER = 6
"""Figures of a speaker's number; there are rarely ten speakers."""

CallArgument = Annotated[str, typer.Argument(metavar="ID", help="As `earmark calls` shows it, or the external id.")]


def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATHS…", help="Recordings, .json files, folders, URLs.")],
    metadata: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Of the one call that is named; else the .json beside it.")
    ] = None,
    *,
    wait: Annotated[
        bool, typer.Option("--wait", "--watch", help="Show progress until the calls are finished.")
    ] = False,
    bulk: Annotated[bool, typer.Option("--bulk", help="A backlog: live calls pass before it.")] = False,
) -> None:
    """Take in calls: recordings with their metadata, finished transcripts, or metadata alone.

    Prints a line for each call: its id, what became of it, where it came from. Exit status 1 when one was refused.
    """
    from earmark.commands.uploads import expand, upload_of

    found, passed_over = expand(paths)
    if metadata is not None and len(found) != 1:
        raise BadInput(f"--metadata {metadata} is for one call, and {len(found)} were named")
    if passed_over:
        remark(f"passed over, because the name is not that of a recording: {_some(passed_over)}")
    if not found:
        raise BadInput(f"there is no recording in {', '.join(paths)}")
    opened = open_here()
    names: dict[CallId, str] = {}
    refused = 0
    for one in found:
        try:
            upload = upload_of(one, metadata=metadata, lane="bulk" if bulk else "live", region=opened.region)
            names[_ingest_one(opened, upload)] = upload.facts.external_id or upload.origin
        except EarmarkError as error:
            refused += 1
            complain(str(error) if str(error).startswith(str(one)) else f"{one}: {error}")
    failed = _wait(opened, names) if wait else _say_who_works(opened, names)
    if refused or failed:
        raise typer.Exit(1)


def _ingest_one(opened: Opened, upload: "Upload") -> CallId:
    from pipeline.ingest import ingest_call

    taken = ingest_call(opened.tools, upload, workspace_id=opened.workspace_id)
    out().print(f"{taken.public_id}  {'new' if taken.created else 'known'}  {upload.origin}", soft_wrap=True)
    return taken.call_id


def _some(paths: Sequence[Path]) -> str:
    named = ", ".join(path.name for path in paths[:5])
    return named if len(paths) <= 5 else f"{named} and {len(paths) - 5} more"


def _wait(opened: Opened, names: Mapping[CallId, str]) -> int:
    """Work on the calls here unless a worker is running; how many failed."""
    from earmark.progress import watch
    from earmark.serve import serve_in_background

    if not names:
        return 0
    if is_anybody_working(opened):
        ended = watch(opened.tools, names, err())
    else:
        with serve_in_background(opened.settings, parts="workers", log_file=opened.log_file):
            ended = watch(opened.tools, names, err())
    failed = [call for call in ended if call.state is CallState.FAILED]
    for call in failed:
        complain(f"{names[call.id]}: {call.reason}")
    return len(failed)


def _say_who_works(opened: Opened, names: Mapping[CallId, str]) -> int:
    if names and not is_anybody_working(opened):
        remark("no worker is running: start `earmark serve` to work on them, or add --wait")
    return 0


def is_anybody_working(opened: Opened) -> bool:
    """Whether a worker has been seen lately; one of this machine must still be there."""
    import psutil

    from storage import workers
    from workers.presence import this_machine

    with opened.tools.sessions.read() as session:
        seen = workers.alive(session)
    return any(worker.host != this_machine() or psutil.pid_exists(worker.pid) for worker in seen)


def calls(
    state: Annotated[CallState | None, typer.Option(help="Only these.")] = None,
    external_id: Annotated[str | None, typer.Option(metavar="ID", help="Only the call of this id.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest.")] = 50,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line.")] = False,
) -> None:
    """List calls, the latest first."""
    from earmark.commands.calls_shown import HEADINGS, calls_rows, listed
    from storage import calls as stored
    from storage import records

    opened = open_here()
    with opened.tools.sessions.read() as session:
        found = stored.page(
            session,
            opened.tools.vault,
            workspace_id=opened.workspace_id,
            limit=limit,
            state=state,
            external_id=external_id,
        )
        bodies = [records.of_call(session, call_id=call.id) for call in found]
    rows = [(call, (change.body if change else None) or {}) for call, change in zip(found, bodies, strict=True)]
    if as_json:
        for call, body in rows:
            print_json(listed(call, body))
        return
    if rows:
        print_rows(HEADINGS, calls_rows(rows), out())
    else:
        remark("no such call" if state or external_id else "no calls yet; `earmark ingest` takes them in")


def show(
    call: CallArgument,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The attribution record as JSON.")] = False,
) -> None:
    """Show a call: facts, transcript, tags with the words that say so, attribution record."""
    from earmark.commands.call_shown import read_call, show_call

    opened = open_here()
    shown = read_call(opened, find(opened, call))
    if as_json:
        print_json(shown.record)
    else:
        show_call(shown)


def retry(call: CallArgument) -> None:
    """Try a failed call again, after what was wrong has been mended."""
    from pipeline.retry import retry_call

    opened = open_here()
    found = find(opened, call)
    retry_call(opened.tools, call_id=found.id)
    remark(f"call {found.public_id} is due again")
    _say_who_works(opened, {found.id: call})


def roles(
    call: CallArgument,
    given: Annotated[
        list[str] | None, typer.Argument(metavar="SPEAKER=ROLE…", help="Such as 0=caller 1=agent; the rest stays.")
    ] = None,
    *,
    swap: Annotated[bool, typer.Option("--swap", help="Agent and caller the other way round.")] = False,
    who: Annotated[str, typer.Option(metavar="NAME", help="Whose word it is.")] = "",
) -> None:
    """Say who is agent and who is caller. The call is classified anew, and whoever was told otherwise is told so."""
    from pipeline.name_speakers import name_speakers, swapped
    from pipeline.record import conversation_of

    if swap == bool(given):
        raise BadInput("say who is who, such as 0=caller 1=agent, or --swap: one of the two")
    if not who.isprintable():
        raise BadInput(f"--who {who!r} has characters that nobody can read; write the name in UTF-8")
    opened = open_here()
    found = find(opened, call)
    wanted = parse_roles(given or [])
    if swap:
        with opened.tools.sessions.read() as session:
            wanted = swapped(conversation_of(session, found.id))
    name_speakers(opened.tools, call_id=found.id, given=wanted, who=who or getuser())
    remark(f"call {found.public_id} is due to be classified again")
    _say_who_works(opened, {found.id: call})


def parse_roles(given: Sequence[str]) -> "dict[int, Role]":
    """`0=caller` to a speaker and a role. Raises BadInput."""
    from models.conversation import Role
    from pipeline.name_speakers import GIVEN

    parsed: dict[int, Role] = {}
    for one in given:
        speaker, _, role = one.partition("=")
        if not speaker.isdecimal() or len(speaker) > LONGEST_NUMBER or role not in GIVEN:
            raise BadInput(f"{one[:60]!r} is no SPEAKER=ROLE; say 0=caller, with one of: {', '.join(GIVEN)}")
        if int(speaker) in parsed:
            raise BadInput(f"speaker {int(speaker)} is named twice; which one counts?")
        parsed[int(speaker)] = Role(role)
    return parsed


def erase(call: CallArgument, *, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Erase a call for ever: recording, transcript and tags. Readers of the feed are told."""
    from pipeline.erase import erase_call

    opened = open_here()
    found = find(opened, call)
    name = found.facts.external_id or found.public_id
    if not yes:
        typer.confirm(f"Erase call {name} of {found.facts.started_at:%Y-%m-%d %H:%M} for ever?", abort=True, err=True)
    erase_call(opened.tools, call_id=found.id)
    remark(f"call {name} is erased")


def find(opened: Opened, wanted: str) -> "Call":
    """By public or external id. Raises NotFound, and BadInput when two phone systems gave the same id."""
    from storage import calls as stored

    if not wanted.isprintable():  # No database takes half a character of a shell in another encoding.
        raise NotFound(f"there is no call {wanted!r}; `earmark calls` lists them")
    with opened.tools.sessions.read() as session:
        try:
            return stored.get_public(
                session, opened.tools.vault, workspace_id=opened.workspace_id, public_id=wanted.upper()
            )
        except NotFound:
            found = stored.page(
                session, opened.tools.vault, workspace_id=opened.workspace_id, limit=2, external_id=wanted
            )
    if not found:
        raise NotFound(f"there is no call {wanted!r}; `earmark calls` lists them")
    if len(found) > 1:
        ids = ", ".join(f"{call.public_id} ({call.facts.provider or 'no provider'})" for call in found)
        raise BadInput(f"more than one call has the external id {wanted!r}: {ids}; use one of these ids")
    return found[0]
