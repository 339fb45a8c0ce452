"""One `serve` in a data folder."""

import os
from pathlib import Path

import pytest

from earmark.lock import held
from models.errors import SettingsError


def test_the_second_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    with held(tmp_path / "data"), pytest.raises(SettingsError, match=f"in use by process {os.getpid()}"):
        held(tmp_path / "data").__enter__()


def test_it_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with held(tmp_path):
            pass


def test_another_folder_is_another_matter(tmp_path: Path) -> None:
    with held(tmp_path / "one"), held(tmp_path / "two"):
        pass
