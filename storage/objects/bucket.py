"""Recordings in an S3-compatible bucket, by the `minio` client."""

import os
import secrets
import shutil
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import EarmarkError, NotFound, SettingsError, StoreFailed
from storage.objects.answers import code_of
from storage.objects.keys import AUDIO_TYPES, check_key, content_type_of, suffix_of
from storage.objects.landings import tell_landings
from storage.objects.store import PIECE, ObjectInfo

if TYPE_CHECKING:
    import urllib3
    from minio import Minio
    from minio.error import MinioException

_MISSING = frozenset({"NoSuchKey", "NoSuchObject", "NoSuchVersion"})
_KEPT_FREE = 64 * 1024 * 1024
"""Bytes that a download leaves free on the local disk."""
_ADVICE = {
    "AccessDenied": "the key has no right to do this: allow it to list, read, write and delete in the bucket",
    "InvalidAccessKeyId": "the store does not know the access key: check it",
    "SignatureDoesNotMatch": "the secret key does not fit the access key: check both",
    "RequestTimeTooSkewed": "the clocks of this machine and of the store differ: set them",
    "AuthorizationHeaderMalformed": "the bucket lies in another region: set the region",
    "PermanentRedirect": "the bucket lies in another region: set the region and the endpoint",
    "XMinioStorageFull": "the store is full: free some space there",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketOptions:
    """Where the bucket is, and how long we wait for it."""

    endpoint: str
    """`host:port`; with `http://` or `https://` before it, that decides over `secure`."""
    access_key: str
    secret_key: str = field(repr=False)
    bucket: str
    secure: bool = True
    region: str | None = None
    """None asks the store."""
    prefix: str = ""
    """All keys of ours lie under it, for a bucket that is shared with others."""
    may_create: bool = False
    """Whether `check` makes a missing bucket."""
    temporary_folder: Path | None = None
    """Where recordings are downloaded to; None is the system's."""
    connect_seconds: float = 3.0
    read_seconds: float = 15.0
    """Silence on an open connection, not the length of a transfer."""


class BucketStore:
    """Fits `ObjectStore`."""

    def __init__(self, options: BucketOptions) -> None:
        self._options = options
        self._prefix = f"{options.prefix.strip('/')}/" if options.prefix.strip("/") else ""
        self._client: Minio | None = None
        self._made_in = 0

    def put_file(self, key: str, path: Path) -> None:
        name = self._name(key)
        with self._answers(key):
            self._minio().fput_object(self._options.bucket, name, str(path), content_type=content_type_of(key))

    @contextmanager
    def open_local(self, key: str) -> Iterator[Path]:
        info = self.stat(key)
        self._check_space(info)
        ending = suffix_of(key) if suffix_of(key) in AUDIO_TYPES else ""
        with tempfile.TemporaryDirectory(prefix="earmark-", dir=self._scratch()) as folder:
            path = Path(folder) / f"recording{ending}"
            self._download(info, path)
            yield path

    def read_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        name = self._name(key)
        if length == 0:
            return
        response = self._open_range(key, name, start, length)
        if response is None:
            return
        try:
            pieces = response.stream(PIECE)
            while True:
                with self._answers(key):
                    piece = next(pieces, None)
                if piece is None:
                    return
                yield piece
        finally:
            response.close()
            response.release_conn()

    def stat(self, key: str) -> ObjectInfo:
        name = self._name(key)
        with self._answers(key):
            found = self._minio().stat_object(self._options.bucket, name)
        return _info(key, found)

    def list(self, prefix: str = "", *, after_key: str | None = None) -> Iterator[ObjectInfo]:
        after = after_key or ""
        with self._answers(prefix):
            found = self._minio().list_objects(
                self._options.bucket,
                prefix=self._prefix + prefix,
                recursive=True,
                start_after=self._prefix + after if after else None,
            )
        while True:
            with self._answers(prefix):
                item = next(found, None)
            if item is None:
                return
            key = str(item.object_name).removeprefix(self._prefix)
            if key > after and not key.endswith("/"):  # a name that ends so stands for a folder
                yield _info(key, item)

    def delete(self, key: str) -> None:
        name = self._name(key)
        with self._answers(key):
            self._minio().remove_object(self._options.bucket, name)

    def own_key(self, bucket: str, name: str) -> str | None:
        ours = bucket == self._options.bucket and name.startswith(self._prefix)
        return name.removeprefix(self._prefix) if ours else None

    def check(self) -> None:
        bucket, client = self._options.bucket, self._minio()
        probe = f"{self._prefix}earmark-check-{secrets.token_hex(8)}"
        with self._answers(probe):
            if not self._bucket_exists():
                if not self._options.may_create:
                    raise self._no_bucket()
                client.make_bucket(bucket, location=self._options.region)
            client.put_object(bucket, probe, BytesIO(b"earmark"), 7)
            client.remove_object(bucket, probe)

    def tell_landings(self, arn: str) -> bool:
        """The store is to tell its target `arn` of each object written; False when it has no notifications.

        Raises SettingsError when it has no such target.
        """
        with self._answers(arn):
            return tell_landings(self._minio(), self._options.bucket, self._prefix, arn=arn)

    def _name(self, key: str) -> str:
        return self._prefix + check_key(key)

    def _minio(self) -> "Minio":
        """One client for each process: its connections must not be shared across a fork."""
        if self._client is None or self._made_in != os.getpid():
            self._client, self._made_in = _connect(self._options), os.getpid()
        return self._client

    def _open_range(
        self, key: str, name: str, start: int, length: int | None
    ) -> "urllib3.response.BaseHTTPResponse | None":
        """None when the range begins behind the end."""
        from minio.error import MinioException

        with self._answers(key):
            try:
                return self._minio().get_object(self._options.bucket, name, offset=start, length=length or 0)
            except MinioException as error:
                if code_of(error) == "InvalidRange":
                    return None
                raise

    def _scratch(self) -> Path:
        folder = self._options.temporary_folder or Path(tempfile.gettempdir())
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _check_space(self, info: ObjectInfo) -> None:
        folder = self._scratch()
        free = shutil.disk_usage(folder).free
        if info.size + _KEPT_FREE > free:
            raise StoreFailed(
                f"no room to download {info.key!r} ({info.size} bytes) into {folder} ({free} bytes free): "
                "free some space, or set another temporary folder"
            )

    def _download(self, info: ObjectInfo, path: Path) -> None:
        written = 0
        with path.open("wb") as file:
            for piece in self.read_range(info.key):
                written += len(piece)
                if written > info.size:
                    break
                file.write(piece)
        if written != info.size:
            raise StoreFailed(f"the object {info.key!r} changed, or broke off, while it was read: try again")

    @contextmanager
    def _answers(self, key: str) -> Iterator[None]:
        """The client's errors as ours, in one place."""
        import urllib3
        from minio.error import MinioException

        try:
            yield
        except MinioException as error:
            raise self._meaning(error, key) from error
        except urllib3.exceptions.HTTPError as error:
            raise self._silent(str(error)) from error
        except OSError as error:
            raise StoreFailed(f"{key!r} could not be copied: {error}") from error

    def _meaning(self, error: "MinioException", key: str) -> EarmarkError:
        code = code_of(error)
        if code is None:
            return self._silent(str(error))
        if code == "NoSuchBucket" or (code in _MISSING and not self._bucket_exists()):
            # A HEAD request cannot tell the two apart, and a lost bucket must not make every recording "missing".
            return self._no_bucket()
        if code in _MISSING:
            return NotFound(f"there is no object {key!r} in the bucket {self._options.bucket!r}")
        advice = _ADVICE.get(code, "try again; if it stays so, ask whoever runs the store")
        return StoreFailed(f"the object store at {self._options.endpoint} refused {key!r} with {code}: {advice}")

    def _bucket_exists(self) -> bool:
        """True also when we may not ask."""
        from minio.error import MinioException

        try:
            return self._minio().bucket_exists(self._options.bucket)
        except MinioException as error:
            return code_of(error) != "NoSuchBucket"

    def _silent(self, said: str) -> StoreFailed:
        return StoreFailed(
            f"the object store at {self._options.endpoint} does not answer as S3 does: check that it runs, its "
            f"address, whether it speaks https, and that the port is not that of its web console ({said[:300]})"
        )

    def _no_bucket(self) -> StoreFailed:
        return StoreFailed(
            f"the bucket {self._options.bucket!r} does not exist at {self._options.endpoint}: make it "
            f"(`mc mb ALIAS/{self._options.bucket}`), or allow Earmark to make it"
        )


def _connect(options: BucketOptions) -> "Minio":
    from minio import Minio
    from minio.helpers import check_bucket_name

    scheme, _, host = options.endpoint.rpartition("://")
    secure = options.secure if not scheme else scheme.lower() == "https"
    try:
        check_bucket_name(options.bucket)
        return Minio(
            host.rstrip("/"),
            access_key=options.access_key,
            secret_key=options.secret_key,
            secure=secure,
            region=options.region,
            http_client=_pool(options, secure=secure),
        )
    except ValueError as error:
        raise SettingsError(
            f"the object store's address {options.endpoint!r} or bucket {options.bucket!r} cannot be right: {error}"
        ) from error


def _pool(options: BucketOptions, *, secure: bool) -> "urllib3.PoolManager":
    """Short waits, few tries: the client's own defaults wait five minutes, six times."""
    import urllib3

    extra: dict[str, Any] = {"ssl_context": _trusted()} if secure else {}
    return urllib3.PoolManager(
        maxsize=10,
        timeout=urllib3.Timeout(connect=options.connect_seconds, read=options.read_seconds),
        retries=urllib3.Retry(
            total=2,
            connect=1,
            read=1,
            backoff_factor=0.2,
            status_forcelist=(500, 502, 503, 504),
            raise_on_status=False,
        ),
        **extra,
    )


def _trusted() -> ssl.SSLContext:
    """What the machine trusts (a company's own authority too), and the public list."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _info(key: str, found: Any) -> ObjectInfo:
    """`found`: an Object of the client, from a listing or a stat."""
    return ObjectInfo(key, int(found.size or 0), found.last_modified, str(found.etag or "").strip('"'))
