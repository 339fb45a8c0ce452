"""POST each change as JSON, signed by the Standard Webhooks convention (standardwebhooks.com).

Headers: `webhook-id` (the same for every attempt), `webhook-timestamp` (seconds since 1970), `webhook-signature`
(`v1,` and base64 of HMAC-SHA-256 over id, time and body). Any 2xx is taken for received; a redirect is not followed.
"""

import json
from collections.abc import Mapping
from typing import Any

import httpx
from standardwebhooks import Webhook

from attribution.exporter import Exporter, Message
from models.errors import DeliveryFailed, SettingsError

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
"""Seconds for each step; Standard Webhooks recommends 15 to 30 in all."""
MAX_ANSWER = 200


def create(options: Mapping[str, Any], secret: str) -> Exporter:
    """`options`: `url`. `secret`: `whsec_` and base64, as Standard Webhooks writes it. Raises SettingsError."""
    url = str(options.get("url") or "")
    if not url.startswith(("http://", "https://")):
        raise SettingsError(f"a webhook needs a url that begins with https:// or http://, not {url!r}")
    try:
        return WebhookExporter(url, Webhook(secret))
    except (RuntimeError, ValueError):
        raise SettingsError("the webhook's secret is not `whsec_` followed by base64") from None


class WebhookExporter:
    def __init__(self, url: str, signer: Webhook) -> None:
        self._url = url
        self._signer = signer

    def send(self, message: Message) -> str:
        """The status and the beginning of the answer. Raises DeliveryFailed."""
        body = json.dumps(
            {"type": message.type, "timestamp": message.at.isoformat(), "data": message.body}, ensure_ascii=False
        )
        headers = {
            "content-type": "application/json",
            "webhook-id": message.key,
            "webhook-timestamp": str(int(message.at.timestamp())),
            "webhook-signature": self._signer.sign(message.key, message.at, body),
        }
        try:
            answer = httpx.post(self._url, content=body.encode(), headers=headers, timeout=TIMEOUT)
        except httpx.HTTPError as error:
            raise DeliveryFailed(f"{type(error).__name__}: {error}") from None
        said = f"{answer.status_code} {answer.text[:MAX_ANSWER]}".strip()
        if not answer.is_success:
            raise DeliveryFailed(said, answer=said)
        return said
