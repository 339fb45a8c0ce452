"""Fixtures that several rooms share."""

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

import pytest
from servers import FOLDER, stop_ours

pytest_plugins = ("command_line", "databases", "s3_server")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the one process that outlives all others of the run
        os.environ[FOLDER] = mkdtemp(prefix="earmark-servers-")
        Path(os.environ[FOLDER]).chmod(0o755)  # PostgreSQL runs as another user


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ[FOLDER])
        stop_ours(folder)
        shutil.rmtree(folder, ignore_errors=True)
