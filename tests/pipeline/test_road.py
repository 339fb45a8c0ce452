"""The road end to end, in one process: what is stored, what is redone, what the feed says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from road import drain, facts, recording, toolbox, words
from sqlalchemy import func, select

from audio.sound import Sound
from models.call import CallFacts, CallId, CallState, StartKnownFrom, Tracking
from models.context import Context
from models.conversation import Diarization, Role
from models.errors import BadInput, EngineFailed
from models.tag import TagKind
from models.transcript import Transcript
from models.upload import DeliveredTranscript, SpokenTurn, Upload
from pipeline.correct import correct_tag
from pipeline.erase import erase_call
from pipeline.ingest import Ingested, ingest_call
from pipeline.retry import retry_call
from pipeline.toolbox import Toolbox
from storage import calls, records, tables, tags, transcripts

NAMED = frozenset({"direction", "channel_roles", "tracking.source", "tracking.medium"})
TRACKED = Tracking(source="google", medium="cpc")


def ingest(tools: Toolbox, upload: Upload) -> Ingested:
    return ingest_call(tools, upload, workspace_id=1)


def two_channels(path: Path, external_id: str | None = "42", **given: object) -> Upload:
    known = facts(external_id, channel_roles={0: Role.AGENT, 1: Role.CALLER}, tracking=TRACKED, **given)
    return Upload(facts=known, named=NAMED | set(given), file=path, origin=path.name)


def state(tools: Toolbox, call_id: CallId) -> tuple[CallState, str | None]:
    with tools.sessions.read() as session:
        call = calls.get(session, tools.vault, call_id=call_id)
    return call.state, call.reason


def count(tools: Toolbox, table: type[tables.Row]) -> int:
    with tools.sessions.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def feed(tools: Toolbox, after: int = 0) -> list[records.Change]:
    with tools.sessions.read() as session:
        return records.feed(session, workspace_id=1, after=after, limit=100)


def test_a_recording_becomes_a_record_with_its_evidence(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    made = ingest(tools, two_channels(recording(tmp_path / "a.wav")))
    drain(tools)
    assert made.created
    assert state(tools, made.call_id) == (CallState.FINISHED, None)
    (change,) = feed(tools)
    assert change.body is not None
    assert change.body["verdict"] == "conflicts"
    (stated,) = change.body["stated_channels"]
    assert stated["channel"] == "referral"
    (quote, *_) = stated["quotes"]
    assert "neighbor" in quote["text"]
    assert quote["speaker"] == "caller"
    assert 3.0 <= quote["start"] < quote["end"] <= 6.1
    assert change.body["duration"] == pytest.approx(10.0, abs=0.1)


def test_the_same_call_again_is_neither_doubled_nor_redone(tmp_path: Path, database_url: str) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    upload = two_channels(recording(tmp_path / "a.wav"))
    first = ingest(tools, upload)
    drain(tools)
    again = ingest(tools, upload)
    drain(tools)
    assert (again.call_id, again.created) == (first.call_id, False)
    assert heard.times == 1
    assert count(tools, tables.Call) == count(tools, tables.Transcript) == count(tools, tables.Record) == 1
    assert [change.revision for change in feed(tools)] == [1]


def test_without_an_id_the_same_bytes_are_the_same_call(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    path = recording(tmp_path / "a.wav")
    made = [ingest(tools, two_channels(path, None)).call_id for _ in range(2)]
    assert made[0] == made[1]


def test_the_same_bytes_under_two_ids_are_two_calls_with_one_object(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    path = recording(tmp_path / "a.wav")
    one, two = ingest(tools, two_channels(path, "1")), ingest(tools, two_channels(path, "2"))
    drain(tools)
    assert one.call_id != two.call_id
    assert count(tools, tables.Recording) == 1
    assert len(list(tools.objects.list("recordings/"))) == 1
    erase_call(tools, call_id=one.call_id)
    assert len(list(tools.objects.list("recordings/"))) == 1, "the other call still needs it"
    erase_call(tools, call_id=two.call_id)
    assert list(tools.objects.list("recordings/")) == []


def test_a_new_recording_for_a_known_id_runs_the_road_again(tmp_path: Path, database_url: str) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    first = ingest(tools, two_channels(recording(tmp_path / "a.wav")))
    drain(tools)
    again = ingest(tools, two_channels(recording(tmp_path / "b.wav", seed=2, seconds=12.0)))
    assert state(tools, first.call_id)[0] is CallState.WORKING
    drain(tools)
    assert again.call_id == first.call_id
    assert heard.times == 2
    (change,) = feed(tools)
    assert change.body is not None
    assert change.body["duration"] == pytest.approx(12.0, abs=0.1)
    assert change.revision > 1


def test_a_recording_replaced_while_it_is_read_leaves_only_the_new_words(tmp_path: Path) -> None:
    tools, heard = toolbox(tmp_path)
    made = ingest(tools, two_channels(recording(tmp_path / "a.wav")))
    ingest(tools, two_channels(recording(tmp_path / "b.wav", seed=2)))
    drain(tools)
    assert heard.times == 2
    assert count(tools, tables.Transcript) == 1, "what was heard in the old recording was dropped"
    assert state(tools, made.call_id)[0] is CallState.FINISHED


def test_a_result_whose_recording_was_replaced_meanwhile_is_dropped(tmp_path: Path, database_url: str) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    newer = two_channels(recording(tmp_path / "b.wav", seed=2, seconds=12.0))
    hear = heard.transcribe

    def interrupted(sound: Sound, context: Context, *, progress: object) -> Transcript:
        if heard.times == 0:
            ingest(tools, newer)
        return hear(sound, context, progress=progress)

    heard.transcribe = interrupted  # type: ignore[method-assign]
    made = ingest(tools, two_channels(recording(tmp_path / "a.wav")))
    drain(tools)
    assert heard.times == 2
    assert count(tools, tables.Transcript) == 1
    assert state(tools, made.call_id)[0] is CallState.FINISHED
    (change,) = feed(tools)
    assert change.body is not None
    assert change.body["duration"] == pytest.approx(12.0, abs=0.1)


def test_later_metadata_changes_the_record_and_not_the_words(tmp_path: Path, database_url: str) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    made = ingest(tools, two_channels(recording(tmp_path / "a.wav")))
    drain(tools)
    later = Upload(
        facts=facts(tracking=Tracking(source="newsletter", medium="email")),
        named=frozenset({"tracking.source", "tracking.medium"}),
    )
    assert ingest(tools, later).call_id == made.call_id
    drain(tools)
    (change,) = feed(tools)
    assert change.body is not None
    assert change.body["tracked"]["channel"] == "email"
    assert heard.times == 1


def test_swapped_channels_give_new_speakers_from_the_same_words(tmp_path: Path, database_url: str) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    made = ingest(tools, two_channels(recording(tmp_path / "a.wav")))
    drain(tools)
    swapped = Upload(facts=facts(channel_roles={0: Role.CALLER, 1: Role.AGENT}), named=frozenset({"channel_roles"}))
    ingest(tools, swapped)
    drain(tools)
    with tools.sessions.read() as session:
        current = calls.current_conversation_id(session, call_id=made.call_id)
        conversation = transcripts.get_conversation(session, conversation_id=current).conversation
    assert conversation.turns[0].role is Role.CALLER
    assert heard.times == 1


def test_a_missed_call_is_finished_at_once_and_in_the_feed(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    upload = Upload(facts=facts(answered=False, tracking=TRACKED), named=frozenset({"answered", "tracking.source"}))
    made = ingest(tools, upload)
    assert state(tools, made.call_id) == (CallState.FINISHED, None)
    (change,) = feed(tools)
    assert change.body is not None
    assert (change.body["answered"], change.body["lead_quality"], change.body["outcome"]) == (False, None, None)
    with tools.sessions.read() as session:
        assert tags.of_call(session, call_id=made.call_id) == []


def test_a_recording_that_comes_later_tags_the_call(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    made = ingest(tools, Upload(facts=facts(), recording_expected=True))
    assert state(tools, made.call_id) == (CallState.FINISHED, "its recording is expected later")
    ingest(tools, two_channels(recording(tmp_path / "a.wav")))
    drain(tools)
    assert state(tools, made.call_id) == (CallState.FINISHED, None)
    (change,) = feed(tools)
    assert change.body is not None
    assert [stated["channel"] for stated in change.body["stated_channels"]] == ["referral"]


def test_a_finished_transcript_needs_no_sound(tmp_path: Path, database_url: str) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    delivered = DeliveredTranscript(
        turns=(
            SpokenTurn(Role.AGENT, "Потолок-Сервис, Денис.", 0.0, 2.0),
            SpokenTurn(Role.CALLER, "Здравствуйте, по объявлению с Авито звоню.", 2.0, 5.0),
        ),
        language="ru",
        engine="pbx",
    )
    made = ingest(tools, Upload(facts=facts(), transcript=delivered))
    drain(tools)
    assert heard.times == 0
    (change,) = feed(tools)
    assert change.body is not None
    (stated,) = change.body["stated_channels"]
    assert stated["channel"] == "avito"
    assert stated["quotes"][0]["speaker"] == "caller"
    assert 2.0 <= stated["quotes"][0]["start"] < 5.0
    assert state(tools, made.call_id)[0] is CallState.FINISHED


def test_speakers_without_roles_are_told_apart_and_judged_by_their_words(tmp_path: Path) -> None:
    tools, _ = toolbox(tmp_path)
    said = [
        ("spk_0", "Good morning, Clearview Windows, this is Gareth speaking, how can I help you?"),
        ("spk_1", "Hi, I saw your ad on Facebook, how much is it to clean my windows?"),
        ("spk_0", "What is the address please?"),
    ]
    turns = tuple(SpokenTurn(Role.UNKNOWN, text, speaker=speaker) for speaker, text in said)
    made = ingest(tools, Upload(facts=facts(), transcript=DeliveredTranscript(turns=turns, language="en")))
    drain(tools)
    with tools.sessions.read() as session:
        current = calls.current_conversation_id(session, call_id=made.call_id)
        conversation = transcripts.get_conversation(session, conversation_id=current).conversation
    assert [turn.role for turn in conversation.turns] == [Role.AGENT, Role.CALLER, Role.AGENT]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "odd.wav is empty (0 bytes)"),
        (b"just some text, no sound at all\n" * 9, "odd.wav (288 bytes) looks like a text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "odd.wav (72 bytes) looks like a PNG image"),
    ],
    ids=["empty", "text", "image"],
)
def test_what_is_no_recording_is_kept_with_the_reason(tmp_path: Path, content: bytes, expected: str) -> None:
    tools, _ = toolbox(tmp_path)
    path = tmp_path / "odd.wav"
    path.write_bytes(content)
    made = ingest(tools, two_channels(path))
    drain(tools)
    found, reason = state(tools, made.call_id)
    assert found is CallState.FAILED
    assert reason is not None
    assert expected in reason
    (change,) = feed(tools)
    assert change.body is not None
    assert (change.body["state"], change.body["verdict"]) == ("failed", "unknown")


def test_an_engine_that_breaks_is_tried_again_and_then_given_up(tmp_path: Path, database_url: str) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url, script={"words": words(), "language": "en", "fail": 99})
    made = ingest(tools, two_channels(recording(tmp_path / "a.wav")))
    for _ in range(5):
        _make_due(tools)
        drain(tools)
    assert heard.times == 5
    assert state(tools, made.call_id)[0] is CallState.FAILED
    retry_call(tools, call_id=made.call_id)
    assert state(tools, made.call_id)[0] is CallState.WORKING


def _make_due(tools: Toolbox) -> None:
    with tools.sessions.write() as session:
        for row in session.scalars(select(tables.Work).where(tables.Work.state == "due")):
            row.due_at = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_diarizer_that_breaks_leaves_the_transcript(tmp_path: Path) -> None:
    class Broken:
        version = "broken"

        def diarize(self, sound: object, context: object) -> Diarization:
            raise EngineFailed("out of memory")

    mono = [{**word, "channel": 0} for word in words()]
    tools, _ = toolbox(tmp_path, script={"words": mono, "language": "en"}, diarizer=Broken())
    made = ingest(tools, two_channels(recording(tmp_path / "a.wav", channels=1)))
    drain(tools)
    assert state(tools, made.call_id)[0] is CallState.FINISHED
    with tools.sessions.read() as session:
        current = calls.current_conversation_id(session, call_id=made.call_id)
        conversation = transcripts.get_conversation(session, conversation_id=current).conversation
    assert conversation.diarizer == "none: out of memory"
    assert sum(len(turn.words) for turn in conversation.turns) == len(mono)


def test_a_correction_wins_and_comes_again_in_the_feed(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    made = ingest(tools, two_channels(recording(tmp_path / "a.wav")))
    drain(tools)
    (before,) = feed(tools)
    correct_tag(tools, call_id=made.call_id, kind="lead_quality", values=("hot",), who="anna", why="she ordered")
    (after,) = feed(tools, after=before.seq)
    assert (after.type, after.revision) == ("call.corrected", before.revision + 1)
    assert after.body is not None
    assert (after.body["lead_quality"]["value"], after.body["lead_quality"]["source"]) == ("hot", "human")
    with tools.sessions.read() as session:
        conversation_id = calls.current_conversation_id(session, call_id=made.call_id)
        machine = [o for o in tags.opinions(session, conversation_id=conversation_id) if o.kind is TagKind.LEAD_QUALITY]
    assert [opinion.value for opinion in machine] != ["hot"], "the machine's word stays beside it"


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("lead_quality", ("boiling",), "'boiling' is no lead_quality"),
        ("mood", ("good",), "there is no tag 'mood'"),
        ("outcome", ("lost", "sale_closed"), "one value, not 2"),
        ("stated_channel", ("faceboook",), "'faceboook' is no stated_channel"),
    ],
)
def test_a_correction_to_what_is_no_value_is_refused(
    tmp_path: Path, kind: str, values: tuple[str, ...], said: str
) -> None:
    tools, _ = toolbox(tmp_path)
    made = ingest(tools, Upload(facts=facts()))
    with pytest.raises(BadInput, match=said):
        correct_tag(tools, call_id=made.call_id, kind=kind, values=values, who="anna")


def test_an_erased_call_leaves_a_tombstone_and_nothing_else(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    made = ingest(tools, two_channels(recording(tmp_path / "a.wav"), caller_number="+12025550117"))
    drain(tools)
    erase_call(tools, call_id=made.call_id)
    (change,) = feed(tools)
    assert (change.type, change.body) == ("call.erased", None)
    left = (tables.Transcript, tables.Conversation, tables.Opinion, tables.Tag, tables.Recording, tables.Caller)
    assert [count(tools, table) for table in left] == [0] * len(left)
    assert list(tools.objects.list("recordings/")) == []


def test_a_start_that_nobody_named_is_the_time_of_arrival(tmp_path: Path) -> None:
    tools, _ = toolbox(tmp_path)
    made = ingest(tools, Upload(facts=facts()))
    with tools.sessions.read() as session:
        assert calls.get(session, tools.vault, call_id=made.call_id).facts.started_from is StartKnownFrom.RECEIVED


def test_numbers_are_kept_as_hash_and_cipher_only(tmp_path: Path) -> None:
    tools, _ = toolbox(tmp_path)
    upload = Upload(facts=facts(caller_number="+12025550117"), named=frozenset({"caller_number"}))
    made = ingest(tools, upload)
    with tools.sessions.read() as session:
        assert calls.get(session, tools.vault, call_id=made.call_id).facts.caller_number == "+12025550117"
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("earmark.sqlite*"))
    assert b"2025550117" not in raw


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (Upload(facts=CallFacts()), "needs an external_id"),
        (Upload(facts=facts(), url="https://example.com/a.wav", object_key="inbox/a.wav"), "send one"),
        (Upload(facts=facts(), lane="fast"), "lane 'fast' is not one of live, bulk"),
    ],
)
def test_an_upload_that_cannot_be_is_refused_by_name(tmp_path: Path, upload: Upload, said: str) -> None:
    tools, _ = toolbox(tmp_path)
    with pytest.raises(BadInput, match=said):
        ingest(tools, upload)
