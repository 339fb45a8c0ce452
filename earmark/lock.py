"""One `serve` in a data folder: two would take each other's messages."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import SettingsError


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """The folder is ours while the body runs, and free when this process ends, however it ends.

    Raises SettingsError naming who holds it.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "serve.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise SettingsError(
                f"the data folder {data_dir.absolute()} is in use by {holder}; stop it, or set EARMARK_DATA_DIR"
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        yield
        file.truncate(0)
