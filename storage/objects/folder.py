"""Recordings in a local folder: the default, with no server."""

import errno
import logging
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from models.errors import NotFound, RefusedAddress, StoreFailed
from storage.objects.keys import check_key
from storage.objects.store import PIECE, ObjectInfo

_log = logging.getLogger(__name__)
_COPY_BYTES = 1024 * 1024


class FolderStore:
    """Fits `ObjectStore`. Names that begin with a dot are not objects: half-written files, and those of the system."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def put_file(self, key: str, path: Path) -> None:
        target = self._place(key)
        part = target.with_name(f".{secrets.token_hex(8)}.part")
        with _os_errors(key, self._root):
            _make_folder(target.parent)
            try:
                _copy(path, part)
                part.replace(target)
                self._sync_folders(target.parent)
            finally:
                part.unlink(missing_ok=True)

    @contextmanager
    def open_local(self, key: str) -> Iterator[Path]:
        yield self._file(key)

    def read_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        path = self._file(key)
        left = path.stat().st_size if length is None else length
        with _os_errors(key, self._root), path.open("rb") as file:
            file.seek(start)
            while left > 0 and (piece := file.read(min(PIECE, left))):
                left -= len(piece)
                yield piece

    def stat(self, key: str) -> ObjectInfo:
        with _os_errors(key, self._root):
            return _info(key, self._file(key).stat())

    def list(self, prefix: str = "", *, after_key: str | None = None) -> Iterator[ObjectInfo]:
        return self._walk("", prefix, after_key or "")

    def delete(self, key: str) -> None:
        with _os_errors(key, self._root), suppress(NotADirectoryError):
            self._place(key).unlink(missing_ok=True)

    def own_key(self, bucket: str, name: str) -> str | None:  # noqa: ARG002
        return None  # storage events speak of buckets

    def check(self) -> None:
        probe = f"check-{secrets.token_hex(8)}.part"
        with _os_errors(probe, self._root):
            _make_folder(self._root)
            path = self._root / f".{probe}"
            try:
                path.write_bytes(b"earmark")
            finally:
                path.unlink(missing_ok=True)

    def _place(self, key: str) -> Path:
        """Where the key is written or removed; a link at its end is replaced, never followed."""
        path = self._root / check_key(key)
        return self._inside(path.parent, key) / path.name

    def _file(self, key: str) -> Path:
        """The regular file under the key, with all links resolved."""
        path = self._inside(self._root / check_key(key), key)
        with _os_errors(key, self._root):
            if not stat.S_ISREG(path.stat().st_mode):
                raise NotFound(f"the object {key!r} is no file")
        return path

    def _inside(self, path: Path, key: str) -> Path:
        with _os_errors(key, self._root):
            real = path.resolve()
        if not real.is_relative_to(self._root):
            raise RefusedAddress(
                f"the object key {key!r} is refused: a symbolic link leads it out of {self._root}. "
                "Put the file itself there"
            )
        return real

    def _sync_folders(self, folder: Path) -> None:
        """The new names survive a power cut too."""
        for level in (folder, *folder.parents):
            descriptor = os.open(level, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if level == self._root:
                return

    def _walk(self, at: str, prefix: str, after: str) -> Iterator[ObjectInfo]:
        for name, entry in _entries(self._root / at):
            key = at + name
            if name.endswith("/"):
                if _may_hold(key, prefix, after):
                    yield from self._walk(key, prefix, after)
            elif key.startswith(prefix) and key > after:
                with suppress(FileNotFoundError):
                    yield _info(key, entry.stat(follow_symlinks=False))


def _entries(folder: Path) -> list[tuple[str, os.DirEntry[str]]]:
    """Files and folders (their names end in `/`), ordered as S3 orders keys. Links and pipes are passed over."""
    found = []
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if not _is_text(entry.name):
                _log.warning("passed over: a file name in %s is not UTF-8: %r", folder, os.fsencode(entry.name))
            elif entry.is_dir(follow_symlinks=False):
                found.append((f"{entry.name}/", entry))
            elif entry.is_file(follow_symlinks=False):
                found.append((entry.name, entry))
    return sorted(found, key=lambda item: item[0])


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _may_hold(folder: str, prefix: str, after: str) -> bool:
    """Whether a key that we look for can begin with `folder`."""
    wanted = folder.startswith(prefix) or prefix.startswith(folder)
    return wanted and (folder > after or after.startswith(folder))


def _info(key: str, found: os.stat_result) -> ObjectInfo:
    modified = datetime.fromtimestamp(found.st_mtime, UTC)
    return ObjectInfo(key, found.st_size, modified, f"{found.st_mtime_ns:x}-{found.st_size:x}")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise StoreFailed(f"{folder} cannot be made: there is a file where a folder must be; move it away") from error


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as reader, target.open("xb") as writer:
        shutil.copyfileobj(reader, writer, _COPY_BYTES)
        writer.flush()
        os.fsync(writer.fileno())


@contextmanager
def _os_errors(key: str, root: Path) -> Iterator[None]:
    """The operating system's errors as ours."""
    try:
        yield
    except FileNotFoundError as error:
        missing = Path(str(error.filename))
        if missing != root and missing.is_relative_to(root):  # where that is, is nothing to tell whoever asks for it
            raise NotFound(f"there is no object {key!r} in the store") from error
        if root.is_relative_to(missing):
            raise StoreFailed(f"the folder {root} of the store cannot be made: {missing} is missing") from error
        raise NotFound(f"{error.filename} is missing: it cannot be put into the store as {key!r}") from error
    except OSError as error:
        raise _meaning(error, key, root) from error


def _meaning(error: OSError, key: str, root: Path) -> NotFound | RefusedAddress | StoreFailed:
    if error.errno == errno.ENAMETOOLONG:
        return RefusedAddress(f"the object key {key!r} is refused: a part of it is too long for a file name")
    if error.errno == errno.ENOTDIR:
        return NotFound(f"there is no object {key!r} in the store")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreFailed(f"the disk of {root} is full: free some space")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreFailed(f"{error.filename or root} may not be read or written by this user: mend its rights")
    return StoreFailed(f"{root} does not answer for {key!r}: {error}")
