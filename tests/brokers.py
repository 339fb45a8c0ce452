"""Real brokers for tests, on their standard ports: each test has names of its own, gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import redis
from servers import needs

from earmark.settings import Settings, read_settings
from workers.celery_app import broker_kind, make_app, queue_names

ADDRESSES = {
    "redis": (6379, "redis://127.0.0.1:6379/14"),
    "rabbitmq": (5672, "amqp://guest:guest@127.0.0.1:5672//"),
}


@contextmanager
def on_broker(name: str, **given: object) -> Iterator[Settings]:
    """Settings for `local`, `redis` or `rabbitmq`, with `given` beside."""
    url = None
    if name in ADDRESSES:
        port, url = ADDRESSES[name]
        needs(port, name)
    settings = read_settings(broker_url=url, queue_prefix=f"test-{uuid4().hex}-", **given)
    try:
        yield settings
    finally:
        _clean_up(settings)


def _clean_up(settings: Settings) -> None:
    if broker_kind(settings) == "redis":
        with redis.Redis.from_url(ADDRESSES["redis"][1]) as client:
            for key in client.scan_iter(f"*{settings.queue_prefix}*"):
                client.delete(key)
    if broker_kind(settings) == "rabbitmq":
        app = make_app(settings, works=True)
        with app.connection_for_write() as connection:
            for name in queue_names(settings):
                connection.default_channel.queue_delete(name)
            connection.default_channel.exchange_delete(f"{settings.queue_prefix}earmark")
        app.close()
