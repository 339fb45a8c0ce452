"""Messages in a folder: whole, in order, each to one reader, whatever lies beside them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from celery import Celery

from earmark.settings import read_settings
from workers import local_broker
from workers.celery_app import make_app

MANY = 3000


@pytest.fixture
def app(tmp_path: Path) -> Celery:
    return make_app(read_settings(data_dir=tmp_path, broker_url=None))


@contextmanager
def channel(app: Celery) -> Iterator[Any]:
    with app.connection_for_read() as connection:
        yield connection.default_channel


def message(number: int) -> dict[str, Any]:
    return {"body": str(number), "properties": {"delivery_info": {}}}


def messages_of(tmp_path: Path) -> Path:
    return tmp_path / "messages"


def test_two_writers_and_two_readers_pass_each_message_once(app: Celery) -> None:
    read: list[list[int]] = [[], []]

    def write(numbers: range) -> None:
        with channel(app) as writer:
            for number in numbers:
                writer._put("text.live", message(number))

    def take(into: list[int], done: threading.Event) -> None:
        with channel(app) as reader:
            while True:
                was_done = done.is_set()
                try:
                    into.append(int(reader._get("text.live")["body"]))
                except Empty:
                    if was_done:
                        return

    written = threading.Event()
    readers = [threading.Thread(target=take, args=(into, written)) for into in read]
    writers = [threading.Thread(target=write, args=(range(start, MANY, 2),)) for start in (0, 1)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    written.set()
    for thread in readers:
        thread.join()
    assert sorted(read[0] + read[1]) == list(range(MANY))


def test_messages_come_in_the_order_in_which_they_were_put(app: Celery) -> None:
    with channel(app) as one:
        for number in range(50):
            one._put("text.live", message(number))
        assert [int(one._get("text.live")["body"]) for _ in range(50)] == list(range(50))


def test_queues_do_not_see_each_other(app: Celery) -> None:
    with channel(app) as one:
        one._put("speech.live", message(1))
        with pytest.raises(Empty):
            one._get("live")
        with pytest.raises(Empty):
            one._get("text.live")
        assert one._size("speech.live") == 1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        "{}",
        '{"properties": {}}',
        '{"properties": {"delivery_info": 1}, "body": ""}',
        "\ud800",
    ],
)
def test_a_message_that_cannot_be_read_is_put_aside_and_the_next_one_is_taken(
    app: Celery, tmp_path: Path, content: str
) -> None:
    with channel(app) as one:
        broken = messages_of(tmp_path) / "00000000000000000001-broken.text.live.msg"
        broken.write_bytes(content.encode("utf-8", "surrogatepass"))
        one._put("text.live", message(2))
        assert one._get("text.live")["body"] == "2"
        with pytest.raises(Empty):
            one._get("text.live")
    assert [path.suffix for path in messages_of(tmp_path).iterdir()] == [".broken"]


def test_a_message_that_is_still_being_written_is_not_seen(app: Celery, tmp_path: Path) -> None:
    with channel(app) as one:
        one._put("text.live", message(1))
        whole = next(messages_of(tmp_path).iterdir())
        half = whole.with_name("00000000000000000001-half.writing")
        half.write_text(whole.read_text()[:20])
        assert one._get("text.live")["body"] == "1"
        with pytest.raises(Empty):
            one._get("text.live")
        assert half.exists()


def test_nothing_but_messages_is_ever_written(app: Celery, tmp_path: Path) -> None:
    """Stock kombu keeps a file for each exchange; an empty one makes every publish and every start fail."""
    for number in range(3):
        app.send_task("anything", args=(number,), queue="speech.bulk")
    names = [path.name for path in messages_of(tmp_path).iterdir()]
    assert len(names) == 3
    assert all(name.endswith(".speech.bulk.msg") for name in names)
    assert all(json.loads((messages_of(tmp_path) / name).read_text())["body"] for name in names)


def test_a_folder_that_was_removed_comes_back(app: Celery, tmp_path: Path) -> None:
    with channel(app) as one:
        messages_of(tmp_path).rmdir()
        with pytest.raises(Empty):
            one._get("text.live")
        one._put("text.live", message(1))
        assert one._get("text.live")["body"] == "1"


def test_live_calls_pass_before_a_backlog(app: Celery) -> None:
    seen: list[str] = []
    for lane in ("bulk", "bulk", "live", "live"):
        app.send_task("anything", args=(), queue=f"speech.{lane}")
    with app.connection_for_read() as connection:
        queues = [app.amqp.queues[name] for name in ("speech.live", "speech.bulk")]
        consumer = connection.Consumer(
            queues, on_message=lambda got: seen.append(got.delivery_info["routing_key"]), no_ack=True
        )
        with consumer:
            for _ in range(4):
                connection.drain_events(timeout=2)
    assert seen == ["speech.live", "speech.live", "speech.bulk", "speech.bulk"]


def test_emptying_leaves_nothing_of_ours(app: Celery, tmp_path: Path) -> None:
    with channel(app) as one:
        one._put("text.live", message(1))
        one._put("deliver.bulk", message(2))
    for name in ("1-a.writing", "2-b.text.live.msg.taken", "3-c.text.live.msg.broken", "somebody-elses.txt"):
        (messages_of(tmp_path) / name).write_text("")
    assert local_broker.empty(messages_of(tmp_path)) == 2
    assert [path.name for path in messages_of(tmp_path).iterdir()] == ["somebody-elses.txt"]
