"""The road of one recording: fetch, transcribe, diarize, classify, feed back. Deliveries follow from the record.

Every stage has the same shape: a short transaction to read, the long work with no transaction open, one transaction
that writes the result, ends the work row (checked by its fence) and makes the next stage due. So a stage may be killed
anywhere and run again, and its result is written once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from audio.pcm import PcmClip, Source
from audio.recording import decoded
from audio.sound import listen
from classifiers.campaigns import is_tracked, tracked
from classifiers.settle import settle
from classifiers.tagging import opinions_of
from connectors.phone_number import without_numbers
from diarization.label import label_words
from diarization.roles import assign_roles, with_roles
from models.call import LANGUAGES, Call, CallId, CallState, Stage
from models.context import Context
from models.conversation import Conversation, Diarization, Role, Turn
from models.errors import (
    BadInput,
    BadRecording,
    EarmarkError,
    EngineFailed,
    LeaseLost,
    NoEngine,
    NotFound,
    SettingsError,
)
from models.health import FindingKind
from models.tag import Correction, Opinion, Tag, WithheldReason
from pipeline import fetch_recording, lease, route
from pipeline.deliver import WAITS, deliver
from pipeline.follow import follow
from pipeline.lease import Progress
from pipeline.record import write_record
from pipeline.restate import restate
from pipeline.toolbox import Toolbox
from storage import calls, deliveries, recordings, roles, tags, trackers, transcripts, work, workspaces
from storage.roles import CorrectedRoles
from storage.transcripts import SavedTranscript
from storage.work import Job
from transcription.clean import clean

HOPELESS = (BadInput, NoEngine, NotFound, SettingsError)
"""A retry would meet the same; the reason is kept on the call."""
MAX_ATTEMPTS = 5
ATTEMPTS = {Stage.FETCH: 7, Stage.DELIVER: 2 * len(WAITS)}
"""Where it is more: a phone system may name a recording half an hour before it can be had; a delivery has a schedule
of its own."""
BACKOFF = timedelta(seconds=5)
"""Before the second attempt; four times as long before each further one, up to an hour and a half."""

DELIVERED = "delivered"
"""The diarizer of words that came with their speakers."""

SILENT = (FindingKind.NO_SOUND, FindingKind.NO_SPEECH)

log = structlog.get_logger()


def run(tools: Toolbox, work_id: int) -> None:
    """One due stage of one call: claimed by lease and fence, or already taken and left alone."""
    with tools.sessions.write() as session:
        job = work.claim(session, work_id=work_id, owner=tools.owner)
    if job is None:
        return
    with structlog.contextvars.bound_contextvars(call_id=job.call_id, stage=job.stage.value, attempt=job.attempt):
        try:
            with lease.keep(tools, job) as progress:
                STEPS[job.stage](tools, job, progress)
        except LeaseLost as lost:
            log.warning("result dropped", why=str(lost))
        except (KeyboardInterrupt, SystemExit):
            with tools.sessions.write() as session:
                work.give_back(session, job)
            raise
        except Exception as error:  # noqa: BLE001  (the door of a worker: whatever it is, the call must learn of it)
            _failed(tools, job, error)


def transcribe_call(tools: Toolbox, job: Job, progress: Progress) -> None:
    """Sound to words."""
    with tools.sessions.read() as session:
        call = calls.get(session, tools.vault, call_id=job.call_id)
        recording = recordings.of_call(session, call_id=job.call_id)
        # What an engine heard before is not known: this one listens for itself.
        context = replace(context_of(session, call), language=call.facts.language)
    if recording is None:
        raise NotFound("the recording of this call is gone")
    engine = tools.transcriber(call.facts.language)
    with _opened(tools, recording.object_key, call) as clip:
        sound = listen(clip, named=bool(context.channel_roles))
        transcript = clean(engine.transcribe(sound, context, progress=progress))
    if clip.why_partial is not None:
        transcript = replace(transcript, notes=(clip.why_partial, *transcript.notes))
    with finishing(tools, job, then=Stage.DIARIZE) as session:
        recordings.measured(
            session,
            recording_id=recording.id,
            duration=clip.duration,
            channels=clip.channels,
            encoding=_encoding(clip.source),
            health=sound.health,
        )
        transcript_id = transcripts.save(
            session, transcript, workspace_id=job.workspace_id, call_id=job.call_id, key=job.input_key
        )
        calls.set_current_transcript(session, call_id=job.call_id, transcript_id=transcript_id)


@contextmanager
def _opened(tools: Toolbox, object_key: str, call: Call) -> Iterator[PcmClip]:
    """Its sound; in reasons it has the name by which its sender knows it."""
    name = without_numbers(call.origin) or "the recording"
    tools.scratch.mkdir(parents=True, exist_ok=True)
    with (
        tools.objects.open_local(object_key) as path,
        decoded(
            path, folder=tools.scratch, max_seconds=tools.limits.seconds, name=name, raw=tools.limits.raw_format
        ) as clip,
    ):
        yield clip


def _encoding(source: Source) -> str:
    return f"{source.codec}, {source.rate} Hz, {source.channels} ch, in {source.container}"


def diarize_call(tools: Toolbox, job: Job, progress: Progress) -> None:  # noqa: ARG001  (it has nothing to tell)
    """Words to turns of speakers, and who is who."""
    with tools.sessions.read() as session:
        call = calls.get(session, tools.vault, call_id=job.call_id)
        saved = transcripts.get(session, transcript_id=calls.current_transcript_id(session, call_id=job.call_id))
        recording = recordings.of_call(session, call_id=job.call_id)
        said = roles.corrected(session, call_id=job.call_id)
        context = context_of(session, call, saved)
    object_key = recording.object_key if recording and job.attempt < MAX_ATTEMPTS else None
    heard, diarizer = _speakers(tools, call, saved, (object_key, context))
    turns, confidence = _roles(label_words(saved.transcript, heard.exclusive if heard else None), heard, context)
    if said is not None and _is_of_these(said, turns, saved.id if heard else None):
        turns, confidence = with_roles(turns, said.roles), 1.0
    conversation = Conversation(
        turns=turns,
        language=saved.transcript.language,
        role_confidence=confidence,
        speech=heard.turns if heard else (),
        diarizer=diarizer,
        rough=saved.transcript.rough,
    )
    with finishing(tools, job, then=Stage.CLASSIFY) as session:
        conversation_id = transcripts.save_conversation(
            session,
            conversation,
            workspace_id=job.workspace_id,
            call_id=job.call_id,
            transcript_id=saved.id,
            key=job.input_key,
        )
        calls.set_current_conversation(session, call_id=job.call_id, conversation_id=conversation_id)


def _roles(spoken: tuple[Turn, ...], heard: Diarization | None, context: Context) -> tuple[tuple[Turn, ...], float]:
    """Nobody's where nothing told the voices apart: in one heap a caller's words would be taken for an agent's."""
    return (spoken, 0.0) if heard is not None and not heard.exclusive else assign_roles(spoken, context)


def _is_of_these(said: CorrectedRoles, turns: Sequence[Turn], transcript_id: int | None) -> bool:
    """Whether a person's word is on these speakers: voices have the numbers of one transcript, channels (None) stay."""
    if transcript_id is None:
        return True
    return said.transcript_id == transcript_id and said.roles.keys() == {turn.speaker for turn in turns}


def _speakers(
    tools: Toolbox, call: Call, saved: SavedTranscript, given: tuple[str | None, Context]
) -> tuple[Diarization | None, str]:
    """None: the words know their speaker, by channel or as delivered; empty: nobody knows. And what told them apart."""
    if saved.delivered_roles is not None:
        return None, DELIVERED
    if saved.transcript.channels > 1 or not call.has_recording or not saved.transcript.words:
        return None, "by_channel"
    object_key, context = given
    if object_key is None:
        return Diarization(), f"none: it broke {MAX_ATTEMPTS - 1} times"
    try:
        diarizer = tools.diarizer()
        with _opened(tools, object_key, call) as clip:
            return diarizer.diarize(listen(clip, named=False, with_health=False), context), diarizer.version
    except (EngineFailed, SettingsError, BadRecording) as error:
        # A transcript without speakers is worth more than none.
        log.warning("no speakers", error=str(error))
        return Diarization(), f"none: {error}"


def classify_call(tools: Toolbox, job: Job, progress: Progress) -> None:  # noqa: ARG001  (it is over at once)
    """A conversation to tags."""
    with tools.sessions.read() as session:
        call = calls.get(session, tools.vault, call_id=job.call_id)
        conversation_id = calls.current_conversation_id(session, call_id=job.call_id)
        conversation = transcripts.get_conversation(session, conversation_id=conversation_id).conversation
        context = context_of(session, call)
    opinions = opinions_of(conversation, context, tools.classifiers())
    with finishing(tools, job, then=Stage.FEED_BACK) as session:
        tags.save_opinions(session, opinions, workspace_id=job.workspace_id, conversation_id=conversation_id)
        settle_tags(session, tools, job.call_id, conversation_id)
        calls.touch(session, call_id=job.call_id)
        _track_again(session, job, context)


def track_call(tools: Toolbox, job: Job, progress: Progress) -> None:  # noqa: ARG001  (it is over at once)
    """The workspace's trackers, as they are switched on now, over a call that has its other tags already."""
    with tools.sessions.read() as session:
        conversation_id = calls.row(session, job.call_id).current_conversation_id
        if conversation_id is not None:
            conversation = transcripts.get_conversation(session, conversation_id=conversation_id).conversation
            context = context_of(session, calls.get(session, tools.vault, call_id=job.call_id))
            found = tracked(conversation, context)
    with finishing(tools, job, then=None) as session:
        if conversation_id is None or not _is_classified(session, job.call_id, conversation_id):
            return  # that is still to come, and looks for the trackers too
        thought = tags.opinions(session, conversation_id=conversation_id)
        if [opinion for opinion in thought if is_tracked(opinion)] != found:
            opinions = [*(opinion for opinion in thought if not is_tracked(opinion)), *found]
            tags.save_opinions(session, opinions, workspace_id=job.workspace_id, conversation_id=conversation_id)
            settle_tags(session, tools, job.call_id, conversation_id)
            calls.touch(session, call_id=job.call_id)
            write_record(session, tools, job.call_id)
        _track_again(session, job, context)


def _is_classified(session: Session, call_id: CallId, conversation_id: int) -> bool:
    key = route.input_key(session, call_id, Stage.CLASSIFY)
    is_current = calls.row(session, call_id).current_conversation_id == conversation_id
    return is_current and work.is_done(session, call_id=call_id, stage=Stage.CLASSIFY, input_key=key)


def _track_again(session: Session, job: Job, context: Context) -> None:
    """Trackers that were switched while we looked for those before found our row running, and left it."""
    if trackers.switched_on(session, workspace_id=job.workspace_id) != context.trackers:
        route.make_due(session, job.call_id, Stage.TRACK)


def settle_tags(session: Session, tools: Toolbox, call_id: CallId, conversation_id: int | None) -> None:
    """Opinions on this conversation of the call, and corrections, to its tags."""
    opinions = [] if conversation_id is None else tags.opinions(session, conversation_id=conversation_id)
    settled = settling(session, tools, call_id, conversation_id)(opinions, tags.corrections(session, call_id=call_id))
    workspace_id = calls.row(session, call_id).workspace_id
    tags.replace(session, settled, workspace_id=workspace_id, call_id=call_id, conversation_id=conversation_id)


def settling(
    session: Session, tools: Toolbox, call_id: CallId, conversation_id: int | None
) -> Callable[[Sequence[Opinion], Sequence[Correction]], list[Tag]]:
    """How opinions on this conversation become tags, by what is known of the call and its sound."""
    call = calls.row(session, call_id)
    language, rough, sound = None, False, 1.0
    # A call that nobody could listen to owes answers; one without speech carries no tags but a person's.
    usable = WithheldReason.NO_TRANSCRIPT if call.state == CallState.FAILED else None
    if conversation_id is not None:
        conversation = transcripts.get_conversation(session, conversation_id=conversation_id).conversation
        language, rough = conversation.language, conversation.rough
        usable = None if language is None or language in LANGUAGES else WithheldReason.LANGUAGE
        sound = _sound_factor(session, call_id, conversation)
        usable = usable or (WithheldReason.POOR_SOUND if sound == 0.0 else None)
    return partial(settle, thresholds=tools.thresholds, usable=usable, language=language, rough=rough, sound=sound)


def _sound_factor(session: Session, call_id: CallId, conversation: Conversation) -> float:
    """By what the sound lowers confidences; 1 where words were delivered, whatever the recording beside them."""
    recording = recordings.of_call(session, call_id=call_id)
    if conversation.diarizer == DELIVERED or recording is None or recording.health is None:
        return 1.0
    if not conversation.turns:  # That nobody speaks is then what the tags say.
        heard = [finding for finding in recording.health.findings if finding.kind not in SILENT]
        return replace(recording.health, findings=tuple(heard)).factor
    return recording.health.factor


def feed_back(tools: Toolbox, job: Job, progress: Progress) -> None:  # noqa: ARG001  (it is over at once)
    """Tags and tracking to the attribution record."""
    with finishing(tools, job, then=None) as session:
        call = calls.row(session, job.call_id)
        if call.state == CallState.WORKING and not work.is_open(session, call_id=job.call_id):
            calls.set_state(session, call_id=job.call_id, state=CallState.FINISHED)
        if call.state != CallState.ERASED:
            write_record(session, tools, job.call_id)


STEPS: dict[Stage, Callable[[Toolbox, Job, Progress], None]] = {
    Stage.FETCH: fetch_recording.fetch_call,
    Stage.TRANSCRIBE: transcribe_call,
    Stage.DIARIZE: diarize_call,
    Stage.CLASSIFY: classify_call,
    Stage.TRACK: track_call,
    Stage.FEED_BACK: feed_back,
    Stage.DELIVER: deliver,
    Stage.FOLLOW: follow,
    Stage.RESTATE: restate,
}


def context_of(session: Session, call: Call, saved: SavedTranscript | None = None) -> Context:
    """What engines and classifiers may know. Of a delivered transcript the speakers' numbers are the channels."""
    facts = call.facts
    names = (facts.branch, facts.agent, *workspaces.by_id(session, call.workspace_id).vocabulary)
    return Context(
        language=facts.language or call.language,
        channel_roles=facts.channel_roles if saved is None else _channel_roles(call, saved),
        direction=facts.direction.value if facts.direction else None,
        answered=facts.answered,
        vocabulary=tuple(dict.fromkeys(name for name in names if name)),
        business_name=facts.branch,
        trackers=trackers.switched_on(session, workspace_id=call.workspace_id),
    )


def _channel_roles(call: Call, saved: SavedTranscript) -> Mapping[int, Role]:
    """Who is on which channel; nobody, where all voices came over one."""
    if saved.delivered_roles is not None:
        return saved.delivered_roles
    return call.facts.channel_roles if saved.transcript.channels > 1 else {}


@contextmanager
def finishing(tools: Toolbox, job: Job, *, then: Stage | None) -> Iterator[Session]:
    """The one transaction that ends a stage. A result whose input has changed meanwhile is dropped: LeaseLost.

    Raises LeaseLost when another worker has the row.
    """
    with tools.writing() as session:
        calls.lock(session, job.call_id)
        work.finish(session, job)
        is_stale = then is not None and route.input_key(session, job.call_id, job.stage) != job.input_key
        if not is_stale:
            yield session
            if then is not None:
                route.make_due(session, job.call_id, then)
    if is_stale:
        raise LeaseLost("the input has changed meanwhile; a newer run is due")


def _failed(tools: Toolbox, job: Job, error: Exception) -> None:
    expected = isinstance(error, EarmarkError)
    log.log(30 if expected else 40, "stage failed", error=str(error), exc_info=None if expected else error)
    # What we did not foresee may quote anything; it stands in the log, and the reason goes out with the record.
    reason = str(error) if expected else f"{job.stage.value} broke ({type(error).__name__}); the log says where"
    reason = reason.replace("\0", "")  # which PostgreSQL cannot hold
    try:
        if isinstance(error, HOPELESS) or job.attempt >= ATTEMPTS.get(job.stage, MAX_ATTEMPTS):
            give_up(tools, job, reason)
        else:
            with tools.sessions.write() as session:
                work.retry_later(session, job, error=reason, delay=BACKOFF * 4 ** min(job.attempt - 1, MAX_ATTEMPTS))
    except LeaseLost as lost:
        log.warning("failure dropped", why=str(lost))


def give_up(tools: Toolbox, job: Job, reason: str) -> None:
    """The call keeps what it has, and the reason; its record says so."""
    with tools.writing() as session:
        calls.lock(session, job.call_id)
        work.give_up(session, job, error=reason)
        fail(session, tools, job.call_id, job.stage, job.input_key, reason)


def fail(  # noqa: PLR0917
    session: Session, tools: Toolbox, call_id: CallId, stage: Stage, input_key: str, reason: str
) -> None:
    """What follows when a stage is given up: a call that failed, or a delivery that did.

    A call has not failed when the records of others cannot be made; these stay marked, for the next change of the lead.
    """
    if stage is Stage.DELIVER:
        deliveries.close(session, delivery_id=int(input_key), state="failed", answer=reason)
        return
    if stage in (Stage.TRACK, Stage.FOLLOW, Stage.RESTATE):
        return  # the call has its tags and its record, and keeps them
    if stage is not Stage.FEED_BACK and route.input_key(session, call_id, stage) != input_key:
        return  # its input has changed meanwhile; a newer run is due, and the call has not failed
    calls.set_state(session, call_id=call_id, state=CallState.FAILED, reason=reason)
    try:
        with session.begin_nested():
            settle_tags(session, tools, call_id, calls.row(session, call_id).current_conversation_id)
            write_record(session, tools, call_id)
    except Exception:
        # The last door: a call whose record cannot be made has failed all the same, and must not come back for ever.
        log.exception("failed without a record", call_id=call_id)
        session.expire_all()
