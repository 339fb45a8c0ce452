"""Take in a call: its sound, its words, or what is known of it alone. A repeat updates it and never doubles it."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from sqlalchemy.orm import Session

from models.call import CallFacts, CallId, CallState, StartKnownFrom
from models.conversation import Role
from models.errors import BadInput, Conflict
from models.transcript import Transcript, Word, spread_words
from models.upload import DeliveredTranscript, Upload
from pipeline import route
from pipeline.double import fold, hand_over
from pipeline.objects import RecordingGone, StoredBytes, attach, discard, store_file
from pipeline.record import write_record
from pipeline.toolbox import Toolbox
from storage import call_facts, calls, transcripts
from storage.calls import Identity

SPEAKER_NUMBERS = {Role.AGENT: 0, Role.CALLER: 1, Role.MACHINE: 2}
"""Speakers of a delivered transcript, which take the place of audio channels; those without a role are 3 and on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    call_id: CallId
    public_id: str
    created: bool
    """False: the call was known, and what was sent updated it."""


def ingest_call(tools: Toolbox, upload: Upload, *, workspace_id: int, known: CallId | None = None) -> Ingested:
    """Bytes into the object store, a row for the call, and its first stage due.

    `known`: the call that an earlier part of the same delivery made (metadata that comes after its recording).
    Raises BadInput, StoreFailed, and Conflict for a call that was erased: it stays so.
    """
    _check(upload, tools.limits.bytes, known)
    while True:
        stored = None if upload.file is None else store_file(tools, upload.file, upload.origin, workspace_id)
        try:
            return _taken_in(tools, upload, stored, workspace_id=workspace_id, known=known)
        except RecordingGone:
            continue
        except Conflict:
            if stored is not None:
                discard(tools, stored, workspace_id)
            raise


def _taken_in(
    tools: Toolbox, upload: Upload, stored: StoredBytes | None, *, workspace_id: int, known: CallId | None
) -> Ingested:
    while True:
        with tools.writing() as session:
            call_id, created = _call(
                session, tools, upload, _identity(upload, stored), workspace_id=workspace_id, known=known
            )
            if call_id is None:
                continue  # another delivery of the same call came first; now it is there to be found
            calls.lock(session, call_id)
            call = calls.row(session, call_id)
            if call.state == CallState.ERASED:
                raise Conflict(
                    f"call {call.public_id} was erased and stays so; what is to be kept after all needs another id"
                )
            _fill(session, tools, call_id, upload, stored)
            return Ingested(call_id=call_id, public_id=call.public_id, created=created)


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


def _call(
    session: Session, tools: Toolbox, upload: Upload, identity: Identity, *, workspace_id: int, known: CallId | None
) -> tuple[CallId | None, bool]:
    """The call that is meant, and whether it is new; None when it has appeared this very moment."""
    found = calls.find(session, workspace_id=workspace_id, identity=identity)
    known = _standing(session, upload, known)
    if found is not None:
        if known is not None and known != found and identity.external_id is not None:
            _unite(session, tools, known, found)
        return found, False
    if known is not None:
        calls.lock(session, known)
        return (known if calls.identify(session, call_id=known, identity=identity) else None), False
    made = calls.insert(session, workspace_id=workspace_id, identity=identity, lane=upload.lane, origin=upload.origin)
    return made, made is not None


def _standing(session: Session, upload: Upload, known: CallId | None) -> CallId | None:
    """A double's metadata is that of the call that stands for it; its object's new content is a call of its own."""
    if known is None:
        return None
    standing = calls.standing_for(session, known)
    return None if standing != known and upload.object_key is not None else standing


def _unite(session: Session, tools: Toolbox, known: CallId, found: CallId) -> None:
    """A recording that came without an id, whose `.json` says it is that of a call we know."""
    calls.lock(session, known)
    row = calls.row(session, known)
    if row.external_id is None and row.duplicate_of is None and row.state != CallState.ERASED:
        hand_over(session, call_id=known, to=found)
        fold(session, tools, call_id=known, into=found)


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
        calls.expect_url(session, tools.vault, call_id=call_id, url=upload.url)
    elif upload.object_key is not None:
        calls.expect_object(session, call_id=call_id, object_key=upload.object_key)
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
        if call.state == CallState.FAILED:
            calls.expect_object(session, call_id=call_id, object_key=None)  # the sound cannot be had; the words can
        calls.set_current_transcript(session, call_id=call_id, transcript_id=transcript_id)


def _words_of(delivered: DeliveredTranscript) -> tuple[Word, ...]:
    words: list[Word] = []
    strangers = list(dict.fromkeys(turn.speaker for turn in delivered.turns if turn.role is Role.UNKNOWN))
    for turn in delivered.turns:
        number = SPEAKER_NUMBERS.get(turn.role)
        speaker = len(SPEAKER_NUMBERS) + strangers.index(turn.speaker) if number is None else number
        words.extend(spread_words(turn.text, turn.start, turn.end, channel=speaker))
    return tuple(words)
