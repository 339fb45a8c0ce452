"""Calls that land by themselves: objects in a bucket or files in a folder, each with an optional `.json` beside it.

A notification takes an object at once; the sweep finds what a lost notification missed, and what was put into a folder,
where a file is taken when it has stood still. A `.json` that comes later updates the call.
"""

from datetime import timedelta
from itertools import islice
from pathlib import PurePosixPath

import structlog

from connectors.call_json import CallJson, read_call_json
from connectors.object_name import compile_pattern
from models.call import CallFacts, CallId, overlaid
from models.errors import BadInput, EarmarkError, NotFound
from models.upload import Upload
from pipeline.ingest import ingest_call
from pipeline.toolbox import Toolbox
from storage import sources, workspaces
from storage.objects.store import ObjectInfo
from storage.sources import Seen, Source

SIDECAR = ".json"
MAX_SIDECAR_BYTES = 8 * 1024**2
"""A transcript of six hours has some 500 kB; more is no metadata."""
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
"""Endings that programs give to a file while they write it."""

log = structlog.get_logger()


def ensure_default(tools: Toolbox) -> None:
    """The main workspace and its inbox, made once."""
    with tools.sessions.write() as session:
        workspace = workspaces.ensure(session)
        if not sources.list_sources(session):
            sources.add_source(
                session, workspace_id=workspace.id, name=sources.DEFAULT, prefix=tools.limits.drop_prefix
            )


def notice_object(tools: Toolbox, key: str) -> None:
    """An object is complete, says the store: take it now. Nothing happens outside the sources, or when it is gone."""
    with tools.sessions.read() as session:
        source = sources.of_key(session, key)
    if source is None or _is_ignored(key):
        return
    try:
        info = tools.objects.stat(key)
    except NotFound:
        return
    with tools.sessions.write() as session:
        seen = sources.see(session, source=source, key=key, mark=_mark(info))
    if seen.taken != seen.mark:
        _take(tools, source, seen)


def sweep_drops(tools: Toolbox) -> int:
    """Look at every source; how many objects were taken."""
    with tools.sessions.read() as session:
        known = sources.list_sources(session)
    for source in known:
        landed = (info for info in tools.objects.list(source.prefix) if not _is_ignored(info.key))
        while infos := list(islice(landed, 1000)):
            _see(tools, source, infos)
    with tools.sessions.read() as session:
        waiting = sources.waiting(session, settle=timedelta(seconds=tools.limits.drop_settle_seconds))
    # A recording reads the `.json` beside it: so recordings first.
    for source, seen in sorted(waiting, key=lambda found: found[1].key.endswith(SIDECAR)):
        _take(tools, source, seen)
    return len(waiting)


def _see(tools: Toolbox, source: Source, infos: list[ObjectInfo]) -> None:
    with tools.sessions.read() as session:
        marks = sources.marks(session, keys=[info.key for info in infos])
    changed = [info for info in infos if marks.get(info.key) != _mark(info)]
    if changed:
        with tools.sessions.write() as session:
            for info in changed:
                sources.see(session, source=source, key=info.key, mark=_mark(info))


def _mark(info: ObjectInfo) -> str:
    # Not the time: S3 tells it in milliseconds when it lists, in seconds when it is asked for one object.
    return f"{info.size} {info.etag}"


def _is_ignored(key: str) -> bool:
    name = PurePosixPath(key).name
    return key.endswith("/") or name.startswith((".", "~")) or name.lower().endswith(UNFINISHED)


def _take(tools: Toolbox, source: Source, seen: Seen) -> None:
    """Whatever is wrong with one object is noted on it, and the others go on."""
    try:
        call_id, error = (_take_sidecar if seen.key.endswith(SIDECAR) else _take_recording)(tools, source, seen)
    except NotFound:
        return  # gone again; the sweep will see it if it comes back
    except EarmarkError as refused:
        log.warning("object refused", key_id=seen.id, error=str(refused))
        call_id, error = None, str(refused)
        if not isinstance(refused, BadInput):
            return  # the store was away: the next sweep tries again
    with tools.sessions.write() as session:
        sources.took(session, seen, call_id=call_id, error=error)


def _take_recording(tools: Toolbox, source: Source, seen: Seen) -> tuple[CallId | None, str | None]:
    facts, named, error = _facts_around(tools, source, seen.key)
    upload = Upload(
        facts=facts,
        named=named,
        object_key=seen.key,
        object_modified=tools.objects.stat(seen.key).modified,
        origin=seen.key,
    )
    taken = ingest_call(tools, upload, workspace_id=source.workspace_id, known=seen.call_id)
    return taken.call_id, error


def _facts_around(tools: Toolbox, source: Source, key: str) -> tuple[CallFacts, frozenset[str], str | None]:
    """What the source, the object's name and the `.json` beside it say; the later goes before the earlier.

    A name or a `.json` that cannot be read costs its facts, not the call: the third value says what was wrong.
    """
    defaults = read_call_json(source.defaults)
    facts, named = defaults.facts, defaults.named
    errors = []
    if source.pattern is not None:
        try:
            read = compile_pattern(source.pattern, zone=source.zone or "UTC").read(key.removeprefix(source.prefix))
            facts, named = overlaid(facts, read.facts, read.named), named | read.named
        except BadInput as error:
            errors.append(str(error))
    try:
        own = _sidecar_of(tools, key)
        if own is not None:
            facts, named = overlaid(facts, own.facts, own.named), named | own.named
    except BadInput as error:
        errors.append(str(error))
    return facts, named, "; ".join(errors) or None


def _sidecar_of(tools: Toolbox, key: str) -> CallJson | None:
    for name in (f"{key}{SIDECAR}", f"{_stem(key)}{SIDECAR}"):
        try:
            return _read_sidecar(tools, name)
        except NotFound:
            continue
    return None


def _read_sidecar(tools: Toolbox, key: str) -> CallJson:
    """Raises NotFound, BadInput."""
    size = tools.objects.stat(key).size
    if size > MAX_SIDECAR_BYTES:
        raise BadInput(f"{key} has {size:,} bytes; a call's metadata has at most {MAX_SIDECAR_BYTES:,}")
    try:
        return read_call_json(b"".join(tools.objects.read_range(key)))
    except BadInput as error:
        raise BadInput(f"{key}: {error}") from None


def _take_sidecar(tools: Toolbox, source: Source, seen: Seen) -> tuple[CallId | None, str | None]:
    """Metadata that came after its recording, or that stands for the call alone."""
    own = _read_sidecar(tools, seen.key)
    recording = _recording_of(tools, seen.key)
    if recording is not None and recording.call_id is None:
        return None, None  # the recording is yet to be taken, and will read this itself
    known = recording.call_id if recording is not None else seen.call_id
    if known is None and own.facts.external_id is None and own.transcript is None:
        return None, f"{seen.key} has no recording beside it and no external_id; it waits for its recording"
    defaults = read_call_json(source.defaults)
    upload = Upload(
        facts=overlaid(defaults.facts, own.facts, own.named),
        named=own.named if known is not None else defaults.named | own.named,
        transcript=own.transcript if recording is None else None,
        recording_expected=own.recording_expected,
        object_modified=tools.objects.stat(seen.key).modified,
        origin=seen.key,
    )
    return ingest_call(tools, upload, workspace_id=source.workspace_id, known=known).call_id, None


def _recording_of(tools: Toolbox, key: str) -> Seen | None:
    stem = key.removesuffix(SIDECAR)
    with tools.sessions.read() as session:
        exact = sources.find(session, stem)
        beside = [seen for seen in sources.beside(session, stem=stem) if not seen.key.endswith(SIDECAR)]
    return exact or next(iter(beside), None)


def _stem(key: str) -> str:
    return str(PurePosixPath(key).with_suffix(""))
