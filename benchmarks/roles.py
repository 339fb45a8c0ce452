"""Of how many labelled calls every speaker gets the right role, from words alone: `python -m benchmarks.roles [PATH]`.

PATH is a file of lines as `earmark tag` reads them, or a folder of such files; without it, the calls that the patterns
and weights of `diarization` have not been chosen by. No channel has a role. Beside it, how far one comes by calling the
first speaker the agent, and the same calls without their first turns: their beginning tells the most.

A line may say more than `classifiers.labelled` reads: the `direction` of the call (`inbound`, `outbound`), and the
`role` of a turn whose speaker has another name (`agent 2` is a second agent).
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.table import markdown
from classifiers.labelled import read_conversation
from diarization.roles import assign_roles
from evaluation.score import wilson
from models.context import Context
from models.conversation import DOUBTFUL_BELOW, Role, Turn

OWN = Path(__file__).parents[1] / "tests" / "diarization" / "calls"
CUTS = (("nothing", 0), ("first two turns", 2), ("first turn", 1))


@dataclass(frozen=True, slots=True)
class Judged:
    """One call."""

    right: bool
    right_by_order: bool
    """By calling the first speaker the agent and everybody else a caller."""
    doubtful: bool


def labelled_calls(path: Path) -> list[dict[str, Any]]:
    """The lines of a file, or of all `*.jsonl` of a folder."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines() if line.strip()]


def judge(record: Mapping[str, Any], cut: int, *, direction_known: bool = False) -> Judged | None:
    """How one call is told without its first `cut` turns; None where nothing is left of it."""
    turns = [turn for turn in _with_true_roles(record)[cut:] if turn.words]
    if not turns:
        return None
    blank = [replace(turn, role=Role.UNKNOWN) for turn in turns]
    context = Context(direction=record.get("direction") if direction_known else None)
    given, confidence = assign_roles(blank, context)
    first = turns[0].speaker
    by_order = [replace(turn, role=Role.AGENT if turn.speaker == first else Role.CALLER) for turn in turns]
    return Judged(_agree(turns, given), _agree(turns, by_order, machine=Role.AGENT), confidence < DOUBTFUL_BELOW)


def _with_true_roles(record: Mapping[str, Any]) -> list[Turn]:
    said = read_conversation(record).turns
    named = [entry.get("role") for entry in record["turns"]]
    return [replace(turn, role=Role(role)) if role else turn for turn, role in zip(said, named, strict=True)]


def _agree(true: Sequence[Turn], given: Sequence[Turn], machine: Role = Role.MACHINE) -> bool:
    """Whether every speaker has the right role for most turns. `machine`: what a machine has to be called."""
    return all(
        _fits(wanted, _most(given, speaker), machine)
        for speaker, wanted in {turn.speaker: turn.role for turn in true}.items()
    )


def _fits(wanted: Role, role: Role, machine: Role) -> bool:
    """Labels know agents and callers: a business's greeting machine is its agent there."""
    return role is (machine if wanted is Role.MACHINE else wanted) or (wanted, role) == (Role.AGENT, Role.MACHINE)


def _most(turns: Sequence[Turn], speaker: int) -> Role:
    roles = [turn.role for turn in turns if turn.speaker == speaker]
    return max(roles, key=roles.count)


def rows(records: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    languages = sorted({str(record["language"]) for record in records})
    for removed, cut in CUTS:
        for language in (*languages, *(["all"] if len(languages) > 1 else [])):
            chosen = [record for record in records if language in ("all", record["language"])]
            row = _row(chosen, cut)
            if row:
                yield [removed, language, *row]


def _row(records: Sequence[Mapping[str, Any]], cut: int) -> list[str]:
    judged = [found for record in records if (found := judge(record, cut))]
    known = [found for record in records if (found := judge(record, cut, direction_known=True))]
    if not judged:
        return []
    right = sum(found.right for found in judged)
    share = wilson(right, len(judged))
    told = any(record.get("direction") for record in records)
    return [
        str(len(judged)),
        _percent(sum(found.right_by_order for found in judged), len(judged)),
        _percent(right, len(judged)),
        f"{100 * share.low:.0f} to {100 * share.high:.0f} %",
        _percent(sum(found.right for found in known), len(known)) if told else "not said",
        f"{sum(found.doubtful for found in judged if not found.right)} of {len(judged) - right}",
        f"{sum(found.doubtful for found in judged if found.right)} of {right}",
    ]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


HEAD = (
    *("taken away", "language", "calls", "first speaker is the agent", "ours", "90 % interval"),
    *("ours, direction known", "wrong and flagged", "right and flagged"),
)


def main(arguments: list[str]) -> int:
    records = (
        labelled_calls(Path(arguments[0]))
        if arguments
        else [record for path in sorted(OWN.glob("held_back_*.jsonl")) for record in labelled_calls(path)]
    )
    print(f"Flagged: a confidence below {DOUBTFUL_BELOW}. Wanted: 95 % of whole calls, 90 % without two turns.\n")
    print(markdown(HEAD, list(rows(records))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
