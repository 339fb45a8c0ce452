"""What a folder alone can get wrong: links, pipes, halves of files."""

import os
from pathlib import Path

import pytest

from models.errors import NotFound, RefusedAddress, StoreFailed
from storage.objects import FolderStore


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    (folder / "inbox").mkdir(parents=True)
    return folder


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "upload.wav"
    path.write_bytes(b"RIFF")
    return path


def test_a_link_out_of_the_folder_is_neither_listed_nor_opened(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "a.wav").write_bytes(b"x")
    (root / "inbox/link.wav").symlink_to(secret / "a.wav")
    (root / "inbox/folder").symlink_to(secret)
    store = FolderStore(root)
    assert list(store.list()) == []
    for key in ("inbox/link.wav", "inbox/folder/a.wav"):
        with pytest.raises(RefusedAddress, match="symbolic link"):
            store.stat(key)


def test_nothing_is_written_or_removed_through_a_link(root: Path, tmp_path: Path, upload: Path) -> None:
    (tmp_path / "secret.wav").write_bytes(b"secret")
    (root / "inbox/link.wav").symlink_to(tmp_path / "secret.wav")
    (root / "inbox/folder").symlink_to(tmp_path)
    store = FolderStore(root)
    store.put_file("inbox/link.wav", upload)  # the link itself is replaced
    assert (root / "inbox/link.wav").read_bytes() == b"RIFF"
    with pytest.raises(RefusedAddress):
        store.put_file("inbox/folder/new.wav", upload)
    with pytest.raises(RefusedAddress):
        store.delete("inbox/folder/secret.wav")
    assert (tmp_path / "secret.wav").read_bytes() == b"secret"
    assert not (tmp_path / "new.wav").exists()


def test_the_root_itself_may_be_a_link(root: Path, tmp_path: Path, upload: Path) -> None:
    (tmp_path / "way").symlink_to(root)
    store = FolderStore(tmp_path / "way")
    store.put_file("inbox/a.wav", upload)
    assert store.stat("inbox/a.wav").size == 4


def test_pipes_folders_and_hidden_files_are_no_objects(root: Path) -> None:
    os.mkfifo(root / "inbox/pipe.wav")
    (root / "inbox/sub.wav").mkdir()
    (root / "inbox/.a.wav.part").write_bytes(b"half")
    (root / ".trash").mkdir()
    (root / ".trash/b.wav").write_bytes(b"x")
    store = FolderStore(root)
    assert list(store.list()) == []
    for key in ("inbox/pipe.wav", "inbox/sub.wav"):
        with pytest.raises(NotFound, match="no file"):
            store.stat(key)


def test_a_name_that_is_not_utf8_is_passed_over_and_said(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    (Path(os.fsdecode(os.fsencode(root) + "/inbox/звонок.wav".encode("cp1251")))).write_bytes(b"x")
    (root / "inbox/b.wav").write_bytes(b"x")
    assert [info.key for info in FolderStore(root).list()] == ["inbox/b.wav"]
    assert "not UTF-8" in caplog.text


def test_an_upload_that_fails_leaves_the_old_bytes_and_no_half(root: Path, upload: Path, tmp_path: Path) -> None:
    store = FolderStore(root)
    store.put_file("inbox/a.wav", upload)
    with pytest.raises(StoreFailed):
        store.put_file("inbox/a.wav", tmp_path)  # a folder cannot be copied
    assert (root / "inbox/a.wav").read_bytes() == b"RIFF"
    assert [path.name for path in (root / "inbox").iterdir()] == ["a.wav"]


def test_a_file_in_the_way_of_a_folder_is_a_failure_of_the_store(root: Path, upload: Path) -> None:
    (root / "recordings").write_bytes(b"in the way")
    store = FolderStore(root)
    with pytest.raises(StoreFailed):
        store.put_file("recordings/2a/a.wav", upload)
    with pytest.raises(NotFound):
        store.stat("recordings/2a/a.wav")


def test_a_part_of_a_key_too_long_for_a_file_name_is_refused(root: Path) -> None:
    with pytest.raises(RefusedAddress, match="too long for a file name"):
        FolderStore(root).stat("inbox/" + "a" * 300)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_rights_is_said_by_check(root: Path) -> None:
    root.chmod(0o500)
    try:
        with pytest.raises(StoreFailed, match="mend its rights"):
            FolderStore(root).check()
    finally:
        root.chmod(0o700)


def test_check_makes_the_folder(tmp_path: Path) -> None:
    FolderStore(tmp_path / "new/store").check()
    assert list((tmp_path / "new/store").iterdir()) == []


def test_a_folder_that_is_a_file_is_said_by_check(tmp_path: Path) -> None:
    (tmp_path / "store").write_bytes(b"x")
    with pytest.raises(StoreFailed, match="store"):
        FolderStore(tmp_path / "store").check()


def test_events_of_buckets_do_not_concern_a_folder(root: Path) -> None:
    assert FolderStore(root).own_key("calls", "inbox/a.wav") is None
