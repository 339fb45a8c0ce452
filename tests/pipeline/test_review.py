"""Stored calls looked at again, and tagged anew. On SQLite and on PostgreSQL."""

from pathlib import Path

import pytest
from road import drain, facts, toolbox

from models.call import CallId
from models.context import Context
from models.conversation import Conversation, Role
from models.tag import Opinion, TagKind, TagStatus
from models.upload import DeliveredTranscript, SpokenTurn, Upload
from pipeline.correct import correct_tag
from pipeline.erase import erase_call
from pipeline.ingest import ingest_call
from pipeline.retag import retag_calls
from pipeline.review import Stored, corrected, machine_tags, newest
from pipeline.toolbox import Toolbox
from storage import records, tags


class Lost:
    """Thinks that every call is lost."""

    version = "lost 1"

    def classify(self, conversation: Conversation, context: Context) -> list[Opinion]:
        return [Opinion(kind=TagKind.OUTCOME, value="lost", confidence=0.9, version=self.version)]


def take(tools: Toolbox, name: str) -> CallId:
    said = DeliveredTranscript(turns=(SpokenTurn(Role.CALLER, "A neighbor told me about you."),), language="en")
    made = ingest_call(tools, Upload(facts=facts(name), transcript=said), workspace_id=1)
    drain(tools)
    return made.call_id


def say(tools: Toolbox, call_id: CallId, kind: str = "outcome", *values: str) -> None:
    correct_tag(tools, call_id=call_id, kind=kind, values=values or ("quote_given",), who="Olga")


def test_calls_with_a_persons_word_are_found_until_they_are_erased(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    one, two, _ = (take(tools, name) for name in "abc")
    say(tools, one)
    say(tools, two, "stated_channel", "tv", "radio")
    say(tools, two, "stated_channel", "tv")
    count, found = corrected(tools, workspace_id=1)
    stored = list(found)
    assert (count, [[said.values for said in one.corrections] for one in stored]) == (
        2,
        [[("quote_given",)], [("tv",)]],
    )
    erase_call(tools, call_id=one)
    assert corrected(tools, workspace_id=1)[0] == 1
    assert newest(tools, workspace_id=1, last=9)[0] == 2
    assert newest(tools, workspace_id=1, last=1)[0] == 1


def test_it_is_known_what_was_said_of_a_call_and_what_would_be_now(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    call_id = take(tools, "a")
    say(tools, call_id)
    stored: Stored = next(corrected(tools, workspace_id=1)[1])
    (now,) = (tag for tag in stored.tagged_by([Lost()]) if tag.kind is TagKind.OUTCOME)
    (kept,) = (tag for tag in stored.tagged_by([Lost()], stored.corrections) if tag.kind is TagKind.OUTCOME)
    assert (now.value, kept.value, kept.status) == ("lost", "quote_given", TagStatus.CORRECTED)
    assert stored.version_of(TagKind.STATED_CHANNEL) == "mentions-rules-1"
    with tools.sessions.read() as session:
        machine = machine_tags(session, tools, call_id)
    assert [tag.status for tag in machine if tag.kind is TagKind.OUTCOME] != [TagStatus.CORRECTED]


@pytest.mark.parametrize("spoken", [False, True])
def test_retagging_keeps_a_persons_word_and_tells_what_changed(tmp_path: Path, database_url: str, spoken: bool) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    call_id = take(tools, "a")
    if spoken:
        say(tools, call_id)
    again, _ = toolbox(tmp_path, database_url=database_url, classifiers=(Lost(),))
    assert retag_calls(again, workspace_id=1) == 1
    drain(again)
    with again.sessions.read() as session:
        found = {tag.kind: tag for tag in tags.of_call(session, call_id=call_id)}
        change = records.of_call(session, call_id=call_id)
    assert found[TagKind.OUTCOME].value == ("quote_given" if spoken else "lost")
    assert change is not None
    assert change.body is not None
    assert change.body["outcome"]["value"] == found[TagKind.OUTCOME].value
