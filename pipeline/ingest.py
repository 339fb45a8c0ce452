"""Take in a call: its sound, its words, or what is known of it alone. A repeat updates it and never doubles it."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath

from sqlalchemy.orm import Session

from models.call import CallFacts, CallId, CallState, StartKnownFrom
from models.conversation import Role
from models.errors import BadInput
from models.transcript import Transcript, Word, spread_words
from models.upload import DeliveredTranscript, Upload
from pipeline import route
from pipeline.record import write_record
from pipeline.toolbox import Toolbox
from storage import call_facts, calls, recordings, transcripts
from storage.calls import Identity
from storage.objects.keys import new_key
from storage.objects.store import sha256_of
from storage.recordings import SavedRecording

SPEAKER_NUMBERS = {Role.AGENT: 0, Role.CALLER: 1, Role.MACHINE: 2}
"""Speakers of a delivered transcript, which take the place of audio channels; those without a role are 3 and on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    call_id: CallId
    public_id: str
    created: bool
    """False: the call was known, and what was sent updated it."""


@dataclass(frozen=True, slots=True)
class StoredBytes:
    sha256: str
    object_key: str
    size: int


def ingest_call(tools: Toolbox, upload: Upload, *, workspace_id: int, known: CallId | None = None) -> Ingested:
    """Bytes into the object store, a row for the call, and its first stage due.

    `known`: the call that an earlier part of the same delivery made (metadata that comes after its recording).
    Raises BadInput, StoreFailed.
    """
    _check(upload, tools.limits.bytes, known)
    stored = None if upload.file is None else store_file(tools, upload.file, upload.origin, workspace_id)
    while True:
        with tools.writing() as session:
            call_id, created = _call(session, upload, stored, workspace_id, known)
            if call_id is None:
                continue  # another delivery of the same call came first; now it is there to be found
            calls.lock(session, call_id)
            _fill(session, tools, call_id, upload, stored)
            return Ingested(call_id=call_id, public_id=calls.row(session, call_id).public_id, created=created)


def _check(upload: Upload, max_bytes: int, known: CallId | None) -> None:
    given = [name for name in ("file", "url", "object_key", "transcript") if getattr(upload, name) is not None]
    if len(given) > 1:
        raise BadInput(f"a call comes with a recording or a transcript, not with {' and '.join(given)}; send one")
    if upload.lane not in route.LANES:
        raise BadInput(f"lane {upload.lane!r} is not one of {', '.join(route.LANES)}")
    if not given and upload.facts.external_id is None and known is None:
        raise BadInput("a call without a recording needs an external_id: nothing else says which call it is")
    if upload.file is not None and upload.file.stat().st_size > max_bytes:
        size = upload.file.stat().st_size
        raise BadInput(f"{upload.origin} has {size:,} bytes; at most {max_bytes:,} are taken (EARMARK_MAX_BYTES)")


def store_file(tools: Toolbox, path: Path, name: str, workspace_id: int) -> StoredBytes:
    """The object first, then the row: a row never points to nothing. Bytes that are there are not stored twice."""
    sha256 = sha256_of(path)
    with tools.sessions.read() as session:
        there = recordings.by_bytes(session, workspace_id=workspace_id, sha256=sha256)
    if there is not None:
        return StoredBytes(sha256, there.object_key, there.size)
    key = new_key(PurePosixPath(name or path.name).suffix)
    tools.objects.put_file(key, path)
    return StoredBytes(sha256, key, path.stat().st_size)


def _call(
    session: Session, upload: Upload, stored: StoredBytes | None, workspace_id: int, known: CallId | None
) -> tuple[CallId | None, bool]:
    identity = _identity(upload, stored)
    found = calls.find(session, workspace_id=workspace_id, identity=identity)
    if found is None and known is not None:
        calls.identify(session, call_id=known, identity=identity)
        found = known
    if found is not None:
        return found, False
    made = calls.insert(session, workspace_id=workspace_id, identity=identity, lane=upload.lane, origin=upload.origin)
    return made, made is not None


def _identity(upload: Upload, stored: StoredBytes | None) -> Identity:
    facts = upload.facts
    if facts.external_id is not None:
        return Identity(provider=facts.provider, external_id=facts.external_id)
    if upload.transcript is not None:
        # Words without an id are known by themselves, as bytes are.
        return Identity(provider=facts.provider, sha256=words_key(upload.transcript))
    return Identity(provider=facts.provider, sha256=stored.sha256 if stored else None)


def _fill(session: Session, tools: Toolbox, call_id: CallId, upload: Upload, stored: StoredBytes | None) -> None:
    facts, named = _with_start(upload, calls.row(session, call_id).started_from)
    call_facts.update_facts(session, tools.vault, call_id=call_id, facts=facts, named=named)
    if stored is not None:
        attach(session, call_id, stored)
    elif upload.url is not None:
        calls.expect(session, call_id=call_id, url_cipher=tools.vault.encrypt(upload.url))
    elif upload.object_key is not None:
        calls.expect(session, call_id=call_id, object_key=upload.object_key)
    elif upload.transcript is not None:
        _save_delivered(session, call_id, upload.transcript)
    if route.plan(session, call_id) is None:
        reason = "its recording is expected later" if upload.recording_expected else None
        calls.set_state(session, call_id=call_id, state=CallState.FINISHED, reason=reason)
        write_record(session, tools, call_id)


def _with_start(upload: Upload, known_from: str) -> tuple[CallFacts, frozenset[str]]:
    """A start that nobody named is the object's time, unless something better is known already."""
    if "started_at" in upload.named or upload.object_modified is None or known_from == StartKnownFrom.METADATA:
        return upload.facts, upload.named
    facts = replace(upload.facts, started_at=upload.object_modified, started_from=StartKnownFrom.OBJECT)
    return facts, upload.named | {"started_at"}


def attach(session: Session, call_id: CallId, stored: StoredBytes) -> SavedRecording:
    """The call has this recording; a call that had another one takes the road again."""
    call = calls.row(session, call_id)
    saved = recordings.add(
        session,
        workspace_id=call.workspace_id,
        sha256=stored.sha256,
        object_key=stored.object_key,
        size=stored.size,
    )
    calls.set_recording(session, call_id=call_id, recording_id=saved.id, sha256=saved.sha256)
    recordings.forget_overwritten(session, recording_id=saved.id)
    return saved


def words_key(delivered: DeliveredTranscript) -> str:
    return hashlib.sha256(json.dumps(asdict(delivered), sort_keys=True).encode()).hexdigest()


def _save_delivered(session: Session, call_id: CallId, delivered: DeliveredTranscript) -> None:
    call = calls.row(session, call_id)
    words = _words_of(delivered)
    ends = [turn.end for turn in delivered.turns if turn.end is not None]
    transcript = Transcript(
        words=words,
        language=delivered.language or call.language,
        engine=delivered.engine,
        duration=max(ends, default=None),
        channels=len({word.channel for word in words}) or 1,
    )
    transcript_id = transcripts.save(
        session,
        transcript,
        workspace_id=call.workspace_id,
        call_id=call_id,
        key=words_key(delivered),
        delivered_roles={
            SPEAKER_NUMBERS[turn.role]: turn.role for turn in delivered.turns if turn.role in SPEAKER_NUMBERS
        },
    )
    if call.recording_id is None:  # our own reading of the sound is not replaced by somebody else's
        calls.set_current_transcript(session, call_id=call_id, transcript_id=transcript_id)


def _words_of(delivered: DeliveredTranscript) -> tuple[Word, ...]:
    words: list[Word] = []
    strangers = list(dict.fromkeys(turn.speaker for turn in delivered.turns if turn.role is Role.UNKNOWN))
    for turn in delivered.turns:
        number = SPEAKER_NUMBERS.get(turn.role)
        speaker = len(SPEAKER_NUMBERS) + strangers.index(turn.speaker) if number is None else number
        words.extend(spread_words(turn.text, turn.start, turn.end, channel=speaker))
    return tuple(words)
