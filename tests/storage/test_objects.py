"""What both stores must do, tried on a folder and on a real S3 server."""

import hashlib
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from s3_server import S3Server

from models.errors import NotFound, RefusedAddress
from storage.objects import (
    OWN_PREFIX,
    BucketOptions,
    BucketStore,
    FolderStore,
    ObjectStore,
    content_type_of,
    new_key,
    sha256_of,
)
from storage.objects.store import PIECE


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.servers)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    if request.param == "folder":
        yield FolderStore(tmp_path / "store")
        return
    server: S3Server = request.getfixturevalue("s3_server")
    options = BucketOptions(
        endpoint=server.endpoint,
        access_key=server.access_key,
        secret_key=server.secret_key,
        bucket=f"calls-{secrets.token_hex(4)}",
        secure=False,
        prefix="earmark",
        may_create=True,
        temporary_folder=tmp_path,
    )
    bucket = BucketStore(options)
    bucket.check()
    yield bucket


def put(store: ObjectStore, tmp_path: Path, key: str, body: bytes) -> None:
    path = tmp_path / f"upload-{secrets.token_hex(4)}"
    path.write_bytes(body)
    store.put_file(key, path)
    path.unlink()


def read(store: ObjectStore, key: str, start: int = 0, length: int | None = None) -> bytes:
    return b"".join(store.read_range(key, start, length))


def test_what_is_put_is_read_back(store: ObjectStore, tmp_path: Path) -> None:
    put(store, tmp_path, "recordings/2a/one.wav", b"RIFF-bytes")
    assert read(store, "recordings/2a/one.wav") == b"RIFF-bytes"
    with store.open_local("recordings/2a/one.wav") as path:
        assert path.read_bytes() == b"RIFF-bytes"
        assert path.suffix == ".wav"


def test_a_second_put_replaces_the_first(store: ObjectStore, tmp_path: Path) -> None:
    put(store, tmp_path, "inbox/a.wav", b"first")
    before = store.stat("inbox/a.wav")
    put(store, tmp_path, "inbox/a.wav", b"second, longer")
    assert read(store, "inbox/a.wav") == b"second, longer"
    assert store.stat("inbox/a.wav").etag != before.etag


def test_names_in_any_script_are_kept(store: ObjectStore, tmp_path: Path) -> None:
    key = "inbox/2026/звонок №1 (ресепшн)+تماس & 100%.wav"
    put(store, tmp_path, key, b"x")
    assert [info.key for info in store.list("inbox/")] == [key]
    assert store.stat(key).size == 1


def test_stat_tells_size_and_time_in_utc(store: ObjectStore, tmp_path: Path) -> None:
    put(store, tmp_path, "inbox/a.wav", b"12345")
    info = store.stat("inbox/a.wav")
    assert (info.key, info.size) == ("inbox/a.wav", 5)
    assert info.modified.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - info.modified) < timedelta(minutes=1)
    assert info.etag
    assert '"' not in info.etag


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        (0, None, b"0123456789"),
        (0, 4, b"0123"),
        (3, 4, b"3456"),
        (8, 100, b"89"),
        (7, None, b"789"),
        (0, 0, b""),
        (10, None, b""),
        (400, 5, b""),
    ],
)
def test_a_range_is_what_lies_there(
    store: ObjectStore, tmp_path: Path, start: int, length: int | None, expected: bytes
) -> None:
    put(store, tmp_path, "inbox/a.wav", b"0123456789")
    assert read(store, "inbox/a.wav", start, length) == expected


def test_a_long_range_comes_in_small_pieces(store: ObjectStore, tmp_path: Path) -> None:
    body = secrets.token_bytes(3 * PIECE + 17)
    put(store, tmp_path, "inbox/long.wav", body)
    pieces = list(store.read_range("inbox/long.wav"))
    assert b"".join(pieces) == body
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= PIECE


def test_a_reader_that_stops_early_leaves_nothing_open(store: ObjectStore, tmp_path: Path) -> None:
    put(store, tmp_path, "inbox/long.wav", bytes(4 * PIECE))
    pieces = store.read_range("inbox/long.wav")
    assert next(pieces)
    del pieces  # a file left open would be a ResourceWarning, which is an error here
    assert read(store, "inbox/long.wav", 0, 3) == b"\0\0\0"


def test_a_large_file_goes_in_several_parts(store: ObjectStore, tmp_path: Path) -> None:
    body = secrets.token_bytes(1024) * (11 * 1024)  # 11 MiB: three parts of an S3 upload
    put(store, tmp_path, "inbox/large.wav", body)
    with store.open_local("inbox/large.wav") as path:
        assert sha256_of(path) == hashlib.sha256(body).hexdigest()


def test_an_empty_object_is_an_object(store: ObjectStore, tmp_path: Path) -> None:
    put(store, tmp_path, "inbox/empty.wav", b"")
    assert store.stat("inbox/empty.wav").size == 0
    assert read(store, "inbox/empty.wav") == b""
    with store.open_local("inbox/empty.wav") as path:
        assert path.stat().st_size == 0


def test_listing_is_in_order_and_goes_on_behind_a_key(store: ObjectStore, tmp_path: Path) -> None:
    keys = ["inbox/a.wav", "inbox/a/1.wav", "inbox/a/b/2.wav", "inbox/b.wav", "inboxes/c.wav", "recordings/2a/d.wav"]
    for key in keys:
        put(store, tmp_path, key, b"x")
    assert [info.key for info in store.list()] == keys
    assert [info.key for info in store.list("inbox/")] == keys[:4]
    assert [info.key for info in store.list("inbox/a/")] == keys[1:3]
    for number, key in enumerate(keys[:4]):
        assert [info.key for info in store.list("inbox/", after_key=key)] == keys[number + 1 : 4]
    assert list(store.list("nothing/")) == []


def test_listing_tells_the_same_as_stat(store: ObjectStore, tmp_path: Path) -> None:
    put(store, tmp_path, "inbox/a.wav", b"12345")
    (listed,) = store.list("inbox/")
    found = store.stat("inbox/a.wav")
    assert (listed.size, listed.etag) == (found.size, found.etag)
    # Headers have whole seconds, and rclone sets the time once more after the upload.
    assert abs(listed.modified - found.modified) < timedelta(seconds=10)


def test_a_deleted_object_is_gone_and_deleting_it_again_is_harmless(store: ObjectStore, tmp_path: Path) -> None:
    put(store, tmp_path, "inbox/a.wav", b"x")
    store.delete("inbox/a.wav")
    store.delete("inbox/a.wav")
    store.delete("inbox/never/was.wav")
    with pytest.raises(NotFound, match=r"inbox/a\.wav"):
        store.stat("inbox/a.wav")


def test_a_missing_object_is_not_found_by_any_reader(store: ObjectStore) -> None:
    with pytest.raises(NotFound, match=r"gone\.wav"):
        store.stat("inbox/gone.wav")
    with pytest.raises(NotFound, match=r"gone\.wav"):
        read(store, "inbox/gone.wav")
    with pytest.raises(NotFound, match=r"gone\.wav"), store.open_local("inbox/gone.wav"):
        pass


BAD_KEYS = [
    "",
    "/etc/passwd",
    "../secret",
    "inbox/../../secret",
    "inbox/./a.wav",
    "inbox//a.wav",
    "inbox/",
    "inbox\\a.wav",
    "inbox/a\0.wav",
    "inbox/a\n.wav",
    "inbox/\udcff.wav",
    "a" * 1025,
]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_that_could_lead_out_is_refused_by_every_method(store: ObjectStore, tmp_path: Path, key: str) -> None:
    with pytest.raises(RefusedAddress, match="object key"):
        store.stat(key)
    with pytest.raises(RefusedAddress):
        read(store, key)
    with pytest.raises(RefusedAddress):
        put(store, tmp_path, key, b"x")
    with pytest.raises(RefusedAddress):
        store.delete(key)
    with pytest.raises(RefusedAddress), store.open_local(key):
        pass


def test_check_leaves_nothing_behind(store: ObjectStore) -> None:
    store.check()
    store.check()
    assert list(store.list()) == []


def test_a_new_key_tells_nothing_and_never_repeats() -> None:
    keys = {new_key(".wav") for _ in range(100)}
    assert len(keys) == 100
    for key in keys:
        assert re.fullmatch(r"recordings/([0-9a-f]{2})/\1[0-9a-f]{30}\.wav", key)
        assert key.startswith(OWN_PREFIX)


@pytest.mark.parametrize(
    ("suffix", "ending"),
    [(".wav", ".wav"), (".MP3", ".mp3"), (".exe", ".bin"), ("", ".bin"), ("/../../x.wav", ".bin"), ("wav", ".bin")],
)
def test_only_known_endings_get_into_a_key(suffix: str, ending: str) -> None:
    key = new_key(suffix)
    assert key.endswith(ending)
    assert key.count("/") == 2


def test_the_media_type_follows_the_ending() -> None:
    assert content_type_of("recordings/2a/x.WAV") == "audio/wav"
    assert content_type_of("recordings/2a/x.bin") == "application/octet-stream"
