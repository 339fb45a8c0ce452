"""Bytes that are not yet ours: fetched from a URL, or read where they have landed."""

from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from models.errors import BadInput
from pipeline import route
from pipeline.double import fold
from pipeline.fetch import fetch_url
from pipeline.lease import Progress
from pipeline.objects import StoredBytes, attach, discard, store_file
from pipeline.toolbox import Toolbox
from storage import calls, work
from storage.calls import Identity
from storage.objects.store import sha256_of
from storage.work import Job


def fetch_call(tools: Toolbox, job: Job, progress: Progress) -> None:  # noqa: ARG001  (its length is not known)
    with tools.sessions.read() as session:
        call = calls.row(session, job.call_id)
        url = tools.vault.decrypt(call.url_cipher) if call.url_cipher is not None else None
        object_key = call.object_key
    if url is not None:
        stored = _from_url(tools, url, job.workspace_id)
    elif object_key is not None:
        stored = _from_store(tools, object_key)
    else:
        raise BadInput("this call has nothing to fetch")
    _attach(tools, job, stored)


def _from_url(tools: Toolbox, url: str, workspace_id: int) -> StoredBytes:
    tools.scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=tools.scratch) as folder:
        path = Path(folder) / "recording"
        fetch_url(
            url,
            path,
            max_bytes=tools.limits.bytes,
            timeout=tools.limits.fetch_seconds,
            allow_private=tools.limits.private_addresses,
        )
        return store_file(tools, path, PurePosixPath(urlsplit(url).path).name, workspace_id)


def _from_store(tools: Toolbox, key: str) -> StoredBytes:
    """It stays where it was put, and is the recording."""
    size = tools.objects.stat(key).size
    if size > tools.limits.bytes:
        raise BadInput(f"{key} has {size:,} bytes; at most {tools.limits.bytes:,} are taken (EARMARK_MAX_BYTES)")
    with tools.objects.open_local(key) as path:
        return StoredBytes(sha256=sha256_of(path), object_key=key, size=size)


def _attach(tools: Toolbox, job: Job, stored: StoredBytes) -> None:
    """Raises LeaseLost; the bytes are not kept then, for nobody may want them any more."""
    is_wanted = False
    try:
        with tools.writing() as session:
            calls.lock(session, job.call_id)
            work.finish(session, job)
            if route.input_key(session, job.call_id, job.stage) == job.input_key:
                is_wanted = _kept(session, tools, job, stored)
    finally:
        if not is_wanted:
            discard(tools, stored, job.workspace_id)


def _kept(session: Session, tools: Toolbox, job: Job, stored: StoredBytes) -> bool:
    """False when another call has these bytes, and is this one too: neither has another id."""
    identity = Identity(sha256=stored.sha256)
    has_id = calls.row(session, job.call_id).external_id is not None
    twin = None if has_id else calls.find(session, workspace_id=job.workspace_id, identity=identity)
    if twin is None or twin == job.call_id:
        attach(session, job.call_id, stored)
        route.plan(session, job.call_id)
        return True
    fold(session, tools, call_id=job.call_id, into=twin)
    route.plan(session, twin)
    return False
