"""One question to an OpenAI-compatible endpoint, `POST {url}/chat/completions`: bounded in time and size.

vLLM, Ollama, llama.cpp's server and hosted ones speak it. Redirects are not followed; the address is the operator's
own, so private ones are allowed. Nothing that is sent or answered stands in an error: both hold what people said.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, NamedTuple

import httpx

from models.deadline import Deadline
from models.errors import EngineFailed, SettingsError

MAX_ANSWER = 1024 * 1024
"""Bytes; an answer of some thousand tokens has a hundredth of it."""
CONNECT_SECONDS = 5.0
TRIES = 3
PAUSE = 0.5
"""Seconds before the second try where the endpoint does not say; twice as many before the third."""
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
_NAMED = re.compile(r"[\w.:-]{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    url: str
    """Up to and with `/v1`."""
    model: str
    key: str | None = field(default=None, repr=False)
    seconds: float = 60.0
    """For all of a question, further tries and waits between them included."""
    answer_tokens: int = 1500


class Reply(NamedTuple):
    text: str
    tokens_in: int | None
    tokens_out: int | None
    """None: the endpoint does not say."""


class Refused(EngineFailed):
    """The endpoint said no before it made a token: nothing is to be paid."""


class _Later(Refused):
    """As `Refused`, and worth another try. `after`: seconds, where the endpoint says."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class _Got(NamedTuple):
    status: int
    headers: httpx.Headers
    body: bytes


class Endpoint:
    def __init__(self, options: Options, *, wait: Callable[[float], None] = time.sleep) -> None:
        """Raises SettingsError for an address, a model or a key that cannot be one."""
        self.options = options
        self._url = checked_url(options.url)
        self._headers = {"accept-encoding": "identity", "user-agent": "earmark"} | _authorization(options.key)
        self._wait = wait
        if not options.model.strip():
            raise SettingsError("EARMARK_LLM_MODEL is empty; name a model that the endpoint has")

    def ask(self, messages: list[dict[str, str]], schema: Mapping[str, Any]) -> Reply:
        """What the model answers, a text that should be JSON. Raises EngineFailed naming the reason."""
        asked = {
            "model": self.options.model,
            "messages": messages,
            "temperature": 0,
            "max_tokens": self.options.answer_tokens,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "call_tags", "strict": True, "schema": schema},
            },
        }
        body = json.dumps(asked, ensure_ascii=False).encode("utf-8", "replace")
        until = time.monotonic() + self.options.seconds
        for attempt in range(1, TRIES + 1):
            try:
                got = self._request("POST", "/chat/completions", until - time.monotonic(), body)
                self._check(got)
                return _reply(got.body)
            except _Later as later:
                pause = PAUSE * 2 ** (attempt - 1) if later.after is None else later.after
                if attempt == TRIES or time.monotonic() + pause >= until:
                    raise Refused(f"{later} (try {attempt})") from None
                self._wait(pause)
        raise AssertionError  # the last try has raised or returned

    def models(self) -> list[str] | None:
        """Those that the endpoint lists; None: it lists none. Raises EngineFailed."""
        got = self._request("GET", "/models", min(self.options.seconds, 10.0))
        if got.status in (404, 405, 501):
            return None
        self._check(got)
        listed = _document(got.body).get("data")
        entries = listed if isinstance(listed, list) else []
        return [str(entry["id"]) for entry in entries if isinstance(entry, dict) and entry.get("id")] or None

    def _request(self, method: str, path: str, seconds: float, body: bytes | None = None) -> _Got:
        deadline = Deadline(max(0.0, seconds))
        steps = httpx.Timeout(max(0.01, seconds), connect=max(0.01, min(CONNECT_SECONDS, seconds)))
        headers = self._headers | ({} if body is None else {"content-type": "application/json"})
        late = f"no answer within {self.options.seconds:g} seconds (EARMARK_LLM_SECONDS)"
        try:
            with (
                deadline,
                httpx.Client(timeout=steps, verify=_trusted(), follow_redirects=False) as client,
                client.stream(
                    method, self._url + path, content=body, headers=headers, extensions={"trace": deadline.trace}
                ) as answer,
            ):
                got = _Got(answer.status_code, answer.headers, _bounded(answer))
        except httpx.ConnectTimeout:
            raise _Later(f"{self._shown} cannot be reached: it takes too long") from None
        except httpx.TimeoutException:
            raise EngineFailed(late) from None
        except httpx.ConnectError as error:
            raise _Later(f"{self._shown} cannot be reached ({error})") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            # Also what is wrong with a proxy or with certificates. Not its text: one may quote the header with the key.
            broken = late if deadline.is_over else f"{self._shown} broke the exchange off ({type(error).__name__})"
            raise EngineFailed(broken) from None
        if deadline.is_over:
            raise EngineFailed(late)
        return got

    @property
    def _shown(self) -> str:
        return f"the endpoint {self._url}"

    def _check(self, got: _Got) -> None:
        if 200 <= got.status < 300:
            return
        says = f"the endpoint answers with status {got.status}{_kind_of(got.body)}"
        match got.status:
            case 401 | 403:
                raise Refused(f"{says}; check EARMARK_LLM_KEY")
            case 404:
                raise Refused(
                    f"{says}; check EARMARK_LLM_URL (it ends with /v1 mostly) and that it has the model "
                    f"{self.options.model!r} (EARMARK_LLM_MODEL)"
                )
            case status if status in _LATER:
                raise _Later(says, _retry_after(got.headers.get("retry-after")))
            case status if 300 <= status < 400:
                raise Refused(f"{says}, a redirect, which is not followed; set EARMARK_LLM_URL to where it leads")
        raise Refused(
            f"{says}; its log may say why: it must know `response_format` with `json_schema`, `max_tokens` and "
            "`temperature`, and have room for EARMARK_LLM_INPUT_TOKENS and EARMARK_LLM_ANSWER_TOKENS"
        )


def checked_url(given: str) -> str:
    """Without a closing slash, and with `/v1` where it names no path. Raises SettingsError, which shows no secret."""
    try:
        url = httpx.URL(given.strip())
    except (httpx.InvalidURL, UnicodeError) as error:
        raise SettingsError(f"EARMARK_LLM_URL is no URL: {error}; write http://127.0.0.1:11434/v1") from None
    if url.userinfo or url.query or url.fragment:
        raise SettingsError(
            "EARMARK_LLM_URL has a login, a query or a fragment; leave them out, and set a key as EARMARK_LLM_KEY"
        )
    if url.scheme not in ("http", "https") or not url.host:
        raise SettingsError(f"EARMARK_LLM_URL is {given!r}; write one such as http://127.0.0.1:11434/v1")
    text = str(url).rstrip("/")
    return text if url.path.rstrip("/") else f"{text}/v1"


def _authorization(key: str | None) -> dict[str, str]:
    if key is None:
        return {}
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SettingsError("EARMARK_LLM_KEY holds a space or a sign that no key has; was it copied whole?")
    return {"authorization": f"Bearer {key}"}


@cache
def _trusted() -> Any:
    """Read once: it takes longer than many an answer."""
    return httpx.create_ssl_context()


def _bounded(answer: httpx.Response) -> bytes:
    """Uncompressed: the bound counts what we hold."""
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise EngineFailed("the endpoint sends its answer compressed, though it was asked not to")
    read = b""
    for piece in answer.iter_raw():
        read += piece
        if len(read) > MAX_ANSWER:
            raise EngineFailed(f"the endpoint's answer is longer than {MAX_ANSWER:,} bytes")
    return read


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise EngineFailed("what the endpoint sends is no JSON object; does EARMARK_LLM_URL lead to the API itself?")
    return document


def _reply(body: bytes) -> Reply:
    """Raises EngineFailed for what is no whole answer."""
    document = _document(body)
    choices = document.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise EngineFailed("the endpoint's answer holds no choice")
    ending, text = choice.get("finish_reason"), message.get("content")
    if ending == "length":
        raise EngineFailed("the answer is cut off; raise EARMARK_LLM_ANSWER_TOKENS, or the context of the model")
    if message.get("refusal") or ending == "content_filter":
        raise EngineFailed("the model refuses to answer")
    if not isinstance(text, str) or not text.strip():
        raise EngineFailed("the model's answer is empty")
    usage = document.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Reply(text, _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))


def _count(given: object) -> int | None:
    return given if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 10**9 else None


def _kind_of(body: bytes) -> str:
    """The error's code or type, identifiers that quote nobody. Its message is left out: some quote the request."""
    try:
        error = _document(body).get("error")
    except EngineFailed:
        return ""
    named = [error.get("code"), error.get("type")] if isinstance(error, dict) else []
    return next((f" ({name})" for name in named if isinstance(name, str) and _NAMED.fullmatch(name)), "")


def _retry_after(given: str | None) -> float | None:
    """Seconds from now, of seconds or a date."""
    if given is None:
        return None
    if given.strip().isdigit():
        return float(given)
    try:
        at = parsedate_to_datetime(given)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
