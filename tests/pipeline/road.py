"""Calls for the pipeline's tests: a recording in a line, a toolbox with simple engines, all that is due worked on."""

from pathlib import Path

from sounds import talk
from toolboxes import make_toolbox

from audio.sound import Sound
from classifiers.kinds import mentions, outcome, quality
from models.call import CallFacts
from models.context import Context
from models.transcript import Transcript
from pipeline.stages import run
from pipeline.toolbox import Toolbox
from storage import work
from transcription.engines import scripted
from transcription.engines.scripted import Script

SAID = [
    {"text": "Green Valley Landscaping, Marcus speaking, how can I help you?", "start": 0.2, "end": 3.0, "channel": 0},
    {"text": "Hi, my neighbor recommended you, how much is mowing?", "start": 3.2, "end": 6.0, "channel": 1},
    {"text": "It is forty dollars a visit.", "start": 6.2, "end": 8.0, "channel": 0},
    {"text": "Okay, I will think about it, thank you.", "start": 8.2, "end": 10.0, "channel": 1},
]


def words(lines: list[dict[str, object]] | None = None) -> list[dict[str, object]]:
    """Lines with times and a channel, as the words that an engine would return."""
    found: list[dict[str, object]] = []
    for line in lines or SAID:
        texts = str(line["text"]).split()
        start, end = float(str(line["start"])), float(str(line["end"]))
        step = (end - start) / len(texts)
        found += [
            {"text": text, "start": start + i * step, "end": start + (i + 1) * step, "channel": line["channel"]}
            for i, text in enumerate(texts)
        ]
    return found


def recording(path: Path, *, seconds: float = 10.0, seed: int = 1, channels: int = 2) -> Path:
    """People talking; another seed is another recording."""
    path.write_bytes(talk(seconds, seed=seed, channels=channels))
    return path


OPENED: list[Toolbox] = []
"""Closed after each test."""


class Heard:
    """A scripted engine that keeps how often it was asked, and with what."""

    def __init__(self, script: Script | None = None) -> None:
        self.times = 0
        self.contexts: list[Context] = []
        self.hears(script or {"words": words(), "language": "en"})

    def hears(self, script: Script, *, version: str = "scripted 1") -> None:
        self._engine = scripted.create(script=script, version=version)
        self.version = self._engine.version

    def transcribe(self, sound: Sound, context: Context, *, progress: object) -> Transcript:
        self.times += 1
        self.contexts.append(context)
        return self._engine.transcribe(sound, context, progress=progress)  # type: ignore[arg-type]


def toolbox(tmp_path: Path, *, script: Script | None = None, **given: object) -> tuple[Toolbox, Heard]:
    heard = Heard(script)
    given.setdefault("classifiers", tuple(kind.create() for kind in (mentions, quality, outcome)))
    tools = make_toolbox(tmp_path, transcriber=heard, **given)  # type: ignore[arg-type]
    OPENED.append(tools)
    return tools, heard


def drain(tools: Toolbox) -> None:
    """Work on everything that is due now, as one worker would."""
    while True:
        with tools.sessions.write() as session:
            work.forget_sent(session)
        with tools.sessions.write() as session:
            due = work.silent(session)
        if not due:
            return
        for row in due:
            run(tools, row.id)


def facts(external_id: str | None = "42", **given: object) -> CallFacts:
    return CallFacts(provider="pbx", external_id=external_id, **given)  # type: ignore[arg-type]
