"""Calls in the database of a test's data folder, tagged by the classifiers of the settings, and corrected."""

import json
from pathlib import Path
from typing import Any

from command_line import Earmark

from earmark.commands.calls import find
from earmark.commands.opening import open_here
from pipeline import stages
from pipeline.correct import correct_tag
from storage import tags, work

SAID = {
    "en": ("Riverside Plumbing, how can I help?", "Hello, I saw your ad on Facebook. How much is a new tap?"),
    "ru": ("Стоматология, здравствуйте.", "Здравствуйте, мне вас соседка посоветовала, сколько стоит чистка?"),
    "fa": ("کلینیک لبخند، بفرمایید.", "سلام، تبلیغتون رو تو اینستاگرام دیدم، جرمگیری چنده؟"),
}


def store(earmark: Earmark, folder: Path, *languages: str) -> None:
    """One call in each language, with the language as its id."""
    for language in languages:
        texts = zip(("agent", "caller"), SAID[language], strict=True)
        turns = [
            {"speaker": who, "text": text, "start": 3.0 * at, "end": 3.0 * at + 2}
            for at, (who, text) in enumerate(texts)
        ]
        call = {"external_id": language, "language": language, "transcript": {"language": language, "turns": turns}}
        file = folder / f"{language}.json"
        file.write_text(json.dumps(call))
        assert earmark("ingest", str(file)).status == 0
    work_it_off()


def work_it_off() -> None:
    """What the workers would do."""
    tools = open_here().tools
    while True:
        with tools.sessions.write() as session:
            work.forget_sent(session)
            due = work.silent(session)
        if not due:
            return
        for row in due:
            stages.run(tools, row.id)


def correct(call: str, **kinds: tuple[str, ...]) -> None:
    opened = open_here()
    for kind, values in kinds.items():
        correct_tag(opened.tools, call_id=find(opened, call).id, kind=kind, values=values, who="Olga")


def tags_of(call: str) -> dict[str, Any]:
    """By kind."""
    opened = open_here()
    with opened.tools.sessions.read() as session:
        return {tag.kind.value: tag for tag in tags.of_call(session, call_id=find(opened, call).id)}
