import pytest
from command_line import Earmark

from earmark.commands.opening import open_here
from models.call import CallFacts
from models.upload import DeliveredTranscript, Upload
from pipeline.ingest import ingest_call
from pipeline.stages import context_of
from storage import calls


def test_names_are_kept_each_once_and_may_be_forgotten(earmark: Earmark) -> None:
    assert "2 new, 2 in all" in earmark("vocabulary", "add", "Kaş  Dental", "Анна").err
    assert "1 new, 3 in all" in earmark("vocabulary", "add", "می\u200cخواهم").err
    assert earmark("vocabulary", "remove", "می\u200cخواهم").status == 0
    assert "1 new, 3 in all" in earmark("vocabulary", "add", "Анна", "Nobel Guide").err
    assert earmark("vocabulary", "list").out.splitlines() == ["Kaş Dental", "Анна", "Nobel Guide"]
    assert earmark("vocabulary", "remove", "Анна").status == 0
    assert earmark("vocabulary", "list").out.splitlines() == ["Kaş Dental", "Nobel Guide"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", " "), "has 0 letters"),
        (("add", "x" * 61), "has 61 letters"),
        (("remove", "nobody"), "'nobody' is not"),
        (("add", "a\x1b[31m"), "nobody can read"),
        (("add", "\udcff"), "nobody can read"),
    ],
)
def test_what_is_no_name_is_refused(earmark: Earmark, arguments: tuple[str, ...], said: str) -> None:
    answer = earmark("vocabulary", *arguments)
    assert answer.status == 2
    assert said in answer.err


def test_engines_are_told_the_names_after_those_of_the_call(earmark: Earmark) -> None:
    earmark("vocabulary", "add", "Nobel Guide", "Anna")
    opened = open_here()
    facts = CallFacts(external_id="1", agent="Anna", branch="Kaş")
    upload = Upload(facts=facts, named=frozenset({"agent", "branch"}), transcript=DeliveredTranscript(turns=()))
    call_id = ingest_call(opened.tools, upload, workspace_id=opened.workspace_id).call_id
    with opened.tools.sessions.read() as session:
        call = calls.get(session, opened.tools.vault, call_id=call_id)
        assert context_of(session, call).vocabulary == ("Kaş", "Anna", "Nobel Guide")
