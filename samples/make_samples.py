"""Writes the sample calls from their stories: `python samples/make_samples.py [FOLDER]`.

Needs flite (`apt-get install flite`) for the recordings. The calls go to FOLDER/calls and what a listener would tag
to FOLDER/expected.json; without FOLDER, to the samples themselves.
"""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from delivered import DELIVERED, Delivered
from speak import flite_is_there, render
from stories import SPOKEN, Line, Story

PROVIDER = "samples"
LETTERS_PER_SECOND = 14.0
"""How fast people read a text aloud, roughly; gives the written calls their times."""
PAUSE = 0.6
"""Seconds between two turns of a written call."""


def main(arguments: list[str]) -> int:
    if not flite_is_there():
        print("flite is not installed, and it speaks the recordings: install it, as with `apt-get install flite`.")
        return 1
    folder = Path(arguments[0]) if arguments else Path(__file__).parent
    calls = folder / "calls"
    calls.mkdir(parents=True, exist_ok=True)
    for story in SPOKEN:
        path = calls / f"{story.name}{story.sound.suffix}"
        length = render(story, path)
        save(spoken_metadata(story, length), path.with_suffix(".json"))
        print(f"{path.name}: {length:.1f} s, {path.stat().st_size // 1000} kB")
    for call in DELIVERED:
        save(delivered_metadata(call), calls / f"{call.name}.json")
        print(f"{call.name}.json: a finished transcript")
    save(expectations(), folder / "expected.json")
    return 0


def spoken_metadata(story: Story, length: float) -> dict[str, Any]:
    roles = {} if story.sound.mono else {"channel_roles": {"0": "agent", "1": "caller"}}
    return metadata(story.name, "en", story.facts, length) | roles


def delivered_metadata(call: Delivered) -> dict[str, Any]:
    turns = timed_turns(call.lines)
    transcript = {"language": call.language, "engine": "samples", "turns": turns}
    return metadata(call.name, call.language, call.facts, turns[-1]["end"]) | {"transcript": transcript}


def metadata(name: str, language: str, facts: dict[str, Any], length: float) -> dict[str, Any]:
    answered = datetime.fromisoformat(facts["started_at"]) + timedelta(seconds=facts["ring_seconds"])
    return {
        "provider": PROVIDER,
        "external_id": name,
        "direction": "inbound",
        "language": language,
        "answered": True,
        "answered_at": answered.isoformat(),
        "talk_seconds": round(length, 1),
        **facts,
    }


def timed_turns(lines: tuple[Line, ...]) -> list[dict[str, Any]]:
    turns, at = [], PAUSE
    for line in lines:
        end = at + len(line.text) / LETTERS_PER_SECOND
        turns.append({"role": line.role, "text": line.text, "start": round(at, 2), "end": round(end, 2)})
        at = end + PAUSE
    return turns


def expectations() -> dict[str, Any]:
    return {
        call.name: {
            "stated_channels": list(call.expected.stated_channels),
            "lead_quality": call.expected.lead_quality,
            "outcome": call.expected.outcome,
            "verdict": call.expected.verdict,
        }
        for call in (*SPOKEN, *DELIVERED)
    }


def save(content: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
