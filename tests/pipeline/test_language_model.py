"""A language model on the road of a call: its opinions are kept beside the others', and its failure fails nothing."""

from dataclasses import replace
from pathlib import Path

from language_model import MODEL, Answer, language_model
from road import drain, facts, recording, toolbox

from classifiers.kinds.llm import LlmTags
from classifiers.llm.endpoint import Endpoint, Options
from classifiers.llm.ledger import Ledger
from models.call import CallState
from models.conversation import Role
from models.tag import Opinion, Source, quote_of
from models.upload import Upload
from pipeline.ingest import ingest_call
from storage import calls, tags, transcripts

FORM = {
    "channels": [],
    "outcome": {"value": "quote_given", "confidence": 1, "quotes": [{"turn": 2, "words": "Forty dollars a visit"}]},
}


def road(tmp_path: Path, database_url: str, answer: Answer) -> tuple[CallState, list[Opinion], list[str]]:
    """The call's state at the end, what the model is kept to think of it, and the words that show it."""
    tools, _ = toolbox(tmp_path, database_url=database_url)
    with language_model(answer) as server:
        endpoint = Endpoint(Options(url=server.url, model=MODEL), wait=lambda seconds: None)
        llm = LlmTags(endpoint, Ledger(tmp_path / "tokens.json"))
        both = (*tools.classifiers(), llm)
        tools = replace(tools, classifiers=lambda: both)
        roles = facts("42", channel_roles={0: Role.AGENT, 1: Role.CALLER})
        upload = Upload(
            facts=roles, named=frozenset({"channel_roles"}), file=recording(tmp_path / "a.wav"), origin="a.wav"
        )
        call_id = ingest_call(tools, upload, workspace_id=1).call_id
        drain(tools)
    assert len(server.asked) >= 1
    with tools.sessions.read() as session:
        state = calls.get(session, tools.vault, call_id=call_id).state
        conversation_id = calls.current_conversation_id(session, call_id=call_id)
        assert conversation_id is not None
        conversation = transcripts.get_conversation(session, conversation_id=conversation_id).conversation
        opinions = tags.opinions(session, conversation_id=conversation_id)
    by_model = [one for one in opinions if one.source is Source.LLM]
    assert len(by_model) < len(opinions)
    return state, by_model, [quote_of(conversation, place).text for one in by_model for place in one.evidence]


def test_its_opinions_are_kept_beside_the_others(tmp_path: Path, database_url: str) -> None:
    state, opinions, quotes = road(tmp_path, database_url, Answer(form=FORM))
    assert state == CallState.FINISHED
    assert {(one.kind.value, one.value) for one in opinions} == {("outcome", "quote_given"), ("stated_channel", None)}
    assert all(MODEL in one.version for one in opinions)
    assert quotes == ["forty dollars a visit."]


def test_its_failure_fails_no_call(tmp_path: Path, database_url: str) -> None:
    assert road(tmp_path, database_url, Answer(status=500)) == (CallState.FINISHED, [], [])
