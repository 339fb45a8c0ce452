"""One call in full, for `earmark show`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from attribution.record import verdict_sentence
from earmark.commands.calls_shown import answer, isolated, minutes
from earmark.commands.console import out
from earmark.commands.opening import Opened
from earmark.progress import stage_text
from models.call import Call, CallFacts, StartKnownFrom
from models.conversation import Conversation, Role
from models.health import side_names
from models.tag import Correction, Tag, TagKind, TagStatus
from models.transcript import Transcript
from pipeline.record import attribution_of, conversation_of
from pipeline.review import machine_tags
from storage import calls, recordings, records, tags, transcripts
from storage.deliveries import Delivery, of_call
from storage.recordings import SavedRecording

STYLES = {Role.AGENT: "cyan", Role.CALLER: "green", Role.MACHINE: "dim", Role.UNKNOWN: ""}
CHANNELS = ("stated_channels", "possible_channels", "denied_channels", "incidental_channels")
ANSWERS = ("lead_quality", "not_a_lead_reason", "outcome", "lost_reason")


STARTS = {
    StartKnownFrom.OBJECT: ", the recording's own time: no other was given",
    StartKnownFrom.RECEIVED: ", when it came: no other time was given",
    StartKnownFrom.METADATA: "",
    None: "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    call: Call
    conversation: Conversation | None
    transcript: Transcript | None
    recording: SavedRecording | None
    record: Mapping[str, Any] | None
    sentence: str
    """The verdict for people."""
    deliveries: list[Delivery]
    acts: Mapping[int, list[str]]
    """What each turn does, by its number."""
    corrections: list[Correction]
    machine: list[Tag]
    """The tags without them."""


def read_call(opened: Opened, call: Call) -> Shown:
    with opened.tools.sessions.read() as session:
        fresh = calls.get(session, opened.tools.vault, call_id=call.id)
        change = records.of_call(session, call_id=call.id)
        words = calls.row(session, call.id).current_transcript_id
        given = tags.of_call(session, call_id=call.id)
        return Shown(
            call=fresh,
            conversation=conversation_of(session, call.id),
            transcript=None if words is None else transcripts.get(session, transcript_id=words).transcript,
            recording=recordings.of_call(session, call_id=call.id),
            record=change.body if change else None,
            sentence=verdict_sentence(attribution_of(session, opened.tools, fresh, given)),
            deliveries=of_call(session, call_id=call.id),
            acts=_acts(given),
            corrections=tags.corrections(session, call_id=call.id),
            machine=machine_tags(session, opened.tools, call.id),
        )


def _acts(given: Sequence[Tag]) -> dict[int, list[str]]:
    acts: dict[int, list[str]] = defaultdict(list)
    for tag in given:
        if tag.kind is TagKind.ACT and tag.status is not TagStatus.WITHHELD:
            acts[tag.evidence[0].turn].append(str(tag.value).replace("_", " "))
    return acts


def show_call(shown: Shown) -> None:
    console = out()
    _facts(console, shown)
    if shown.conversation is not None and shown.conversation.turns:
        _heading(console, "Transcript")
        _transcript(console, shown.conversation, shown.acts)
    if shown.record is not None:
        _heading(console, "Tags")
        _tags(console, shown.record)
        for correction in shown.corrections:
            said = corrected_said(correction, [tag for tag in shown.machine if tag.kind is correction.kind])
            console.print(said, soft_wrap=True)
        _heading(console, "Attribution")
        console.print(f"{shown.record['verdict']}: {shown.sentence}", soft_wrap=True)
        _tracked(console, shown.record["tracked"])
        _lead(console, shown.record.get("lead"))
    for delivery in shown.deliveries:
        said = f": {delivery.answer}" if delivery.answer else ""
        console.print(f"revision {delivery.revision} {delivery.state}{said}", soft_wrap=True)


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text, style="bold"))


def _facts(console: Console, shown: Shown) -> None:
    call, facts = shown.call, shown.call.facts
    known = {
        "call": call.public_id,
        "external id": " ".join(part for part in (facts.provider, facts.external_id) if part),
        "state": stage_text(call),
        "started": _started(facts),
        "direction": facts.direction.value if facts.direction else "",
        "caller": facts.caller_number,
        "dialled": facts.dialled_number,
        "agent": facts.agent,
        "branch": facts.branch,
        "answered": {True: "yes", False: "no", None: ""}[facts.answered],
        "length": minutes(call.duration if call.duration is not None else facts.talk_seconds),
        "language": call.language,
        "engine": call.engine,
        **_sound(shown),
    }
    for name, value in known.items():
        if value:
            console.print(Text.assemble((f"{name:12}", "bold"), value), soft_wrap=True)


def _sound(shown: Shown) -> dict[str, str | None]:
    """What the recording is like, what is doubtful of the words, and who told the speakers apart."""
    conversation, recording = shown.conversation, shown.recording
    health = recording.health if recording else None
    findings = health.named(side_names(shown.call.facts.channel_roles)).findings if health else ()
    return {
        "recording": recording.encoding if recording else None,
        "sound": f"{health.verdict.value}. {' '.join(finding.text for finding in findings)}".strip()
        if health
        else None,
        "words": words_said(shown.transcript) if shown.transcript else None,
        "speakers": conversation.diarizer if conversation else None,
        "roles": "doubtful: `earmark roles` puts them right" if conversation and conversation.roles_doubtful else None,
    }


def words_said(transcript: Transcript) -> str:
    """What is to be known before the words are believed; empty: nothing."""
    rough = ["rough: the engine errs often, so tags are less sure"] if transcript.rough else []
    dropped = [f"pieces left out: {len(transcript.dropped)}"] if transcript.dropped else []
    return "; ".join((*rough, *transcript.notes, *dropped))


def _started(facts: CallFacts) -> str:
    return f"{facts.started_at:%Y-%m-%d %H:%M:%S} UTC{STARTS[facts.started_from]}" if facts.started_at else ""


def _transcript(console: Console, conversation: Conversation, acts: Mapping[int, list[str]]) -> None:
    for number, turn in enumerate(conversation.turns):
        start = next((word.start for word in turn.words if word.start is not None), None)
        does = f"  [{', '.join(acts[number])}]" if number in acts else ""
        who = (f"{turn.role.value:8}", STYLES[turn.role])
        line = Text.assemble((f"{minutes(start):>7}  ", "dim"), who, turn.text, (does, "dim"))
        console.print(line, soft_wrap=True)


def _tags(console: Console, record: Mapping[str, Any]) -> None:
    for kind in CHANNELS:
        for one in record.get(kind) or ():
            verdict = f", {one['verdict']}" if one.get("verdict") else ""
            campaign = f" {isolated(one['campaign'])}" if one.get("campaign") else ""
            _tag(console, kind.replace("_channels", ""), f"{one['channel']}{campaign}{verdict}", one)
    for kind in ANSWERS:
        if (one := record.get(kind)) is not None:
            score = f" {record['score']}" if kind == "lead_quality" and record.get("score") is not None else ""
            _tag(console, kind.replace("_", " "), f"{answer(one)}{score}", one)
    for one in record.get("objections") or ():
        _tag(console, "objection", f"{one['objection']}, {'answered' if one['answered'] else 'not answered'}", one)
    _handling(console, record.get("handling"))
    for one in record.get("trackers") or ():
        _tag(console, "tracker", isolated(one["tracker"]), one)
    if not any(record.get(kind) for kind in (*CHANNELS, *ANSWERS, "trackers")):
        console.print("none: there are no words on it", style="dim")


def _handling(console: Console, handling: Mapping[str, Any] | None) -> None:
    if handling is None:
        return
    sure = f"{handling['confidence']:.0%}"
    console.print(Text.assemble((f"{'handling':18}", "bold"), f"{handling['score']} of 100  ", (sure, "dim")))
    for item, one in handling["answers"].items():
        _tag(console, f"  {item.replace('_', ' ')}", answer(one), one)


def corrected_said(correction: Correction, machine: Sequence[Tag]) -> str:
    """Who said what of a kind of tag, when and why, and what the machine says."""
    values = ", ".join(correction.values) or "none"
    thought = ", ".join(f"{tag.value or tag.item or 'none'} {tag.confidence:.0%}" for tag in machine) or "nothing"
    why = f": {isolated(correction.why)}" if correction.why else ""
    said = f"{correction.kind.replace('_', ' ')} {values} by {correction.who}"
    return f"{said} on {correction.at:%Y-%m-%d %H:%M} UTC{why}; the machine says {thought}"


def _tag(console: Console, kind: str, value: str, tag: Mapping[str, Any]) -> None:
    guess = f", best guess {tag['best_guess']}" if tag.get("best_guess") else ""
    why = f" ({tag['reason']}{guess})" if tag.get("reason") else ""
    sure = f"{tag['confidence']:.0%}, {tag['source']}"
    console.print(Text.assemble((f"{kind:18}", "bold"), f"{value}{why}  ", (sure, "dim")), soft_wrap=True)
    for quote in tag["quotes"]:
        at = f"{minutes(quote['start'])} " if quote["start"] is not None else ""
        console.print(
            Text.assemble(" " * 18, (f"{at}{quote['speaker']}: ", "dim"), isolated(quote["text"])), soft_wrap=True
        )


def _lead(console: Console, lead: Mapping[str, Any] | None) -> None:
    if lead is not None:
        said = ", ".join(
            (lead["first_stated_channel"] or "no channel stated", lead["best_quality"], lead["latest_outcome"])
        )
        which = f"call {lead['number']} of lead {lead['id']}: {said}"
        console.print(Text.assemble((f"{'lead':18}", "bold"), which), soft_wrap=True)


def _tracked(console: Console, tracked: Mapping[str, Any]) -> None:
    for name in ("channel", "source", "medium", "campaign", "keyword", "landing_page", "session_id", "client_id"):
        if tracked.get(name):
            console.print(Text.assemble((f"{name.replace('_', ' '):18}", "bold"), str(tracked[name])), soft_wrap=True)
    for name, value in tracked["click_ids"].items():
        console.print(Text.assemble((f"{name:18}", "bold"), value), soft_wrap=True)
