"""Calls that land by themselves: objects in a bucket or files in a folder, each with an optional `.json` beside it.

A notification takes an object at once; the sweep finds what a lost notification missed, and what was put into a folder,
where a file is taken when it has stood still. A `.json` that comes later updates the call.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import PurePosixPath
from typing import Self

import structlog

from connectors.call_json import CallJson, read_call_json
from connectors.object_name import NameFacts, compile_pattern
from models.call import CallFacts, CallId, overlaid
from models.errors import BadInput, Conflict, NotFound, StoreFailed
from models.upload import Upload
from pipeline.ingest import ingest_call
from pipeline.toolbox import Toolbox
from storage import sources, workspaces
from storage.objects.keys import OWN_PREFIX
from storage.objects.store import ObjectInfo
from storage.sources import Seen, Source

SIDECAR = ".json"
MAX_SIDECAR_BYTES = 8 * 1024**2
"""A transcript of six hours has some 500 kB; more is no metadata."""
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
"""Endings that programs give to a file while they write it."""
FAILURES_IN_A_ROW = 3
"""Then it is the store, and each further try would wait for it too."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an object."""

    call_id: CallId | None
    error: str | None = None
    """What could not be read of it, or around it."""


@dataclass(frozen=True, slots=True)
class _Facts:
    facts: CallFacts
    named: frozenset[str]

    @classmethod
    def of(cls, read: CallJson) -> Self:
        return cls(read.facts, read.named)

    def under(self, above: CallJson | NameFacts) -> "_Facts":
        """What `above` names goes before what is here."""
        return _Facts(overlaid(self.facts, above.facts, above.named), self.named | above.named)


def ensure_default(tools: Toolbox) -> None:
    """The main workspace and its inbox, made once."""
    with tools.sessions.write() as session:
        workspace = workspaces.ensure(session)
        if not sources.list_sources(session):
            with suppress(Conflict):  # another process begins at the same moment
                sources.add_source(
                    session, workspace_id=workspace.id, name=sources.DEFAULT, prefix=tools.limits.drop_prefix
                )


def notice_object(tools: Toolbox, key: str) -> None:
    """An object is complete, says the store: take it now. Nothing happens outside the sources, or when it is gone.

    A `.json` without its recording is left to the sweep: the recording may be on its way, and reads it itself.
    Raises StoreFailed.
    """
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
    if seen.taken != seen.mark and not (_is_sidecar(key) and _recording_of(tools, key) is None):
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
    return _take_all(tools, sorted(waiting, key=lambda found: _is_sidecar(found[1].key)))


def _take_all(tools: Toolbox, waiting: Iterable[tuple[Source, Seen]]) -> int:
    """How many are done with. Raises StoreFailed when the store is away, and not for one object alone."""
    taken = failures = 0
    for source, seen in waiting:
        try:
            taken += _take(tools, source, seen)
            failures = 0
        except StoreFailed as error:
            failures += 1
            log.warning("object left for later", key_id=seen.id, error=str(error))
            if failures == FAILURES_IN_A_ROW:
                raise
    return taken


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
    is_unfinished = name.startswith((".", "~")) or name.lower().endswith(UNFINISHED)
    return key.endswith("/") or is_unfinished or key.startswith(OWN_PREFIX)


def _is_sidecar(key: str) -> bool:
    return key.lower().endswith(SIDECAR)


def _take(tools: Toolbox, source: Source, seen: Seen) -> bool:
    """Whether it is done with; else it comes again. What is wrong with one object is noted on it.

    Raises StoreFailed: nothing is wrong with the object then.
    """
    try:
        taken = (_take_sidecar if _is_sidecar(seen.key) else _take_recording)(tools, source, seen)
    except NotFound:
        with tools.sessions.write() as session:
            sources.gone(session, seen)
        return False
    except (BadInput, Conflict) as refused:
        log.warning("object refused", key_id=seen.id, error=str(refused))
        taken = Taken(None, str(refused))
    if taken is None:
        return False
    with tools.sessions.write() as session:
        sources.took(session, seen, call_id=taken.call_id, error=taken.error)
        if not _is_sidecar(seen.key):
            sources.again(session, keys=_sidecar_names(seen.key))
    if _is_sidecar(seen.key) and taken.error is None:
        _note_anew(tools, source, seen.key)
    return True


def _note_anew(tools: Toolbox, source: Source, sidecar: str) -> None:
    """The recording's note of what was wrong beside it, now that its `.json` can be read."""
    recording = _recording_of(tools, sidecar)
    if recording is None or recording.call_id is None or recording.error is None:
        return
    _, error = _facts_around(tools, source, recording.key)
    if recording.taken == recording.mark:
        with tools.sessions.write() as session:
            sources.took(session, recording, call_id=recording.call_id, error=error)


def _take_recording(tools: Toolbox, source: Source, seen: Seen) -> Taken:
    info = tools.objects.stat(seen.key)
    about, error = _facts_around(tools, source, seen.key)
    upload = Upload(
        facts=about.facts,
        named=about.named,
        object_key=seen.key,
        # Of a call that is known the first time is nearer to its start than that of a recording sent again.
        object_modified=info.modified if seen.call_id is None else None,
        origin=seen.key,
    )
    known = seen.call_id or _call_of_sidecar(tools, seen.key)
    return Taken(ingest_call(tools, upload, workspace_id=source.workspace_id, known=known).call_id, error)


def _facts_around(tools: Toolbox, source: Source, key: str) -> tuple[_Facts, str | None]:
    """What the source, the object's name and the `.json` beside it say; the later goes before the earlier.

    A name or a `.json` that cannot be read costs its facts, not the call: the second value says what was wrong.
    """
    region = _region(tools, source)
    facts = _Facts.of(read_call_json(source.defaults, region=region))
    errors = []
    try:
        if source.pattern is not None:
            pattern = compile_pattern(source.pattern, zone=source.zone or "UTC", region=region)
            facts = facts.under(pattern.read(key.removeprefix(source.prefix)))
    except BadInput as error:
        errors.append(str(error))
    try:
        own = _sidecar_of(tools, key, region)
        facts = facts.under(own) if own is not None else facts
    except BadInput as error:
        errors.append(str(error))
    return facts, "; ".join(errors) or None


def _sidecar_of(tools: Toolbox, key: str, region: str | None) -> CallJson | None:
    for name in _sidecar_names(key):
        try:
            return _read_sidecar(tools, name, region)
        except NotFound:
            continue
    return None


def _read_sidecar(tools: Toolbox, key: str, region: str | None) -> CallJson:
    """Raises NotFound, BadInput."""
    size = tools.objects.stat(key).size
    if size > MAX_SIDECAR_BYTES:
        raise BadInput(f"{key} has {size:,} bytes; a call's metadata has at most {MAX_SIDECAR_BYTES:,}")
    try:
        return read_call_json(b"".join(tools.objects.read_range(key)), region=region)
    except BadInput as error:
        raise BadInput(f"{key}: {error}") from None


def _take_sidecar(tools: Toolbox, source: Source, seen: Seen) -> Taken | None:
    """Metadata that came after its recording, or that stands for the call alone."""
    region = _region(tools, source)
    own = _read_sidecar(tools, seen.key, region)
    recording = _recording_of(tools, seen.key)
    if recording is not None and recording.taken != recording.mark:
        return None  # it is yet to be taken, and may or may not read this itself
    if recording is not None and recording.call_id is None:
        return Taken(None, f"{seen.key} belongs to {recording.key}, which was refused: {recording.error}")
    known = recording.call_id if recording is not None else seen.call_id
    if known is None and own.facts.external_id is None and own.transcript is None:
        return Taken(None, f"{seen.key} has no recording beside it and no external_id; it waits for its recording")
    facts = _Facts(own.facts, own.named)
    if known is None:
        facts = _Facts.of(read_call_json(source.defaults, region=region)).under(own)
    upload = Upload(
        facts=facts.facts,
        named=facts.named,
        transcript=own.transcript if recording is None else None,
        recording_expected=own.recording_expected,
        object_modified=tools.objects.stat(seen.key).modified if known is None else None,
        origin=seen.key,
    )
    return Taken(ingest_call(tools, upload, workspace_id=source.workspace_id, known=known).call_id)


def _recording_of(tools: Toolbox, key: str) -> Seen | None:
    """What the `.json` of this key lies beside: `a.wav` for `a.wav.json`, any `a.…` for `a.json`."""
    stem = key[: -len(SIDECAR)]
    with tools.sessions.read() as session:
        exact = sources.find(session, stem)
        beside = [seen for seen in sources.beside(session, stem=stem) if _stem(seen.key) == stem]
    return exact or next((seen for seen in beside if not _is_sidecar(seen.key)), None)


def _call_of_sidecar(tools: Toolbox, key: str) -> CallId | None:
    """The call that a `.json` stood for alone, before this recording came."""
    for name in _sidecar_names(key):
        with tools.sessions.read() as session:
            sidecar = sources.find(session, name)
        recording = _recording_of(tools, name)
        if sidecar is not None and (recording is None or recording.call_id is None):
            return sidecar.call_id
    return None


def _sidecar_names(key: str) -> tuple[str, ...]:
    return f"{key}{SIDECAR}", f"{_stem(key)}{SIDECAR}"


def _stem(key: str) -> str:
    return str(PurePosixPath(key).with_suffix(""))


def _region(tools: Toolbox, source: Source) -> str | None:
    with tools.sessions.read() as session:
        return workspaces.by_id(session, source.workspace_id).region
