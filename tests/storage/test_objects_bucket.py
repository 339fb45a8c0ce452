"""What a bucket alone can get wrong: a server that is away, hangs, or says no."""

import secrets
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from s3_server import S3Server

from models.errors import NotFound, SettingsError, StoreFailed
from storage.objects import BucketOptions, BucketStore

NOWHERE = BucketOptions(
    endpoint="127.0.0.1:1",
    access_key="key-of-tests",
    secret_key="secret-of-tests",
    bucket="calls",
    secure=False,
    connect_seconds=0.3,
    read_seconds=0.3,
)


@pytest.fixture
def options(s3_server: S3Server) -> BucketOptions:
    return replace(
        NOWHERE,
        endpoint=s3_server.endpoint,
        access_key=s3_server.access_key,
        secret_key=s3_server.secret_key,
        bucket=f"calls-{secrets.token_hex(4)}",
        connect_seconds=3,
        read_seconds=15,
    )


@pytest.fixture
def silent_port() -> Iterator[int]:
    """It takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_refused_connection_is_told_within_seconds() -> None:
    store = BucketStore(NOWHERE)
    began = time.monotonic()
    for attempt in (store.check, lambda: store.stat("a.wav"), lambda: list(store.list())):
        with pytest.raises(StoreFailed, match=r"127\.0\.0\.1:1 does not answer"):
            attempt()
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("secure", [False, True])
def test_a_server_that_hangs_is_given_up(silent_port: int, secure: bool) -> None:
    store = BucketStore(replace(NOWHERE, endpoint=f"127.0.0.1:{silent_port}", secure=secure))
    began = time.monotonic()
    with pytest.raises(StoreFailed, match="does not answer"):
        store.check()
    assert time.monotonic() - began < 10


@pytest.mark.servers
def test_https_to_a_server_that_speaks_http_is_said(options: BucketOptions) -> None:
    with pytest.raises(StoreFailed, match="whether it speaks https"):
        BucketStore(replace(options, secure=True)).check()


@pytest.mark.servers
def test_a_missing_bucket_is_said_with_how_to_make_it(options: BucketOptions, tmp_path: Path) -> None:
    store = BucketStore(options)
    path = tmp_path / "a.wav"
    path.write_bytes(b"x")
    how = f"mc mb ALIAS/{options.bucket}"
    with pytest.raises(StoreFailed, match=how):
        store.check()
    with pytest.raises(StoreFailed, match=how):
        store.put_file("a.wav", path)
    with pytest.raises(StoreFailed, match=how):
        store.stat("a.wav")  # not NotFound: the recording may be there, once the bucket is
    with pytest.raises(StoreFailed, match=how):
        list(store.read_range("a.wav"))


@pytest.mark.servers
@pytest.mark.parametrize("region", [None, "us-east-1"])
def test_check_makes_the_bucket_where_that_is_allowed(options: BucketOptions, region: str | None) -> None:
    BucketStore(replace(options, may_create=True, region=region)).check()
    BucketStore(options).check()


@pytest.mark.servers
@pytest.mark.parametrize("wrong", [{"access_key": "somebody-else"}, {"secret_key": "not-the-secret"}])
def test_wrong_keys_are_said(options: BucketOptions, wrong: dict[str, Any]) -> None:
    with pytest.raises(StoreFailed, match=r"access key|refused|no right"):
        BucketStore(replace(options, may_create=True, **wrong)).check()


@pytest.mark.servers
def test_the_address_may_be_written_as_a_url(options: BucketOptions) -> None:
    BucketStore(replace(options, endpoint=f"http://{options.endpoint}/", secure=True, may_create=True)).check()


@pytest.mark.parametrize("wrong", [{"endpoint": "a host/with/path"}, {"bucket": "No Such Bucket Name"}])
def test_settings_that_cannot_be_right_are_said(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="cannot be right"):
        BucketStore(replace(NOWHERE, **wrong)).check()


@pytest.mark.servers
def test_two_prefixes_in_one_bucket_do_not_see_each_other(options: BucketOptions, tmp_path: Path) -> None:
    first = BucketStore(replace(options, prefix="/one/", may_create=True))
    second = BucketStore(replace(options, prefix="two"))
    first.check()
    path = tmp_path / "a.wav"
    path.write_bytes(b"x")
    first.put_file("inbox/a.wav", path)
    assert [info.key for info in first.list()] == ["inbox/a.wav"]
    assert list(second.list()) == []
    with pytest.raises(NotFound):
        second.stat("inbox/a.wav")


def test_an_event_is_ours_in_our_bucket_under_our_prefix() -> None:
    store = BucketStore(replace(NOWHERE, prefix="one"))
    assert store.own_key("calls", "one/inbox/a.wav") == "inbox/a.wav"
    assert store.own_key("calls", "two/inbox/a.wav") is None
    assert store.own_key("other", "one/inbox/a.wav") is None
    assert BucketStore(NOWHERE).own_key("calls", "inbox/a.wav") == "inbox/a.wav"


@pytest.mark.servers
def test_a_download_is_gone_afterwards(options: BucketOptions, tmp_path: Path) -> None:
    scratch = tmp_path / "not/there/yet"
    store = BucketStore(replace(options, may_create=True, temporary_folder=scratch))
    store.check()
    path = tmp_path / "a.wav"
    path.write_bytes(b"x")
    store.put_file("inbox/a.wav", path)
    with store.open_local("inbox/a.wav") as local:
        assert local.is_relative_to(scratch)
    assert list(scratch.iterdir()) == []


def test_the_secret_key_is_not_shown() -> None:
    assert "secret-of-tests" not in repr(NOWHERE)
