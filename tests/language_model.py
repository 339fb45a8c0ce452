"""A stand-in for a server that speaks the OpenAI chat API, and does wrong what it is told to do wrong."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "qwen3:14b"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer to one request."""

    form: Any = None
    """What the model writes; a text as it is, all else as JSON."""
    status: int = 200
    finish: str = "stop"
    refusal: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    usage: Mapping[str, int] | None = field(default_factory=lambda: {"prompt_tokens": 1200, "completion_tokens": 90})
    body: bytes | None = None
    """Instead of all that."""
    late: bool = False
    """Comes when the server ends."""
    drips: bool = False
    """Its body comes space by space, without end."""
    breaks_off: bool = False

    def written(self, model: str) -> bytes:
        if self.body is not None:
            return self.body
        if self.status != 200:
            return json.dumps({"error": {"message": "no", "type": "some_error", "code": None}}).encode()
        text = self.form if isinstance(self.form, str) else json.dumps(self.form, ensure_ascii=False)
        message = {"role": "assistant", "content": None if self.refusal else text, "refusal": self.refusal}
        document: dict[str, Any] = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1760000000,
            "model": model,
            "choices": [{"index": 0, "message": message, "finish_reason": self.finish}],
        }
        return json.dumps(document | ({"usage": self.usage} if self.usage else {})).encode()


class LanguageModel(ThreadingHTTPServer):
    """Gives `answers` one after the other, the last one again and again. Says no to what the API does not allow."""

    daemon_threads = True

    def __init__(self, answers: Sequence[Answer], key: str | None, models: Sequence[str] | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.key, self.models = list(answers), key, models
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.is_closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def language_model(
    *answers: Answer, key: str | None = None, models: Sequence[str] | None = (MODEL,)
) -> Iterator[LanguageModel]:
    """`models` None: it does not list them."""
    server = LanguageModel(answers or [Answer()], key, models)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server
    finally:
        server.is_closing.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: LanguageModel

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        if self._is_let_in():
            if self.path == "/v1/models" and self.server.models is not None:
                listed = [{"id": name, "object": "model"} for name in self.server.models]
                self._send(200, json.dumps({"object": "list", "data": listed}).encode())
            else:
                self._send(404, b"404 page not found")

    def do_POST(self) -> None:
        self.server.paths.append(self.path)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        if not self._is_let_in():
            return
        if fault := _fault(self.path, self.headers.get("Content-Type", ""), body):
            self._send(400, json.dumps({"error": {"message": fault, "type": "invalid_request_error"}}).encode())
            return
        answer = self.server.next_answer()
        if answer.late:
            self.server.is_closing.wait()
        elif answer.drips:
            self._drip()
        elif not answer.breaks_off:
            self._send(answer.status, answer.written(body["model"]), answer.headers)

    def _is_let_in(self) -> bool:
        if self.server.key is None or self.headers.get("Authorization") == f"Bearer {self.server.key}":
            return True
        error = {"message": f"Incorrect API key: {self.headers.get('Authorization')}", "code": "invalid_api_key"}
        self._send(401, json.dumps({"error": error}).encode())
        return False

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] = {}) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while not self.server.is_closing.wait(0.02):
                self.wfile.write(b" ")
        except OSError:
            return  # the asker had enough

    def log_message(self, *_: object) -> None:
        return


def _fault(path: str, content_type: str, body: Mapping[str, Any]) -> str | None:
    """What the API would object to."""
    shape = body.get("response_format", {})
    schema = shape.get("json_schema", {})
    checks = {
        "path": path == "/v1/chat/completions",
        "content type": content_type == "application/json",
        "model": isinstance(body.get("model"), str),
        "messages": [message["role"] for message in body.get("messages", [])] == ["system", "user"],
        "temperature": body.get("temperature") == 0,
        "max_tokens": isinstance(body.get("max_tokens"), int),
        "response_format": shape.get("type") == "json_schema" and schema.get("strict") is True and schema.get("name"),
        "schema": _is_strict(schema.get("schema", {})),
    }
    return next((name for name, is_right in checks.items() if not is_right), None)


def _is_strict(schema: Mapping[str, Any]) -> bool:
    """Every object closed, and all its fields required, as strict schemas must be."""
    if schema.get("type") == "array":
        return _is_strict(schema["items"])
    if schema.get("type") != "object":
        return schema.get("type") in ("string", "integer", "number") and set(schema) <= {"type", "enum"}
    fields = schema["properties"]
    closed = schema.get("additionalProperties") is False and schema["required"] == list(fields)
    return closed and all(_is_strict(field) for field in fields.values())
