"""What goes wrong with a language model costs a warning and never the call."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from language_model import MODEL, Answer, language_model
from llm_parts import CALL, GOOD, KEY, Instead, form, llm_tags, said
from structlog.testing import capture_logs

from classifiers.kinds.llm import ENOUGH_FAILURES, REST_SECONDS
from classifiers.llm.endpoint import MAX_ANSWER, Endpoint, Options
from models.context import Context
from models.errors import SettingsError
from models.tag import Source, TagKind


def refuses(status: int, **more: Any) -> Answer:
    """With the words of the call and the key in its body, as some servers do."""
    body = json.dumps({"error": {"message": f"Zebedee {KEY}", "type": "bad_thing", "input": "Zebedee"}}).encode()
    return Answer(status=status, body=body, **more)


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([Answer(refusal="I would rather not.")], "refuses to answer"),
        ([Answer(form="", finish="content_filter")], "refuses to answer"),
        ([Answer(form='{"channels": [', finish="length")], "EARMARK_LLM_ANSWER_TOKENS"),
        ([Answer(form="I think that this is Zebedee")], "no JSON"),
        ([Answer(form="[" * 100_000)], "no JSON"),
        ([Answer(form="[1]")], "not the form"),
        ([Answer(form={"answer": 42})], "not the form"),
        ([Answer(form="  ")], "empty"),
        ([Answer(body=b'{"choices": []}')], "no choice"),
        ([Answer(body=b'{"choices": [{"message": null}]}')], "no choice"),
        ([Answer(body=b"<html>Zebedee</html>")], "no JSON object"),
        ([Answer(body=b"\xff\xfe")], "no JSON object"),
        ([Answer(body=b" " * (MAX_ANSWER + 1))], "longer than"),
        ([Answer(form=GOOD, headers={"Content-Encoding": "gzip"})], "compressed"),
        ([Answer(late=True)], "no answer within 0.5 seconds"),
        ([Answer(drips=True)], "no answer within 0.5 seconds"),
        ([Answer(breaks_off=True)], "broke the exchange off"),
        ([refuses(302, headers={"Location": "http://127.0.0.1:1/"})], "redirect"),
        ([refuses(400)], r"status 400 \(bad_thing\).*json_schema"),
        ([refuses(401)], "EARMARK_LLM_KEY"),
        ([refuses(404)], "EARMARK_LLM_MODEL"),
        ([refuses(429)], r"status 429.*try 3"),
        ([refuses(429, headers={"Retry-After": "3600"})], r"status 429.*try 1"),
        ([refuses(429, headers={"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"})], r"status 429.*try 1"),
        ([refuses(500)], "status 500.*try 3"),
        ([refuses(503), refuses(403)], "status 403"),
    ],
)
def test_a_failure_is_a_warning_and_the_others_speak(
    tmp_path: Path, answers: list[Answer], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    seconds = 0.5 if answers[0].late or answers[0].drips else 20.0
    with language_model(*answers, key=KEY) as server, capture_logs() as logs:
        tags = llm_tags(server, tmp_path, seconds=seconds, key=KEY, instead=Instead())
        assert tags.classify(CALL, Context()) == list(Instead.said)
    warning = next(entry for entry in logs if entry["log_level"] == "warning")
    assert re.search(why, warning["why"])
    for secret in (KEY, "Zebedee"):
        assert secret not in f"{logs} {caplog.text} {tags._endpoint!r} {tags._endpoint.options!r}"


def test_one_that_is_not_there_is_a_failure_too(tmp_path: Path) -> None:
    with capture_logs() as logs:
        assert llm_tags("http://127.0.0.1:1", tmp_path, instead=Instead()).classify(CALL, Context()) == list(
            Instead.said
        )
    assert "http://127.0.0.1:1/v1 cannot be reached" in logs[0]["why"]


def test_a_proxy_that_is_none_is_a_failure_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://proxy")
    with capture_logs() as logs:
        assert llm_tags("http://models.example", tmp_path).classify(CALL, Context()) == []
    assert "broke the exchange off (ValueError)" in logs[0]["why"]


def test_a_busy_endpoint_is_asked_again_when_it_says(tmp_path: Path) -> None:
    waits: list[float] = []
    later = [refuses(429, headers={"Retry-After": "7"}), refuses(503), Answer(form=GOOD)]
    with language_model(*later) as server:
        opinions = llm_tags(server, tmp_path, wait=waits.append).classify(CALL, Context())
    assert len(opinions) == 3
    assert waits == [7.0, 1.0]


def test_after_some_failures_it_is_left_alone_for_a_while(tmp_path: Path) -> None:
    now = [0.0]
    with language_model(*[refuses(400)] * ENOUGH_FAILURES, Answer(form=GOOD)) as server:
        tags = llm_tags(server, tmp_path, clock=lambda: now[0])
        for _ in range(ENOUGH_FAILURES + 3):
            assert tags.classify(CALL, Context()) == []
        assert len(server.asked) == ENOUGH_FAILURES
        now[0] = REST_SECONDS
        assert len(tags.classify(CALL, Context())) == 3


def test_alone_the_others_speak_where_it_is_silent(tmp_path: Path) -> None:
    """What belongs together comes from one: a reason never from another than what it explains."""
    answer = form(outcome=said("quote_given", (2, "Tuesday at nine")), lead_quality=said("hot", (1, "not said")))
    with language_model(Answer(form=answer)) as server:
        opinions = llm_tags(server, tmp_path, instead=Instead()).classify(CALL, Context())
    assert {(one.kind, one.value, one.source) for one in opinions} == {
        (TagKind.STATED_CHANNEL, None, Source.LLM),
        (TagKind.OUTCOME, "quote_given", Source.LLM),
        (TagKind.LEAD_QUALITY, "warm", Source.RULES),
        (TagKind.HANDLING, "yes", Source.RULES),
    }


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"url": "ftp://models"}, "ftp://models"),
        ({"url": "127.0.0.1:11434"}, "127.0.0.1:11434"),
        ({"url": "http://"}, "EARMARK_LLM_URL"),
        ({"url": f"http://me:{KEY}@models/v1"}, "a login"),
        ({"url": f"http://models/v1?key={KEY}"}, "a query"),
        ({"key": f"{KEY}\n"}, "EARMARK_LLM_KEY"),
        ({"key": f"Bearer {KEY}"}, "EARMARK_LLM_KEY"),
        ({"key": f"{KEY}ключ"}, "EARMARK_LLM_KEY"),
        ({"model": " "}, "EARMARK_LLM_MODEL"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_shown(options: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(named)) as raised:
        Endpoint(Options(**{"url": "http://models/v1", "model": MODEL, **options}))
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
def test_the_address_may_be_that_of_the_server(tmp_path: Path, path: str) -> None:
    with language_model(Answer(form=GOOD), key=KEY) as server:
        tags = llm_tags(server.url.removesuffix("/v1") + path, tmp_path, key=KEY)
        assert len(tags.classify(CALL, Context())) == 3
    assert server.paths == ["/v1/chat/completions"]
