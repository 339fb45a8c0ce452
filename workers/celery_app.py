"""Celery as a carrier of bells: a message says that a row of `work` is due, and nothing more.

The row's lease guards a running stage, so a message is acknowledged before its stage runs: a stage of hours meets
neither Redis' visibility timeout nor RabbitMQ's consumer timeout. Those then only hold for the message that waits
behind it, and the sweep rings again for its row.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import structlog
from celery import Celery
from kombu.entity import Exchange, Queue

from earmark.settings import Settings
from models.errors import SettingsError
from pipeline.route import LANES, QUEUES
from storage.work import DueWork
from workers import local_broker

TASK = "earmark.stage"
"""The one task; its only argument is the number of a row of `work`."""
ONCE_MORE = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
"""A connection that was kept may have been closed by a broker that started anew: then a fresh one is tried."""
PAUSE_SECONDS = 5.0
"""After a failure nothing is sent for so long: a broker that is away costs one request its time-out, not every one."""
LONGEST_WAIT_SECONDS = 12 * 3600
"""The longest stage: so long may a message wait, unacknowledged, in a worker's hand."""
CONNECT_SECONDS = 3.0
"""A broker that is away must not hold up whoever sends."""
CONSUMING_SECONDS = 20.0
"""Without an answer for so long a worker connects anew; longer than one look for messages takes."""

QUEUE_NAMES = tuple(dict.fromkeys(QUEUES.values()))
BROKERS = {"redis": "redis", "rediss": "redis", "amqp": "rabbitmq", "amqps": "rabbitmq", "pyamqp": "rabbitmq"}

log = structlog.get_logger()


def make_app(settings: Settings, *, works: bool = False) -> Celery:
    """The one way to make it. Connects to nothing. Who only sends (not `works`) never waits long for a broker.

    Raises SettingsError for a broker of another kind.
    """
    app = Celery("earmark", set_as_current=False)
    app.conf.update(
        task_queues=_queues(settings),
        task_default_queue=queue_name(settings, "text", "live"),
        task_create_missing_queues=False,
        queue_prefix=settings.queue_prefix,  # ours: for `sender`
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=False,
        worker_consumer="workers.consumer:Consumer",
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=CONNECT_SECONDS,
        task_publish_retry=True,
        **_broker(settings, CONSUMING_SECONDS if works else CONNECT_SECONDS),
    )
    return app


def sender(app: Celery) -> Callable[[Sequence[DueWork]], None]:
    """It never raises, and a broker that is away holds it up for seconds at most."""
    silent_until = 0.0

    def send(due: Sequence[DueWork]) -> None:
        nonlocal silent_until
        if time.monotonic() < silent_until:
            return
        try:
            _publish(app, due)
        except Exception as error:  # noqa: BLE001  (a door: each transport has errors of its own)
            silent_until = time.monotonic() + PAUSE_SECONDS
            log.warning("messages not sent; the sweep sends them again", count=len(due), error=str(error))

    return send


def _publish(app: Celery, due: Sequence[DueWork]) -> None:
    names = {name.removeprefix(app.conf.queue_prefix): name for name in app.amqp.queues}
    with app.producer_pool.acquire(block=True, timeout=PAUSE_SECONDS) as producer:
        for work in due:
            name = names[f"{work.queue}.{work.lane}"]
            app.send_task(
                TASK,
                args=(work.id,),
                queue=name,
                producer=producer,
                retry_policy=ONCE_MORE,
                confirm_timeout=CONNECT_SECONDS,
            )


def queue_name(settings: Settings, queue: str, lane: str) -> str:
    """What the broker calls it."""
    return f"{settings.queue_prefix}{queue}.{lane}"


def queue_names(settings: Settings, queues: tuple[str, ...] = QUEUE_NAMES, lanes: tuple[str, ...] = LANES) -> list[str]:
    """Live lanes first. Raises SettingsError for a queue or a lane that there isn't."""
    for given, known, what in ((queues, QUEUE_NAMES, "queue"), (lanes, LANES, "lane")):
        for name in given:
            if name not in known:
                raise SettingsError(f"there is no {what} {name!r}; there are: {', '.join(known)}")
    return [queue_name(settings, queue, lane) for lane in lanes for queue in queues]


def broker_kind(settings: Settings) -> str:
    """`local`, `redis` or `rabbitmq`. Raises SettingsError."""
    if settings.broker_url is None:
        return "local"
    scheme = urlsplit(settings.broker_url.get_secret_value()).scheme
    if scheme not in BROKERS:
        raise SettingsError(f"EARMARK_BROKER_URL begins with {scheme!r}; set redis://… or amqp://…")
    return BROKERS[scheme]


def _queues(settings: Settings) -> list[Queue]:
    arguments: dict[str, Any] = {}
    if broker_kind(settings) == "rabbitmq":
        arguments = {
            "queue_arguments": {"x-queue-type": "quorum"},
            # Honoured since RabbitMQ 3.12. An older one gives the waiting message to somebody else after 30 minutes,
            # and the worker connects anew: harmless.
            "consumer_arguments": {"x-consumer-timeout": LONGEST_WAIT_SECONDS * 1000},
        }
    exchange = Exchange(f"{settings.queue_prefix}earmark", type="direct", durable=True)  # type: ignore[no-untyped-call]
    return [
        Queue(name, exchange, routing_key=name, durable=True, **arguments)  # type: ignore[no-untyped-call]
        for name in queue_names(settings)
    ]


def _broker(settings: Settings, answer_seconds: float) -> dict[str, Any]:
    kind = broker_kind(settings)
    if kind == "local":
        options = local_broker.options(settings.data_dir / "messages")
        return {"broker_host": "localhost", "broker_transport": local_broker.NAME, "broker_transport_options": options}
    assert settings.broker_url is not None  # then its kind is local
    url = settings.broker_url.get_secret_value()
    if kind == "rabbitmq":
        # While a stage runs, its process does not listen: it could not answer heartbeats. TCP keepalive finds the dead.
        # Unconfirmed, what is written to a connection that was just cut is gone without an error.
        options = {"max_retries": 1, "interval_start": 0, "write_timeout": CONNECT_SECONDS, "confirm_publish": True}
        if answer_seconds == CONNECT_SECONDS:
            options["read_timeout"] = answer_seconds
        return {"broker_url": url, "broker_transport_options": options, "broker_heartbeat": 0}
    options = {
        "visibility_timeout": LONGEST_WAIT_SECONDS,
        "queue_order_strategy": "priority",  # in the order of `queue_names`: live first
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": answer_seconds,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "max_retries": 1,
        "interval_start": 0,
    }
    return {"broker_url": url, "broker_transport_options": options}
