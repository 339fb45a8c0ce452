"""Says what it was told: for trying the road without a model, and for tests that break it on purpose."""

import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from audio.clip import Clip
from audio.sound import Sound
from models import errors
from models.context import Context
from models.transcript import Dropped, LanguageStretch, Transcript, Word
from transcription.transcriber import Progress

Script = Mapping[str, Any]
"""`words`: a text, or a list of {text, start, end, confidence, channel}; a text's words are spread over the recording.
`language`, `language_confidence`, `rough`, `notes`; `dropped` and `languages`: lists of objects with the fields of
`Dropped` and `LanguageStretch`. `fail`: so many attempts raise `error` (a name from models/errors.py, EngineFailed
unless given) with `message`. `crash`: so many attempts kill their own process. `wait_for`: a file, without which no
attempt goes on. Attempts are counted beside a script that is a file, across processes."""

_GLANCE = 0.02
"""Seconds between two looks for the awaited file."""


class Scripted:
    """One script for every recording."""

    def __init__(self, say: Callable[[Clip, Context], Script], counted_in: Path | None, version: str) -> None:
        self.version = version
        self._say = say
        self._counted_in = counted_in
        self._attempts = 0

    def transcribe(self, sound: Sound, context: Context, *, progress: Progress) -> Transcript:
        clip = sound.clip
        script = self._say(clip, context)
        attempt = self._attempt()
        progress(0.5)
        _wait(script.get("wait_for"))
        if attempt <= int(script.get("crash", 0)):
            os.kill(os.getpid(), signal.SIGKILL)
        if attempt <= int(script.get("crash", 0)) + int(script.get("fail", 0)):
            raise _error(script)
        progress(1.0)
        return Transcript(
            words=_words(script.get("words", ""), clip),
            language=script.get("language", context.language),
            language_confidence=script.get("language_confidence"),
            engine=self.version,
            duration=clip.duration,
            channels=clip.channels,
            rough=bool(script.get("rough", False)),
            partial=clip.partial,
            notes=tuple(script.get("notes", ())),
            dropped=tuple(Dropped(**piece) for piece in script.get("dropped", ())),
            languages=tuple(LanguageStretch(**stretch) for stretch in script.get("languages", ())),
        )

    def _attempt(self) -> int:
        """The number of this attempt, from 1."""
        if self._counted_in is None:
            self._attempts += 1
            return self._attempts
        with self._counted_in.open("a") as file:  # One byte each: appending is whole, whoever is killed.
            file.write(".")
        return self._counted_in.stat().st_size


def create(
    *,
    script: Path | str | Script | Callable[[Clip, Context], Script] | None = None,
    version: str = "scripted 1",
) -> Scripted:
    """`script` is a mapping, a function of clip and context, or the path of a JSON file that is read at each attempt.

    Without one nothing is ever said. Raises SettingsError when the file cannot be read.
    """
    if isinstance(script, str | Path):
        path = Path(script)
        _read(path)
        return Scripted(lambda _clip, _context: _read(path), path.with_name(path.name + ".attempts"), version)
    if callable(script):
        return Scripted(script, None, version)
    said: Script = script or {}
    return Scripted(lambda _clip, _context: said, None, version)


def _read(path: Path) -> Script:
    try:
        script = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise errors.SettingsError(f"the script {path} cannot be read as JSON: {error}") from error
    if not isinstance(script, dict):
        raise errors.SettingsError(f"the script {path} holds {type(script).__name__}, not an object with `words`")
    return script


def _words(said: str | list[dict[str, Any]], clip: Clip) -> tuple[Word, ...]:
    if isinstance(said, str):
        texts = said.split()
        step = clip.duration / max(1, len(texts))
        return tuple(
            Word(text, round(number * step, 3), round((number + 1) * step, 3)) for number, text in enumerate(texts)
        )
    return tuple(Word(**word) for word in said)


def _error(script: Script) -> Exception:
    name = str(script.get("error", "EngineFailed"))
    kind = getattr(errors, name, None)
    if not (isinstance(kind, type) and issubclass(kind, errors.EarmarkError)):
        return errors.SettingsError(f"the script names the error {name!r}, which is none of models/errors.py")
    return kind(str(script.get("message", "failed, as the script says")))


def _wait(awaited: str | None) -> None:
    while awaited is not None and not Path(awaited).exists():
        time.sleep(_GLANCE)
