"""What follows from a stage is done at once by a worker that may, and else left to another."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from toolboxes import Sent, make_toolbox

from earmark.settings import Settings, read_settings
from models.call import CallFacts, CallState
from models.conversation import Role
from models.upload import DeliveredTranscript, SpokenTurn, Upload
from pipeline.ingest import ingest_call
from pipeline.toolbox import Toolbox
from storage import calls
from workers.celery_app import TASK, make_app
from workers.tasks import add_tasks

SAID = DeliveredTranscript(
    turns=(
        SpokenTurn(Role.AGENT, "Green Valley Plumbing, how can I help?", 0, 2),
        SpokenTurn(Role.CALLER, "Hi, my neighbor recommended you.", 2, 5),
    ),
    language="en",
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings(
        data_dir=tmp_path, log_level="error", secret_key="a secret of the tests, long enough to be one"
    )


@contextmanager
def ingesting(tmp_path: Path) -> Iterator[tuple[Toolbox, Sent]]:
    sent: Sent = []
    tools = make_toolbox(tmp_path, sent=sent)
    yield tools, sent
    tools.sessions.engine.dispose()


def upload(number: int) -> Upload:
    return Upload(
        facts=CallFacts(provider="pbx", external_id=str(number)),
        transcript=SAID,
        origin=f"{number}.json",
    )


@pytest.mark.parametrize(
    ("queues", "left"),
    [
        (("speech", "text", "deliver"), []),
        (("speech",), ["text.live"]),
        ((), ["text.live"]),
    ],
)
def test_a_call_is_carried_on_as_far_as_its_worker_goes(
    settings: Settings, tmp_path: Path, queues: tuple[str, ...], left: list[str]
) -> None:
    with ingesting(tmp_path) as (tools, sent):
        call_ids = [ingest_call(tools, upload(number), workspace_id=1).call_id for number in (1, 2)]
        app = make_app(settings, works=True)
        toolbox = add_tasks(app, settings, queues=queues)
        app.tasks[TASK](sent[0][0].id)
        toolbox().sessions.engine.dispose()
        app.close()
        with tools.sessions.read() as session:
            states = [calls.get(session, tools.vault, call_id=call_id).state for call_id in call_ids]
    messages = [path.name.split(".", 1)[1].removesuffix(".msg") for path in (tmp_path / "messages").glob("*.msg")]
    assert messages == left
    assert states == [CallState.WORKING if left else CallState.FINISHED, CallState.WORKING]
