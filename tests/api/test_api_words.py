"""Transcripts, tags with their evidence, and a person's word on them."""

from typing import Any

import pytest
from doors import Door
from sqlalchemy import select, update

from models.call import CallId
from models.health import Finding, FindingKind, Health, Severity
from storage import recordings, tables


def test_a_transcript_has_turns_with_roles_and_words_with_times(door: Door) -> None:
    body = door.get(f"/calls/{door.spoken()}/transcript").json()
    assert (body["language"], body["engine"], body["rough"], body["notes"]) == ("en", "delivered", False, [])
    agent, caller = body["turns"]
    assert (agent["role"], caller["role"], caller["text"]) == ("agent", "caller", "I saw your ad on Google.")
    assert (caller["start"], caller["end"]) == (2.5, 4.0)
    assert caller["words"][0] == {"text": "I", "start": 2.5, "end": pytest.approx(2.58, abs=0.05), "confidence": None}


def test_words_whose_speakers_are_not_told_apart_yet_are_shown_by_channel(door: Door) -> None:
    call = door.spoken()
    with door.tools.sessions.write() as session:
        session.execute(update(tables.Call).values(current_conversation_id=None))
    body = door.get(f"/calls/{call}/transcript").json()
    assert (body["diarizer"], body["role_confidence"]) == (None, None)
    assert [turn["role"] for turn in body["turns"]] == ["unknown", "unknown"]
    assert body["turns"][1]["text"] == "I saw your ad on Google."


def test_a_call_without_a_transcript_says_why(door: Door) -> None:
    waiting = door.call("a", recording_expected=True)
    assert "its recording is expected later" in door.get(f"/calls/{waiting}/transcript").json()["detail"]
    working = door.call("b", url="https://93.184.216.34/b.wav")
    assert "it is worked on (fetch)" in door.get(f"/calls/{working}/transcript").json()["detail"]
    assert "it is worked on (fetch)" in door.get(f"/calls/{working}/record").json()["detail"]


def tags(door: Door, call: str) -> dict[str, dict[str, Any]]:
    return {tag["kind"]: tag for tag in door.get(f"/calls/{call}/tags").json()["tags"]}


def test_a_tag_has_its_evidence_word_for_word(door: Door) -> None:
    found = tags(door, door.spoken())
    stated = found["stated_channel"]
    assert (stated["value"], stated["item"], stated["status"]) == ("google_ads", "google_ads", "given")
    assert (stated["confidence"], stated["source"], stated["version"]) == (0.9, "rules", "fixed/1")
    (quote,) = stated["quotes"]
    assert (quote["text"], quote["speaker"]) == ("your ad on Google.", "caller")
    assert 2.5 < quote["start"] < quote["end"] == 4.0
    assert (found["lead_quality"]["value"], found["lead_quality"]["score"]) == ("warm", 60)


def test_a_withheld_tag_is_unknown_and_keeps_its_guess_for_review(door: Door) -> None:
    outcome = tags(door, door.spoken())["outcome"]
    assert (outcome["value"], outcome["best_guess"]) == ("unknown", "information_given")
    assert (outcome["status"], outcome["reason"]) == ("withheld", "low_confidence")


def test_evidence_is_read_where_the_tags_were_made_while_newer_words_wait(door: Door) -> None:
    call = door.spoken()
    with door.tools.sessions.write() as session:
        old = session.scalars(select(tables.Conversation)).one()
        newer = tables.Conversation(
            workspace_id=old.workspace_id,
            call_id=old.call_id,
            transcript_id=old.transcript_id,
            key="newer",
            diarizer="another",
            turns=b"x\x9c\x8b\x8e\x05\x00\x01\x15\x00\xb9",  # an empty list
            role_confidence=0.5,
            created_at=old.created_at,
        )
        session.add(newer)
        session.flush()
        session.get_one(tables.Call, CallId(old.call_id)).current_conversation_id = newer.id
    assert tags(door, call)["stated_channel"]["quotes"][0]["text"] == "your ad on Google."


def test_a_correction_stands_above_the_machine_and_reaches_the_record(door: Door) -> None:
    call = door.spoken()
    before = door.get(f"/calls/{call}/record").json()
    answer = door.put(f"/calls/{call}/tags/outcome", json={"values": ["lost"], "why": "they called back"})
    assert answer.status_code == 200
    (correction,) = answer.json()["corrections"]
    assert (correction["values"], correction["who"], correction["why"]) == (["lost"], "tests", "they called back")
    (machine,) = correction["machine"]
    assert (machine["value"], machine["best_guess"], machine["version"]) == ("unknown", "information_given", "fixed/1")
    outcome = tags(door, call)["outcome"]
    assert (outcome["value"], outcome["status"], outcome["source"]) == ("lost", "corrected", "human")
    after = door.get(f"/calls/{call}/record").json()
    assert (after["revision"], after["type"]) == (before["revision"] + 1, "call.corrected")
    assert after["record"]["outcome"]["value"] == "lost"


def test_channels_may_be_corrected_to_several_and_to_none(door: Door) -> None:
    call = door.spoken()
    door.put(f"/calls/{call}/tags/stated_channel", json={"values": ["tv", "radio"], "who": "Olga"})
    found = door.get(f"/calls/{call}/tags").json()
    assert [tag["value"] for tag in found["tags"] if tag["kind"] == "stated_channel"] == ["tv", "radio"]
    assert found["corrections"][0]["who"] == "Olga"
    door.put(f"/calls/{call}/tags/stated_channel", json={"values": []})
    assert tags(door, call)["stated_channel"]["value"] is None


@pytest.mark.parametrize(
    ("kind", "body", "status", "said"),
    [
        ("outcome", {"values": ["won"]}, 422, "'won' is no outcome; one of: sale_closed"),
        ("outcome", {"values": ["lost", "voicemail"]}, 422, "outcome has one value, not 2"),
        ("mood", {"values": ["good"]}, 422, "there is no tag 'mood' to correct"),
        ("outcome", {"value": ["lost"]}, 422, "value: there is no such name; did you mean 'values'?"),
        ("outcome", {"values": "lost"}, 422, "values is 'lost'"),
        ("outcome", {"values": ["lost"], "who": ""}, 422, "who is ''"),
        ("outcome", {}, 422, "values is missing"),
        ("outcome", [], 422, "must be a JSON object"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(door: Door, kind: str, body: Any, status: int, said: str) -> None:
    call = door.spoken()
    answer = door.put(f"/calls/{call}/tags/{kind}", json=body)
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert door.get(f"/calls/{call}/tags").json()["corrections"] == []


def test_an_erased_call_is_not_corrected(door: Door) -> None:
    call = door.spoken()
    door.delete(f"/calls/{call}")
    assert door.put(f"/calls/{call}/tags/outcome", json={"values": ["lost"]}).status_code == 409


def test_speakers_are_named_and_the_transcript_shows_it(door: Door) -> None:
    call = door.spoken()
    before = door.get(f"/calls/{call}/transcript").json()
    roles = {turn["speaker"]: turn["role"] for turn in before["turns"]}
    other = {"agent": "caller", "caller": "agent"}
    given = {str(speaker): other[role] for speaker, role in roles.items()}
    answer = door.put(f"/calls/{call}/roles", json={"roles": given, "who": "Olga", "why": "the other way round"})
    assert answer.status_code == 200
    assert {str(turn["speaker"]): turn["role"] for turn in answer.json()["turns"]} == given
    assert (answer.json()["role_confidence"], answer.json()["roles_doubtful"]) == (1.0, False)
    assert door.get(f"/calls/{call}/tags").json()["corrections"] == [], "it is no word on a tag"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"roles": {"5": "agent"}}, 422, "there is no speaker 5"),
        ({"roles": {"0": "boss"}}, 422, "boss"),
        ({"roles": {}}, 422, "roles"),
        ({"roles": {"0": "unknown"}}, 422, "'unknown' is no role to give"),
        ({"roles": {"100": "agent"}}, 422, "less than or equal to 99"),
    ],
)
def test_roles_that_cannot_be_are_refused(door: Door, body: Any, status: int, said: str) -> None:
    call = door.spoken()
    answer = door.put(f"/calls/{call}/roles", json=body)
    assert answer.status_code == status
    assert said in answer.text


def test_what_is_wrong_with_the_sound_is_said_with_the_side_it_is_on(door: Door) -> None:
    call = door.spoken()
    with door.tools.sessions.write() as session:
        row = session.scalars(select(tables.Call).where(tables.Call.public_id == call)).one()
        row.channel_roles = {"1": "caller"}
        saved = recordings.add(session, workspace_id=row.workspace_id, sha256="a" * 64, object_key="a", size=1)
        row.recording_id = saved.id
        quiet = Finding(
            kind=FindingKind.QUIET, severity=Severity.LOWERS, channel=1, value=-52.0, limit=-45.0, factor=0.9,
            text="channel 1 is very quiet: -52 dB.",
        )  # fmt: skip
        recordings.measured(
            session,
            recording_id=saved.id,
            duration=4.0,
            channels=2,
            encoding="gsm, 8000 Hz",
            health=Health(findings=(quiet,)),
        )
    sound = door.get(f"/calls/{call}/sound").json()
    assert (sound["verdict"], sound["factor"], sound["encoding"]) == ("lowered", 0.9, "gsm, 8000 Hz")
    assert sound["findings"][0]["text"] == "The caller's side is very quiet: -52 dB."


def test_a_call_without_a_recording_has_no_sound(door: Door) -> None:
    answer = door.get(f"/calls/{door.spoken()}/sound")
    assert answer.status_code == 404
    assert "has not been heard" in answer.json()["detail"]
