"""Celery's consumer without what we don't use.

On RabbitMQ its step `DelayedDelivery` would declare 28 queues and as many exchanges for tasks of a later time. Ours are
due when they are sent; what is due later waits in the database.
"""

from typing import Any

from celery.worker import consumer

UNUSED = ("delayed_delivery",)


class Consumer(consumer.Consumer):  # type: ignore[misc]
    """What `worker_consumer` names."""

    class Blueprint(consumer.Consumer.Blueprint):  # type: ignore[misc]
        """The steps from the connection to the loop that takes messages."""

        default_steps: Any = [  # noqa: RUF012  (as Celery has it)
            step for step in consumer.Consumer.Blueprint.default_steps if not any(name in step for name in UNUSED)
        ]
