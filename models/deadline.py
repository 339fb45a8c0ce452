"""An end to an exchange over the network, however slowly its bytes drip."""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self


class Deadline:
    """Ends a connection when its whole time is over; a client's own timeouts bound each step alone.

    `with Deadline(20) as deadline:` around a request of httpx that gets `extensions={"trace": deadline.trace}`. The
    reader then meets a closed connection, and `is_over` tells why.
    """

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()

    def trace(self, event: str, about: Mapping[str, Any]) -> None:
        """httpx tells of each step; connecting and TLS return the stream."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._socket = about["return_value"].get_extra_info("socket")
            if self.is_over:
                self._end()

    def _end(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with suppress(OSError):
                # Of the plain class: that of TLS would forget its state under the reader's hands.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
