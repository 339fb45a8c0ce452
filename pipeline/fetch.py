"""Download a recording from a URL that somebody sent: checked at every step, bounded in time and size."""

import ipaddress
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpcore
import httpx

from models.errors import BadInput, BadRecording, FetchFailed, RefusedAddress
from pipeline.address import AddressRule, CheckedBackend, Resolver, is_public, system_resolver

MAX_REDIRECTS = 5
_MAX_URL = 4096
_SILENCE_SECONDS = 30.0
"""Longest wait for the next bytes."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LATER = frozenset({404, 408, 425, 429})
"""Worth a retry, as all of 5xx: phone systems name a recording some seconds before it can be had."""
_HEADERS = {
    b"User-Agent": b"earmark",
    b"Accept": b"audio/*, */*;q=0.5",
    b"Accept-Encoding": b"identity",  # the size bound counts what we store
}


def fetch_url(
    url: str,
    into: Path,
    *,
    max_bytes: int,
    timeout: float,
    allow_private: bool = False,
    resolve: Resolver = system_resolver,
    is_allowed: AddressRule = is_public,
) -> None:
    """Write what is at `url` into the file `into`; after an error there is no file.

    `timeout`: seconds for all of it. Proxies of the environment are not used: they would resolve the name themselves.
    Raises RefusedAddress for what must not be opened from here, BadRecording for what a retry would meet again
    (a web page, too many bytes, no right to it), FetchFailed for what it might not.
    """
    rule = _anywhere if allow_private else is_allowed
    backend = CheckedBackend(deadline=time.monotonic() + timeout, is_allowed=rule, resolve=resolve)
    address = check_url(url, is_allowed=rule)
    try:
        with (
            _transport_errors(address, timeout),
            httpcore.ConnectionPool(
                ssl_context=httpx.create_ssl_context(), network_backend=backend, max_keepalive_connections=0
            ) as pool,
        ):
            _follow(pool, address, into, max_bytes=max_bytes, is_allowed=rule)
    except BaseException:
        into.unlink(missing_ok=True)
        raise


def shown_url(url: str) -> str:
    """For people: without a name and password, and the query, which are secrets more often than not.

    Raises RefusedAddress for what is no URL to fetch from.
    """
    return _shown(check_url(url, is_allowed=_anywhere))


def check_url(url: str, *, is_allowed: AddressRule = is_public) -> httpx.URL:
    """What can be said of a URL without asking for its host's addresses. Raises RefusedAddress."""
    try:
        address = httpx.URL(url.strip()) if len(url) <= _MAX_URL else None
    except httpx.InvalidURL as error:
        raise RefusedAddress(f"{url[:100]!r} is no URL: {error}") from None
    if address is None:
        raise RefusedAddress(f"the URL {url[:100]!r}… is longer than {_MAX_URL} characters")
    if address.scheme not in ("http", "https"):
        raise RefusedAddress(f"{_shown(address)!r} is refused: only http:// and https:// are fetched")
    if address.userinfo:
        raise RefusedAddress(
            f"{_shown(address)!r} is refused: take name and password out of the URL; use a signed link"
        )
    if address.port is not None and not 0 < address.port < 65536:
        raise RefusedAddress(f"{_shown(address)!r} is no URL: there is no port {address.port}")
    if not address.host:
        raise RefusedAddress(f"{url[:100]!r} is refused: it names no host")
    if not _may_be_allowed(address.host, is_allowed):
        raise RefusedAddress(
            f"{_shown(address)!r} is refused: it leads to this machine or a private network. "
            "Send an address on the internet, upload the file, or set EARMARK_ALLOW_PRIVATE_URLS"
        )
    return address


def _anywhere(address: str) -> bool:  # noqa: ARG001
    return True


def _may_be_allowed(host: str, is_allowed: AddressRule) -> bool:
    """False for a host that is itself an address, and a forbidden one; names are judged when they are resolved."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return is_allowed("127.0.0.1")
    try:
        return is_allowed(str(ipaddress.ip_address(name)))
    except ValueError:
        pass
    try:
        return is_allowed(socket.inet_ntoa(socket.inet_aton(name)))  # 2130706433, 0x7f.1: resolvers take these too
    except OSError:
        return True


def _follow(
    pool: httpcore.ConnectionPool, address: httpx.URL, into: Path, *, max_bytes: int, is_allowed: AddressRule
) -> None:
    for _ in range(MAX_REDIRECTS + 1):
        target = httpcore.URL(
            scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path
        )
        headers = [(b"Host", address.netloc), *_HEADERS.items()]
        waits = dict.fromkeys(("connect", "read", "write", "pool"), _SILENCE_SECONDS)
        with pool.stream("GET", target, headers=headers, extensions={"timeout": waits}) as response:
            if response.status not in _REDIRECTS:
                _check(response, address, max_bytes)
                _save(response, address, into, max_bytes)
                return
            address = _next(response, address, is_allowed)
    raise BadRecording(f"{_shown(address)!r}: redirected more than {MAX_REDIRECTS} times; send the address at its end")


def _next(response: httpcore.Response, address: httpx.URL, is_allowed: AddressRule) -> httpx.URL:
    place = _header(response, b"location")
    if not place:
        raise BadRecording(f"{_shown(address)!r} redirects to nowhere; send a direct link to the recording")
    try:
        following = address.join(place)
    except httpx.InvalidURL as error:
        raise BadRecording(f"{_shown(address)!r} redirects to what is no URL: {error}") from None
    if address.scheme == "https" and following.scheme == "http":
        raise RefusedAddress(f"{_shown(address)!r} is refused: it redirects from https to http; send a safe link")
    return check_url(str(following), is_allowed=is_allowed)


def _check(response: httpcore.Response, address: httpx.URL, max_bytes: int) -> None:
    status, kind = response.status, _header(response, b"content-type").partition(";")[0].strip().lower()
    if status >= 500 or status in _LATER:
        raise FetchFailed(f"{_shown(address)!r} answers with status {status}; it is tried again")
    if status != 200:
        raise BadRecording(f"{_shown(address)!r} answers with status {status}: the link may have ended; send a new one")
    if kind in ("text/html", "application/xhtml+xml"):
        raise BadRecording(
            f"{_shown(address)!r} answers with a web page ({kind}), perhaps to log in; "
            "send a link that gives the recording itself"
        )
    coding = _header(response, b"content-encoding").lower()
    if coding not in ("", "identity"):
        raise BadRecording(f"{_shown(address)!r} is sent compressed ({coding}); serve the recording as it is")
    length = _header(response, b"content-length")
    if length.isdigit() and int(length) > max_bytes:
        raise _too_large(address, f"{int(length):,}", max_bytes)


def _save(response: httpcore.Response, address: httpx.URL, into: Path, max_bytes: int) -> None:
    written = 0
    with into.open("wb") as file:
        for piece in response.iter_stream():
            written += len(piece)
            if written > max_bytes:
                raise _too_large(address, "more", max_bytes)
            file.write(piece)


def _too_large(address: httpx.URL, size: str, max_bytes: int) -> BadInput:
    return BadRecording(f"{_shown(address)!r} has {size} bytes; at most {max_bytes:,} are taken (EARMARK_MAX_BYTES)")


def _header(response: httpcore.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), "")


@contextmanager
def _transport_errors(address: httpx.URL, timeout: float) -> Iterator[None]:
    """The library's errors as ours. One on the way of a redirect is told of the first address."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise FetchFailed(
            f"{_shown(address)!r} took too long: {timeout:g} s for all of it, {_SILENCE_SECONDS:g} s for a silence"
        ) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchFailed(f"{_shown(address)!r} could not be read ({error}); it is tried again") from error
    except OSError as error:
        raise FetchFailed(f"{_shown(address)!r} could not be saved ({error}): check the disk") from error


def _shown(address: httpx.URL) -> str:
    """Without what may be secret: a name and password, and the query, where links carry their signature."""
    port = f":{address.port}" if address.port else ""
    return f"{address.scheme}://{address.host}{port}{address.path}"[:300]
