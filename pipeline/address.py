"""Connections to the address that was checked, and to no other: what stands behind our own wall stays shut."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from models.errors import FetchFailed, RefusedAddress

Resolver = Callable[[str, int], list[str]]
"""A host's IP addresses. Raises OSError when it has none."""
AddressRule = Callable[[str], bool]
"""Whether an IP address may be connected to."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NEVER = tuple(
    ipaddress.ip_network(block)
    for block in (
        "192.0.0.0/24",  # of protocols, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, withdrawn by RFC 7526
        "64:ff9b:1::/48",  # NAT64 inside a network, RFC 8215
        "3fff::/20",  # of documentation, RFC 9637
    )
)
"""Not for us, though some Python of 3.11 calls them global."""
_CONNECT_SECONDS = 10.0
_MAX_TRIED = 4
"""Addresses of one host that we try to reach."""


def system_resolver(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet at large, and not this machine's own."""
    plain = address.partition("%")[0]
    judged = _carried(ipaddress.ip_address(plain))
    special = judged.is_multicast or judged.is_reserved or judged.is_link_local or any(judged in net for net in _NEVER)
    if isinstance(judged, ipaddress.IPv6Address):
        special = special or judged.is_site_local
    return judged.is_global and not special and not _is_ours(plain)


def _carried(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_ours(address: str) -> bool:
    """A machine on the internet has a public address itself: packets to it leave from that same address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:  # connecting it sends nothing
            probe.connect((address, 9))
            return ipaddress.ip_address(probe.getsockname()[0]) == ipaddress.ip_address(address)
    except OSError:
        return False  # there is no way to it from here; the connection will say so


class CheckedBackend(httpcore.NetworkBackend):
    """Every connection of a pool goes through here: the name is resolved once, all its addresses are checked, and one
    of these very addresses is connected to. Nothing is read or written after the deadline."""

    def __init__(self, *, deadline: float, is_allowed: AddressRule, resolve: Resolver) -> None:
        """`deadline`: of the monotonic clock."""
        self._deadline = deadline
        self._is_allowed = is_allowed
        self._resolve = resolve
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception | None = None
        for address in self._addresses(host, port)[:_MAX_TRIED]:
            left = seconds_left(self._deadline, timeout or _CONNECT_SECONDS)
            try:
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _BoundedStream(stream, self._deadline)
        raise failed or httpcore.ConnectError(f"{host} has no address")

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise FetchFailed(f"the host {host!r} is not found ({error}): check the address") from error
        refused = [address for address in found if not self._is_allowed(address)]
        if refused:
            raise RefusedAddress(
                f"the host {host!r} is refused: it leads to {refused[0]}, on this machine or a private network. "
                "Send an address on the internet, upload the file, or set EARMARK_ALLOW_PRIVATE_URLS"
            )
        return found


class _BoundedStream(httpcore.NetworkStream):
    """A connection that ends at the deadline, however slowly its bytes drip."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, seconds_left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, seconds_left(self._deadline, timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = seconds_left(self._deadline, timeout)
        return _BoundedStream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def seconds_left(deadline: float, at_most: float | None = None) -> float:
    """Raises httpcore.ReadTimeout when the deadline has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is over")
    return left if at_most is None else min(left, at_most)
