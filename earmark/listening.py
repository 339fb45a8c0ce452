"""A port to listen on: the one that was asked for, or the next that is free."""

import errno
import socket

import structlog

from models.errors import SettingsError

TRIES = 20

log = structlog.get_logger()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; 0: any port. A taken port moves to the next, and that is said.

    Raises SettingsError when the address is not ours, or twenty ports in a row are taken.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise SettingsError(f"EARMARK_HOST {host!r} is no address of this machine: {error}") from None
    last = min(port + TRIES, 65_536) if port else 1
    for candidate in range(port, last):
        listening = _listen(family, (address[0], candidate, *address[2:]))
        if listening is not None:
            if candidate != port:
                log.warning("port is taken", asked=port, used=candidate)
            return listening
    raise SettingsError(f"ports {port} to {last - 1} of {host} are all taken; set EARMARK_PORT to a free one")


def free_port(host: str, port: int) -> int:
    """The port that `listen` would use now."""
    with listen(host, port) as listening:
        found: int = listening.getsockname()[1]
        return found


def _listen(family: socket.AddressFamily, address: tuple[object, ...]) -> socket.socket | None:
    """None: taken."""
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(2048)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise SettingsError(f"cannot listen on {address[0]}, port {address[1]}: {error.strerror}") from None
    return listening
