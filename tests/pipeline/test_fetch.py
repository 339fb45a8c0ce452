"""Recordings from URLs: what is fetched, and what is never opened."""

import datetime
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from models.errors import BadRecording, FetchFailed, RefusedAddress
from pipeline.address import is_public
from pipeline.fetch import MAX_REDIRECTS, check_url, fetch_url

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A web server on this machine: answers by path, and remembers who was asked for."""

    answers: dict[str, Answer] = field(default_factory=dict)
    hosts: list[str] = field(default_factory=list)
    port: int = 0
    finished: threading.Event = field(default_factory=threading.Event)
    """Set at the end of a test: whoever still drips bytes stops."""

    def url(self, path: str = "/a.wav", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


def handler_of(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.hosts.append(self.headers["Host"])
            self.close_connection = True
            site.answers[self.path.partition("?")[0]](self)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """The client hung up, as it should."""


@contextmanager
def serving(site: Site, context: ssl.SSLContext | None = None) -> Iterator[Site]:
    with QuietServer(("127.0.0.1", 0), handler_of(site)) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        site.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield site
        site.finished.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as made:
        yield made


def say(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content_Type": "audio/wav", "Content_Length": str(len(body)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def go_to(place: str) -> Answer:
    return say(b"", 302, Location=place)


def without_length(body: bytes) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/octet-stream")
        request.end_headers()
        request.wfile.write(body)

    return answer


def fetch(url: str, into: Path, **options: Any) -> bytes:
    fetch_url(url, into, **{"max_bytes": 10_000, "timeout": 10, "allow_private": True, **options})
    return into.read_bytes()


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "recording"


def test_a_recording_is_fetched(site: Site, into: Path) -> None:
    site.answers["/a.wav"] = say(b"RIFF")
    assert fetch(site.url("/a.wav?signature=secret"), into) == b"RIFF"


def test_a_body_without_a_length_is_fetched_to_its_end(site: Site, into: Path) -> None:
    site.answers["/a.wav"] = without_length(b"x" * 5000)
    assert fetch(site.url(), into) == b"x" * 5000


def test_redirects_are_followed(site: Site, into: Path) -> None:
    site.answers["/a.wav"] = go_to("/b.wav")
    site.answers["/b.wav"] = go_to(site.url("/c.wav"))
    site.answers["/c.wav"] = say(b"RIFF")
    assert fetch(site.url(), into) == b"RIFF"


def test_endless_redirects_end(site: Site, into: Path) -> None:
    site.answers["/a.wav"] = go_to("/a.wav")
    with pytest.raises(BadRecording, match="redirected more than 5 times"):
        fetch(site.url(), into)
    assert len(site.hosts) == MAX_REDIRECTS + 1


def test_a_name_is_resolved_once_and_the_site_learns_which_was_meant(site: Site, into: Path) -> None:
    asked = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.9"]

    site.answers["/a.wav"] = say(b"RIFF")
    assert fetch(site.url(host="calls.example"), into, resolve=resolve) == b"RIFF"
    assert asked == [("calls.example", site.port)]
    assert site.hosts == [f"calls.example:{site.port}"]


def test_another_address_is_tried_when_one_does_not_answer(site: Site, into: Path) -> None:
    site.answers["/a.wav"] = say(b"RIFF")
    both = ["127.0.0.77", "127.0.0.1"]  # the server listens on the second one alone
    assert fetch(site.url(host="calls.example"), into, resolve=lambda host, port: both) == b"RIFF"


REFUSED = [
    "http://127.0.0.1/a.wav",
    "http://127.1/a.wav",
    "http://[::1]/a.wav",
    "http://[::ffff:127.0.0.1]/a.wav",
    "http://[64:ff9b::7f00:1]/a.wav",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0/",
    "http://localhost/a.wav",
    "http://LOCALHOST./a.wav",
    "http://x.localhost/",
    "http://10.1.2.3/a.wav",
    "https://192.168.0.1/a.wav",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_on_this_machine_or_a_private_network_is_refused(url: str, into: Path) -> None:
    with pytest.raises(RefusedAddress, match="this machine or a private network"):
        fetch(url, into, allow_private=False)
    with pytest.raises(RefusedAddress, match="this machine or a private network"):
        check_url(url)
    assert not into.exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file:///etc/passwd", "only http:// and https://"),
        ("ftp://calls.example/a.wav", "only http:// and https://"),
        ("/etc/passwd", "only http:// and https://"),
        ("", "only http:// and https://"),
        ("http:///a.wav", "names no host"),
        ("http://calls.example:99999/a.wav", "no URL"),
        ("http://[::1/a.wav", "no URL"),
        ("https://user:hunter2@calls.example/a.wav", "take name and password out"),
        ("https://calls.example/" + "a" * 5000, "longer than 4096"),
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str, said: str, into: Path) -> None:
    with pytest.raises(RefusedAddress, match=said) as caught:
        fetch(url, into)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["fe80::1%eth0"]])
def test_a_name_that_leads_inside_is_refused_when_it_is_resolved(addresses: list[str], into: Path) -> None:
    with pytest.raises(RefusedAddress, match=r"'calls\.example' is refused"):
        fetch("http://calls.example/a.wav", into, allow_private=False, resolve=lambda host, port: addresses)


@pytest.mark.parametrize(
    "place", ["http://127.0.0.2/", "http://[::1]/", "http://2130706434/", "http://inside.example/"]
)
def test_a_redirect_inside_is_refused(place: str, site: Site, into: Path) -> None:
    site.answers["/a.wav"] = go_to(place)
    with pytest.raises(RefusedAddress, match="this machine or a private network"):
        fetch(
            site.url(),
            into,
            allow_private=False,
            is_allowed=lambda address: address == "127.0.0.1",  # stands for an address on the internet
            resolve=lambda host, port: ["127.0.0.1" if host == "127.0.0.1" else "10.0.0.1"],
        )


@pytest.mark.parametrize("place", ["file:///etc/passwd", "https://me:pw@calls.example/"])
def test_a_redirect_to_what_is_no_plain_web_address_is_refused(place: str, site: Site, into: Path) -> None:
    site.answers["/a.wav"] = go_to(place)
    with pytest.raises(RefusedAddress):
        fetch(site.url(), into)


def test_a_web_page_is_no_recording(site: Site, into: Path) -> None:
    site.answers["/a.wav"] = say(b"<html>", Content_Type="text/html; charset=utf-8")
    with pytest.raises(BadRecording, match="web page"):
        fetch(site.url(), into)
    assert not into.exists()


@pytest.mark.parametrize("answer", [say(b"x" * 10_001), without_length(b"x" * 20_000)])
def test_too_many_bytes_are_refused_with_and_without_a_length(answer: Answer, site: Site, into: Path) -> None:
    site.answers["/a.wav"] = answer
    with pytest.raises(BadRecording, match="at most 10,000 are taken"):
        fetch(site.url(), into)
    assert not into.exists()


def test_what_is_sent_compressed_is_refused(site: Site, into: Path) -> None:
    site.answers["/a.wav"] = say(b"x", Content_Encoding="gzip")
    with pytest.raises(BadRecording, match="compressed"):
        fetch(site.url(), into)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, FetchFailed),
        (503, FetchFailed),
        (429, FetchFailed),
        (404, FetchFailed),
        (403, BadRecording),
        (410, BadRecording),
    ],
)
def test_a_status_is_worth_a_retry_or_not(status: int, error: type[Exception], site: Site, into: Path) -> None:
    site.answers["/a.wav"] = say(b"no", status)
    with pytest.raises(error, match=f"status {status}"):
        fetch(site.url("/a.wav?signature=secret"), into)


def test_a_link_is_told_without_its_signature(site: Site, into: Path) -> None:
    site.answers["/a.wav"] = say(b"no", 403)
    with pytest.raises(BadRecording) as caught:
        fetch(site.url("/a.wav?signature=secret"), into)
    assert "secret" not in str(caught.value)


def test_a_body_that_breaks_off_is_worth_a_retry(site: Site, into: Path) -> None:
    site.answers["/a.wav"] = say(b"half", Content_Length="1000")
    with pytest.raises(FetchFailed, match="could not be read"):
        fetch(site.url(), into)
    assert not into.exists()


def test_a_host_that_is_not_there_is_worth_a_retry(into: Path) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(FetchFailed, match=r"nobody\.example"):
        fetch("http://nobody.example/a.wav", into, resolve=resolve)


@pytest.mark.parametrize("where", ["head", "body"])
def test_the_time_is_bounded_however_slowly_the_bytes_drip(where: str, site: Site, into: Path) -> None:
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n" if where == "head" else b"HTTP/1.1 200 OK\r\n\r\n")
        while not site.finished.wait(0.02):
            request.wfile.write(b"a")
            request.wfile.flush()

    site.answers["/a.wav"] = drip
    with pytest.raises(FetchFailed, match=r"took too long: 0\.3 s"):
        fetch(site.url(), into, timeout=0.3)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700:4700::1111", True),
        ("64:ff9b::808:808", True),
        ("2002:808:808::", True),
        ("::ffff:8.8.8.8", True),
        ("0.0.0.0", False),
        ("172.31.0.1", False),
        ("192.0.0.8", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::ffff:10.0.0.1", False),
        ("::7f00:1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::1", False),
        ("2002:7f00:1::", False),
        ("2001::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def make_certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.fixture
def safe_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    pem = make_certificate(tmp_path, "calls.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with serving(Site(), context) as made:
        yield made


def test_the_certificate_must_be_that_of_the_name_not_of_the_address(safe_site: Site, into: Path) -> None:
    safe_site.answers["/a.wav"] = say(b"RIFF")
    there = partial(fetch, into=into, resolve=lambda host, port: ["127.0.0.1"])
    assert there(f"https://calls.example:{safe_site.port}/a.wav") == b"RIFF"
    with pytest.raises(FetchFailed, match="certificate"):
        there(f"https://other.example:{safe_site.port}/a.wav")


def test_a_redirect_from_https_to_http_is_refused(safe_site: Site, into: Path) -> None:
    safe_site.answers["/a.wav"] = go_to("http://calls.example/a.wav")
    with pytest.raises(RefusedAddress, match="from https to http"):
        fetch(f"https://calls.example:{safe_site.port}/a.wav", into, resolve=lambda host, port: ["127.0.0.1"])
