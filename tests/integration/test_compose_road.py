"""One call from a drop in the bucket to the feed, through the services as `docker-compose.yml` has them."""

import json
import socket
import wave
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlsplit
from uuid import uuid4

import httpx
import numpy as np
import pytest
import redis
from compose_file import ROOT, SECRETS, services
from compose_services import LOCAL, Here, Running, started
from s3_server import S3Server
from servers import needs
from waiting import until

from audio.decoding.decode import open_clip
from storage.objects import BucketOptions, BucketStore

AT_WORK = ("api", "speech-worker", "text-worker", "scheduler")
BROKER = f"redis://{LOCAL}:6379/13"
Record = dict[str, Any]
Services = dict[str, dict[str, Any]]
KNOWN = {"provider": "pbx", "language": "en", "started_at": "2026-11-03T14:05:20+03:00"}


@pytest.fixture
def filled_in(s3_server: S3Server) -> Services:
    """The services, with the keys that the store of the tests knows."""
    keys = {"MINIO_ROOT_USER": s3_server.access_key, "MINIO_ROOT_PASSWORD": s3_server.secret_key}
    return services({**SECRETS, **keys})


@pytest.fixture
def here(empty_postgresql_url: str, s3_server: S3Server, tmp_path: Path) -> Iterator[Here]:
    needs(6379, "redis")
    prefix = f"test-{uuid4().hex}-"
    more = {
        "EARMARK_QUEUE_PREFIX": prefix,
        "EARMARK_TRANSCRIBER": "pocketsphinx",
        "EARMARK_SPEECH_THREADS": "1",
        "EARMARK_SWEEP_SECONDS": "1",
        "EARMARK_DROP_SETTLE_SECONDS": "0.5",
    }
    yield Here(
        database_url=empty_postgresql_url,
        broker_url=BROKER,
        s3_endpoint=s3_server.endpoint,
        port=free_port(),
        folder=tmp_path,
        more=more,
    )
    with redis.Redis.from_url(BROKER) as client:
        for key in client.scan_iter(f"*{prefix}*"):
            client.delete(key)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        port: int = probe.getsockname()[1]
        return port


def beginning(sample: str, path: Path, *, seconds: float) -> Path:
    """Of a sample: enough to recognise something, and soon over."""
    sound = next(open_clip(ROOT / "samples" / "calls" / sample, max_seconds=600, rate=16_000).windows(seconds))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.shape[0])
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((sound.T * 32_000).astype(np.int16).tobytes())
    return path


def drop(server: S3Server, bucket: str, recording: Path, metadata: Record) -> str:
    """What a phone system does: it puts a recording and its metadata into the bucket, and knows nothing of us."""
    store = BucketStore(
        BucketOptions(
            endpoint=server.endpoint,
            access_key=server.access_key,
            secret_key=server.secret_key,
            bucket=bucket,
            secure=False,
        )
    )
    beside = recording.with_suffix(".json")
    beside.write_text(json.dumps(metadata))
    store.put_file(f"inbox/{beside.name}", beside)
    store.put_file(f"inbox/{recording.name}", recording)
    return f"inbox/{recording.name}"


def notification(bucket: str, key: str) -> Record:
    """As MinIO shapes it: the outer key as it is, the inner one encoded as in a query."""
    event = "s3:ObjectCreated:Put"
    s3 = {
        "s3SchemaVersion": "1.0",
        "configurationId": "earmark",
        "bucket": {"name": bucket, "ownerIdentity": {"principalId": "owner"}, "arn": f"arn:aws:s3:::{bucket}"},
        "object": {"key": quote_plus(key), "size": 1, "eTag": "0", "sequencer": "17A0000000000000"},
    }
    record = {
        "eventVersion": "2.0",
        "eventSource": "minio:s3",
        "awsRegion": "",
        "eventTime": datetime.now(UTC).isoformat(),
        "eventName": event,
        "userIdentity": {"principalId": "owner"},
        "requestParameters": {"principalId": "owner", "region": "", "sourceIPAddress": LOCAL},
        "responseElements": {},
        "s3": s3,
        "source": {"host": LOCAL, "port": "", "userAgent": "MinIO"},
    }
    return {"EventName": event, "Key": f"{bucket}/{key}", "Records": [record]}


def tell(here: Here, minio: dict[str, str], body: Record, token: str) -> httpx.Response:
    """Post what MinIO would, where and with what the file says."""
    path = urlsplit(minio["MINIO_NOTIFY_WEBHOOK_ENDPOINT_EARMARK"]).path
    return httpx.post(f"http://{LOCAL}:{here.port}{path}", json=body, headers={"Authorization": token}, timeout=30)


class Feed:
    """Another system that reads the feed, page by page."""

    def __init__(self, here: Here, key: str) -> None:
        self.records: dict[str, Record] = {}
        self._url = f"http://{LOCAL}:{here.port}/api/v1"
        self._headers = {"Authorization": f"Bearer {key}"}
        self._after: dict[str, str] = {}

    def has(self, *external_ids: str) -> bool:
        page = self._get("/attribution-records", **self._after)
        self._after = {"after": page["next"]}
        self.records |= {change["record"]["external_id"]: change["record"] for change in page["records"]}
        states = [self.records[name]["state"] for name in external_ids if name in self.records]
        assert "failed" not in states, self.records
        return states == ["finished"] * len(external_ids)

    def text(self, external_id: str) -> str:
        transcript = self._get(f"/calls/{self.records[external_id]['call']}/transcript")
        return " ".join(turn["text"] for turn in transcript["turns"])

    def _get(self, path: str, **params: str) -> Any:
        answer = httpx.get(f"{self._url}{path}", params=params, headers=self._headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.mark.servers
def test_calls_go_from_the_bucket_to_the_feed(
    filled_in: Services, here: Here, s3_server: S3Server, tmp_path: Path
) -> None:
    minio = filled_in["minio"]["environment"]
    bucket, token = (
        filled_in["api"]["environment"]["EARMARK_S3_BUCKET"],
        minio["MINIO_NOTIFY_WEBHOOK_AUTH_TOKEN_EARMARK"],
    )
    with started(("setup",), filled_in, here) as first:
        assert first["setup"].process.wait(timeout=60) == 0
        assert "no bucket notifications" in first["setup"].said()
    with started(AT_WORK, filled_in, here) as running:
        for name, service in running.items():
            until(service.is_healthy, f"{name} is well")
        feed = Feed(here, running["api"].run("keys", "create", "reader").strip())

        truck = beginning("03-truck.wav", tmp_path / "truck call +1.wav", seconds=11.5)
        body = notification(bucket, drop(s3_server, bucket, truck, {**KNOWN, "external_id": "told"}))
        assert tell(here, minio, body, "Bearer of something else").status_code == 401
        assert tell(here, minio, body, token).json() == {"noticed": 1}
        clinic = beginning("05-wrong-number.mp3", tmp_path / "clinic.wav", seconds=4.5)
        drop(s3_server, bucket, clinic, {"provider": "pbx", "external_id": "swept", "language": "en"})

        until(lambda: feed.has("told", "swept"), "both calls are in the feed", seconds=200)
        assert_heard(feed)
        assert tell(here, minio, body, token).json() == {"noticed": 1}
        assert stopped(running) == dict.fromkeys(reversed(AT_WORK), 0)


def assert_heard(feed: Feed) -> None:
    told, swept = feed.records["told"], feed.records["swept"]
    assert told["engine"].startswith("pocketsphinx")
    assert (told["started_at"], told["started_from"]) == ("2026-11-03T11:05:20Z", "metadata")
    assert swept["started_from"] == "object"
    assert "truck" in feed.text("told")
    assert "clinic" in feed.text("swept")
    assert [channel["channel"] for channel in told["stated_channels"]] == ["vehicle"]
    assert "truck" in told["stated_channels"][0]["quotes"][0]["text"]


def stopped(running: dict[str, Running]) -> dict[str, int]:
    """Exit status by service, the last that was started first."""
    return {service.name: service.stop() for service in reversed(running.values())}
