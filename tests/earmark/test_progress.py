import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console
from toolboxes import make_toolbox

from earmark.progress import share_done, stage_text, watch
from models.call import Call, CallFacts, CallId, CallState, Stage
from models.conversation import Role
from models.upload import DeliveredTranscript, SpokenTurn, Upload
from pipeline import stages
from pipeline.ingest import ingest_call
from storage import workspaces

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CALL = Call(
    id=CallId(1),
    public_id="01A",
    workspace_id=1,
    facts=CallFacts(),
    state=CallState.WORKING,
    stage=Stage.TRANSCRIBE,
    progress=None,
    reason=None,
    received_at=NOW,
    updated_at=NOW,
    has_recording=True,
    duration=None,
    audio_channels=None,
    language=None,
    engine=None,
)


@pytest.mark.parametrize(
    ("call", "share", "text"),
    [
        (replace(CALL, stage=None), 0.0, "waiting"),
        (CALL, 0.05, "transcribe"),
        (replace(CALL, progress=0.5), 0.45, "transcribe 50%"),
        (replace(CALL, stage=Stage.FEED_BACK), 0.99, "feed back"),
        (replace(CALL, state=CallState.FINISHED, stage=None), 1.0, "finished"),
        (replace(CALL, state=CallState.FAILED, stage=None, reason="too long"), 1.0, "failed: too long"),
    ],
)
def test_a_call_is_shown_with_its_stage(call: Call, share: float, text: str) -> None:
    assert share_done(call) == pytest.approx(share)
    assert stage_text(call) == text


@pytest.mark.parametrize(("terminal", "count"), [(False, 1), (True, 2), (True, 21)])
def test_calls_are_watched_until_the_last_is_finished(tmp_path: Path, *, terminal: bool, count: int) -> None:
    tools = make_toolbox(tmp_path)
    rows: list[int] = []
    working = replace(tools, send=lambda due: rows.extend(one.id for one in due))
    with tools.sessions.read() as session:
        workspace_id = workspaces.get(session).id
    names = {}
    for number in range(count):
        words = DeliveredTranscript(turns=(SpokenTurn(Role.CALLER, f"Hello {number}"),), language="en")
        upload = Upload(facts=CallFacts(external_id=str(number)), transcript=words)
        names[ingest_call(working, upload, workspace_id=workspace_id).call_id] = f"call {number}"
    while rows:
        stages.run(working, rows.pop())
    written = io.StringIO()
    ended = watch(tools, names, Console(file=written, force_terminal=terminal, width=100, highlight=False))
    assert [call.state for call in ended] == [CallState.FINISHED] * count
    assert list(names) == [call.id for call in ended]
    shown = f"{count} calls" if count > 20 else f"call {count - 1}"
    assert shown in written.getvalue()
