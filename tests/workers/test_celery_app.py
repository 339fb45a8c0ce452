"""One way to make the Celery application, and a sender that never holds up a request."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from brokers import ADDRESSES, on_broker
from celery import Celery
from kombu.utils.imports import symbol_by_name
from pydantic import SecretStr
from relay import Relay

from earmark.settings import Settings, read_settings
from models.errors import SettingsError
from storage.work import DueWork
from workers.celery_app import TASK, broker_kind, make_app, queue_names, sender


@pytest.fixture(
    params=[
        "local",
        pytest.param("redis", marks=pytest.mark.servers),
        pytest.param("rabbitmq", marks=pytest.mark.servers),
    ]
)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    with on_broker(request.param, data_dir=tmp_path) as settings:
        yield settings


@contextmanager
def opened(settings: Settings, **more: Any) -> Iterator[Celery]:
    app = make_app(settings, **more)
    try:
        yield app
    finally:
        app.close()


def received(app: Celery, queues: list[str], count: int) -> list[tuple[str, Any]]:
    """So many messages as a worker gets them, one at a time: the queue and the argument."""
    got: list[tuple[str, Any]] = []

    def take(message: Any) -> None:
        got.append((message.delivery_info["routing_key"], message.payload[0][0]))
        message.ack()

    with app.connection_for_read() as connection:
        consumer = connection.Consumer([app.amqp.queues[name] for name in queues], on_message=take)
        consumer.qos(prefetch_count=1, apply_global=False)
        with consumer:
            while len(got) < count:
                connection.drain_events(timeout=10)
    return got


def test_what_is_sent_arrives_in_the_queue_of_its_lane(settings: Settings) -> None:
    due = [DueWork(1, "speech", "live"), DueWork(2, "text", "bulk"), DueWork(3, "deliver", "live")]
    with opened(settings) as app, opened(settings, works=True) as worker:
        sender(app)(due)
        got = received(worker, queue_names(settings), len(due))
    assert sorted(got, key=lambda one: int(one[1])) == [
        (f"{settings.queue_prefix}{work.queue}.{work.lane}", work.id) for work in due
    ]


def test_hundreds_of_messages_arrive_once_each(settings: Settings) -> None:
    with opened(settings) as app, opened(settings, works=True) as worker:
        sender(app)([DueWork(number, "text", "live") for number in range(300)])
        got = received(worker, queue_names(settings, ("text",), ("live",)), 300)
    assert [number for _, number in got] == list(range(300))


def test_workers_keep_the_rules_that_long_jobs_need(settings: Settings) -> None:
    with opened(settings, works=True) as app:
        conf = app.conf
        assert not conf.task_acks_late
        assert conf.worker_prefetch_multiplier == 1
        assert conf.accept_content == ["json"]
        assert conf.task_ignore_result
        assert not conf.worker_enable_remote_control
        queue = app.amqp.queues[f"{settings.queue_prefix}speech.live"]
        if broker_kind(settings) == "redis":
            assert conf.broker_transport_options["visibility_timeout"] == 12 * 3600
        if broker_kind(settings) == "rabbitmq":
            assert queue.queue_arguments == {"x-queue-type": "quorum"}
            assert queue.consumer_arguments == {"x-consumer-timeout": 12 * 3600 * 1000}


def test_a_worker_takes_messages_and_declares_nothing_for_tasks_of_a_later_time(settings: Settings) -> None:
    with opened(settings, works=True) as app:
        steps = symbol_by_name(app.conf.worker_consumer).Blueprint.default_steps  # type: ignore[no-untyped-call]
    assert "celery.worker.consumer.tasks:Tasks" in steps
    assert not any("delayed" in step for step in steps)


def test_live_queues_come_before_backlogs(tmp_path: Path) -> None:
    names = queue_names(read_settings(data_dir=tmp_path), ("text", "deliver"))
    assert names == ["text.live", "deliver.live", "text.bulk", "deliver.bulk"]


@pytest.mark.parametrize(
    ("queues", "lanes", "wrong"), [(("speach",), ("live",), "speach"), (("text",), ("fast",), "fast")]
)
def test_a_queue_that_there_is_not_is_named(
    tmp_path: Path, queues: tuple[str, ...], lanes: tuple[str, ...], wrong: str
) -> None:
    with pytest.raises(SettingsError, match=wrong):
        queue_names(read_settings(data_dir=tmp_path), queues, lanes)


def test_a_broker_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="kafka"):
        make_app(read_settings(data_dir=tmp_path, broker_url="kafka://127.0.0.1"))


@pytest.mark.servers
@pytest.mark.parametrize("name", ["redis", "rabbitmq"])
def test_a_connection_that_the_broker_has_closed_costs_no_message(tmp_path: Path, name: str) -> None:
    port, url = ADDRESSES[name]
    with on_broker(name, data_dir=tmp_path) as settings, Relay(port) as relay:
        through = settings.model_copy(update={"broker_url": SecretStr(url.replace(f":{port}", f":{relay.port}"))})
        with opened(through) as app:
            send = sender(app)
            send([DueWork(1, "text", "live")])
            relay.cut()
            send([DueWork(2, "text", "live")])
        with opened(settings, works=True) as worker:
            got = received(worker, queue_names(settings, ("text",), ("live",)), 2)
    assert [number for _, number in got] == [1, 2]


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and never says a word: worse than one that is gone."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=50)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
@pytest.mark.parametrize("broker", ["gone", "silent"])
def test_a_broker_that_is_away_holds_up_one_request_for_seconds_and_the_next_not_at_all(
    tmp_path: Path, scheme: str, broker: str
) -> None:
    with silent_server() as port:
        url = f"{scheme}://127.0.0.1:{port if broker == 'silent' else 1}"
        with opened(read_settings(data_dir=tmp_path, broker_url=url)) as app:
            send = sender(app)
            took = []
            for _ in range(2):
                began = time.monotonic()
                send([DueWork(1, "text", "live")])
                took.append(time.monotonic() - began)
    assert took[0] < 8
    assert took[1] < 0.05


def test_a_queue_that_nobody_knows_is_not_made(tmp_path: Path) -> None:
    with opened(read_settings(data_dir=tmp_path)) as app:
        sender(app)([DueWork(1, "no such queue", "live")])
    assert list((tmp_path / "messages").iterdir()) == []


def test_celery_s_own_command_finds_an_application_that_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARMARK_DATA_DIR", str(tmp_path))
    from workers.app import app

    assert TASK in app.tasks
    app.close()
