"""What an object store does."""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

PIECE = 256 * 1024
"""Bytes of one piece of a ranged read: small enough that many listeners cost little memory."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What the store says of an object without opening it."""

    key: str
    size: int
    """Bytes."""
    modified: datetime
    """UTC."""
    etag: str
    """Changes when the bytes do; without quotes."""


class ObjectStore(Protocol):
    """Every method raises RefusedAddress for a key that leads out of the store, StoreFailed when the store
    does not answer as it should (worth a retry), and NotFound where a key must be there and is not."""

    def put_file(self, key: str, path: Path) -> None:
        """Copy a local file in, whole or not at all: nobody ever sees half of it. What was there is replaced."""
        ...

    def open_local(self, key: str) -> AbstractContextManager[Path]:
        """A local file with the object's bytes, to be read only, and gone or not ours after the `with`."""
        ...

    def read_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Bytes from `start` (0-based), `length` of them or to the end, in pieces of at most PIECE.

        Opens at the first piece (errors come then) and closes when exhausted, closed or dropped.
        A start behind the end yields nothing.
        """
        ...

    def stat(self, key: str) -> ObjectInfo: ...

    def list(self, prefix: str = "", *, after_key: str | None = None) -> Iterator[ObjectInfo]:
        """Objects whose key begins with `prefix`, in the order of their keys, those behind `after_key` alone.

        A listed key may still be one that `check_key` refuses: an object that landed by itself has any name.
        """
        ...

    def delete(self, key: str) -> None:
        """Harmless when there is none."""
        ...

    def own_key(self, bucket: str, name: str) -> str | None:
        """The key of what a storage event calls `name` in `bucket`; None when it is not in this store."""
        ...

    def check(self) -> None:
        """Reach it, and write and remove a small object. Makes the folder, or the bucket where that is allowed."""
        ...


def sha256_of(path: Path) -> str:
    """Of the bytes of a file, in hexadecimal; read as a stream."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
