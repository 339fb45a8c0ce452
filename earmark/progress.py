"""Show calls on their way, from what the database says of them: bars at a terminal, lines elsewhere."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from models.call import Call, CallId, CallState, Stage
from pipeline.toolbox import Toolbox
from storage import calls

POLL_SECONDS = 0.2
MOST_BARS = 20
"""With more calls than fit on a screen there is one bar for all of them."""
SHARES: dict[Stage, tuple[float, float]] = {
    Stage.FETCH: (0.0, 0.05),
    Stage.TRANSCRIBE: (0.05, 0.85),
    Stage.DIARIZE: (0.85, 0.95),
    Stage.CLASSIFY: (0.95, 0.99),
    Stage.FEED_BACK: (0.99, 1.0),
}
"""From where to where a stage moves a call's bar: recognising speech takes nearly all the time."""

Show = Callable[[CallId, Call], None]


def watch(tools: Toolbox, names: Mapping[CallId, str], console: Console) -> list[Call]:
    """Until every call is finished or has failed; the calls in the order of `names`."""
    seen: dict[CallId, Call] = {}
    with _display(names, console) as show:
        while True:
            with tools.sessions.read() as session:
                for call_id in names:
                    if call_id not in seen or seen[call_id].state is CallState.WORKING:
                        seen[call_id] = calls.get(session, tools.vault, call_id=call_id)
            for call_id, call in seen.items():
                show(call_id, call)
            if all(call.state is not CallState.WORKING for call in seen.values()):
                return list(seen.values())
            time.sleep(POLL_SECONDS)


def share_done(call: Call) -> float:
    """How far a call is, 0 to 1."""
    if call.state is not CallState.WORKING:
        return 1.0
    first, last = SHARES.get(call.stage, (0.0, 0.0)) if call.stage else (0.0, 0.0)
    return first + (last - first) * (call.progress or 0.0)


def stage_text(call: Call) -> str:
    """What happens to a call, in a word or two."""
    if call.state is CallState.WORKING:
        stage = call.stage.value.replace("_", " ") if call.stage else "waiting"
        return f"{stage} {call.progress:.0%}" if call.progress else stage
    return f"{call.state.value}: {call.reason}" if call.reason else call.state.value


def _display(names: Mapping[CallId, str], console: Console) -> AbstractContextManager[Show]:
    if not console.is_terminal:
        return nullcontext(_lines(names, console))
    return _Bars(names, console) if len(names) <= MOST_BARS else _OneBar(len(names), console)


def _lines(names: Mapping[CallId, str], console: Console) -> Show:
    """A line whenever a call comes to another stage."""
    said: dict[CallId, str] = {}
    width = max(map(len, names.values()), default=0)

    def show(call_id: CallId, call: Call) -> None:
        step = stage_text(call).rsplit(" ", 1)[0] if call.progress else stage_text(call)
        if said.get(call_id) != step:
            said[call_id] = step
            console.print(Text(f"{names[call_id]:{width}}  {step}"), soft_wrap=True)

    return show


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[stage]}", markup=False),
        console=console,
    )


class _Bars:
    """One for each call."""

    def __init__(self, names: Mapping[CallId, str], console: Console) -> None:
        self._progress = _progress(console)
        self._tasks = {i: self._progress.add_task(name, total=1.0, stage="") for i, name in names.items()}

    def __enter__(self) -> Show:
        self._progress.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _show(self, call_id: CallId, call: Call) -> None:
        self._progress.update(self._tasks[call_id], completed=share_done(call), stage=stage_text(call))


class _OneBar:
    """One for all of them."""

    def __init__(self, count: int, console: Console) -> None:
        self._progress = _progress(console)
        self._task = self._progress.add_task(f"{count} calls", total=float(count), stage="")
        self._shares: dict[CallId, float] = {}
        self._failed: set[CallId] = set()

    def __enter__(self) -> Show:
        self._progress.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _show(self, call_id: CallId, call: Call) -> None:
        self._shares[call_id] = share_done(call)
        if call.state is CallState.FAILED:
            self._failed.add(call_id)
        done = sum(share == 1.0 for share in self._shares.values())
        stage = f"{done} done, {len(self._failed)} of them failed" if self._failed else f"{done} done"
        self._progress.update(self._task, completed=sum(self._shares.values()), stage=stage)
