"""What a receiver gets, and what it may do to us."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from standardwebhooks import Webhook

from attribution.exporter import Message
from attribution.exporters.webhook import WebhookExporter, create
from models.errors import DeliveryFailed, SettingsError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CHANGED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MESSAGE = Message(key="01ABC.1", type="call.tagged", at=CHANGED, body={"record": {"said": "سلام, привет"}})
SOON = 0.5
Answer = Callable[[socket.socket], None]


class Receiver:
    """Reads one request, then answers by hand."""

    def __init__(self, answer: Answer) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._answer = answer
        self.head, self.body = b"", b""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/hook"

    def headers(self) -> dict[str, str]:
        lines = self.head.decode().split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    def close(self) -> None:
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        try:
            connection = self._listener.accept()[0]
        except OSError:
            return
        with connection:
            self._read(connection)
            try:
                self._answer(connection)
            except OSError:
                return  # the sender had enough

    def _read(self, connection: socket.socket) -> None:
        got = b""
        while b"\r\n\r\n" not in got:
            got += connection.recv(65536)
        self.head, _, self.body = got.partition(b"\r\n\r\n")
        while len(self.body) < int(self.headers()["content-length"]):
            self.body += connection.recv(65536)


@pytest.fixture
def receiver() -> Iterator[Callable[[Answer], Receiver]]:
    made: list[Receiver] = []

    def make(answer: Answer) -> Receiver:
        made.append(Receiver(answer))
        return made[-1]

    yield make
    for one in made:
        one.close()


def says(answer: str, body: bytes = b"") -> Answer:
    return lambda connection: connection.sendall(
        f"HTTP/1.1 {answer}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body
    )


def drips(head: bytes, piece: bytes) -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        pause = threading.Event()
        while not pause.wait(0.05):
            connection.sendall(piece)

    return answer


def exporter(url: str) -> WebhookExporter:
    return WebhookExporter(httpx.URL(url), Webhook(SECRET), seconds=SOON)


def test_a_receiver_can_check_what_it_got(receiver: Callable[[Answer], Receiver]) -> None:
    there = receiver(says("200 OK", b"thanks\x00 \n a lot"))
    assert create({"url": there.url}, SECRET).send(MESSAGE) == "200 thanks a lot"
    headers = there.headers()
    Webhook(SECRET).verify(there.body, headers)
    assert headers["webhook-id"] == MESSAGE.key
    sent = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert abs(datetime.now(UTC) - sent) < timedelta(minutes=1), "of the attempt, else receivers refuse it as too old"
    body = json.loads(there.body)
    assert (body["type"], body["timestamp"]) == ("call.tagged", CHANGED.isoformat())
    assert body["data"] == MESSAGE.body


@pytest.mark.parametrize(
    ("answer", "said", "is_final"),
    [
        (says("500 Internal Server Error", b"try later"), "500 try later", False),
        (says("302 Found\r\nlocation: http://127.0.0.1:1/"), "302", False),
        (says("410 Gone"), "410", True),
        (lambda connection: None, "RemoteProtocolError", False),
    ],
    ids=["broken", "elsewhere", "gone", "hung up"],
)
def test_what_is_not_received_is_said(
    receiver: Callable[[Answer], Receiver], answer: Answer, said: str, is_final: bool
) -> None:
    with pytest.raises(DeliveryFailed, match=said) as caught:
        exporter(receiver(answer).url).send(MESSAGE)
    assert caught.value.is_final is is_final
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n"], ids=["status", "headers"])
def test_a_receiver_that_drips_its_answer_is_left_in_time(receiver: Callable[[Answer], Receiver], head: bytes) -> None:
    drip = b"x-a: b\r\n" if head else b"H"
    began = datetime.now(UTC)
    with pytest.raises(DeliveryFailed, match=r"no answer within 0\.5 seconds"):
        exporter(receiver(drips(head, drip)).url).send(MESSAGE)
    assert datetime.now(UTC) - began < timedelta(seconds=5)


@pytest.mark.parametrize("piece", [b"x", b"x" * 1_000_000], ids=["drips", "floods"])
def test_what_a_receiver_says_after_its_yes_is_bounded(receiver: Callable[[Answer], Receiver], piece: bytes) -> None:
    began = datetime.now(UTC)
    answer = exporter(receiver(drips(b"HTTP/1.1 200 OK\r\n\r\n", piece)).url).send(MESSAGE)
    assert answer.startswith("200 xx")
    assert len(answer) <= 204
    assert datetime.now(UTC) - began < timedelta(seconds=5)


@pytest.mark.parametrize("url", ["", "ftp://example.com/a", "https://", "http://[::1", "no url"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="a webhook needs a url"):
        create({"url": url}, SECRET)


def test_a_secret_that_is_none_is_refused_and_not_shown() -> None:
    with pytest.raises(SettingsError, match="whsec_") as caught:
        create({"url": "https://example.com"}, "not base64 at all")
    assert "not base64" not in str(caught.value)
