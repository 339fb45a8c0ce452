"""POST each change as JSON, signed by the Standard Webhooks convention (standardwebhooks.com).

Headers: `webhook-id` (the same for every attempt), `webhook-timestamp` (of the attempt, in seconds since 1970),
`webhook-signature` (`v1,` and base64 of HMAC-SHA-256 over id, time and body). Any 2xx is taken for received; a redirect
is not followed; 410 Gone ends the attempts. Proxies of the environment (`HTTPS_PROXY`) are used.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx
from standardwebhooks import Webhook

from attribution.exporter import Exporter, Message
from models.deadline import Deadline
from models.errors import DeliveryFailed, SettingsError

WHOLE_SECONDS = 20.0
"""For all of an attempt; Standard Webhooks recommends 15 to 30."""
STEP_SECONDS = httpx.Timeout(15.0, connect=5.0)
"""For each step of it."""
MAX_ANSWER = 200
"""Characters of an answer that are kept; bytes behind them are not read."""


def create(options: Mapping[str, Any], secret: str) -> Exporter:
    """`options`: `url`. `secret`: `whsec_` and base64, as Standard Webhooks writes it. Raises SettingsError."""
    url = _checked(str(options.get("url") or ""))
    try:
        return WebhookExporter(url, Webhook(b64decode(secret.removeprefix("whsec_"), validate=True)))
    except (RuntimeError, ValueError):
        raise SettingsError("the webhook's secret is not `whsec_` followed by base64") from None


def _checked(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise SettingsError(f"a webhook needs a url that is one: {error}") from None
    if address.scheme not in ("http", "https") or not address.host:
        raise SettingsError(f"a webhook needs a url that begins with https:// or http://, not {url!r}")
    return address


class WebhookExporter:
    def __init__(self, url: httpx.URL, signer: Webhook, *, seconds: float = WHOLE_SECONDS) -> None:
        self._url = url
        self._signer = signer
        self._seconds = seconds

    def send(self, message: Message) -> str:
        """The status and the beginning of the answer. Raises DeliveryFailed."""
        said = {"type": message.type, "timestamp": message.at.isoformat(), "data": message.body}
        status, answer = self._post(message.key, json.dumps(said, ensure_ascii=False))
        if not 200 <= status < 300:
            raise DeliveryFailed(answer, is_final=status == httpx.codes.GONE)
        return answer

    def _post(self, key: str, body: str) -> tuple[int, str]:
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "accept-encoding": "identity",
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(key, now, body),
        }
        deadline = Deadline(self._seconds)
        try:
            with (
                deadline,
                httpx.Client(timeout=STEP_SECONDS, verify=_trusted()) as client,
                client.stream(
                    "POST", self._url, content=body.encode(), headers=headers, extensions={"trace": deadline.trace}
                ) as answer,
            ):
                return answer.status_code, f"{answer.status_code} {_beginning(answer)}".strip()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            late = f"no answer within {self._seconds:g} seconds"
            raise DeliveryFailed(late if deadline.is_over else f"{type(error).__name__}: {error}") from None


@cache
def _trusted() -> Any:
    """Read once: it takes longer than many an answer."""
    return httpx.create_ssl_context()


def _beginning(answer: httpx.Response) -> str:
    """The status says whether it was received; that the rest breaks off changes nothing."""
    read = b""
    with suppress(httpx.HTTPError):
        for piece in answer.iter_raw():
            read += piece
            if len(read) >= MAX_ANSWER * 4:
                break
    text = read.decode("utf-8", "replace")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:MAX_ANSWER]
