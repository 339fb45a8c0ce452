"""How `diarization/role_words/weights.py` was got: `python -m benchmarks.role_weights`, and what it prints goes there.

Logistic regression of pairs, an agent and a caller of one call, on the difference of their evidence; each weight is
held to a guess as by a spring, so that what the calls do not show stays as guessed. The calls are those for development
and the tables of `tests/classifiers`; the calls held back are not looked at. It also prints, as a comment, how many
pairs come out right when they are not fitted to: five times over a fifth of the calls.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.roles import OWN, labelled_calls
from classifiers.labelled import read_conversation
from diarization.role_evidence import Said, evidence
from models.context import Context
from models.conversation import Role

Vector = NDArray[np.float64]

_TABLES = OWN.parents[1] / "classifiers"
_CUTS = (0, 1, 2, 3)
"""First turns that are taken away, so that words are learnt and not only the order."""
_STIFFNESS = 6.0
"""Of the springs, in pairs: tried were 3, 6 and 10, with one or two calls between them."""
_TABLE_CALL = 0.35
"""Weight of a call of the tables beside a development call: all of these begin with the agent, and many are short."""
_BY_HAND = {
    "first_at_the_beginning": 3.0,  # Nineteen of twenty calls that do not begin with a bare hello.
    "first_says_hello": -0.7,
    "first_in_the_middle": 0.7,  # After a hold or a transfer it is rather the agent who goes on.
    "first_of_inbound": 1.5,
    "first_of_outbound": -2.0,
    "names_the_business": 3.0,
    "was_put_through_to": 4.0,
}
_GUESSES = {
    **dict.fromkeys(("thanks_for_calling", "asks_how_found", "introduces_after_hello", "transfers"), 2.0),
    **dict.fromkeys(("offers_help", "wrong_place"), 1.5),
    "reaches_out": 1.2,
    "rejects_seller": 1.0,
    **dict.fromkeys(("names_self_on_answering", "asks_details", "asks_specifics", "offers_time", "quotes_price"), 0.8),
    **dict.fromkeys(("business_we", "books", "will_send", "looks_up", "closes"), 0.8),
    "answers_with_price": 0.6,
    **dict.fromkeys(("soothes", "addresses_by_title"), 0.5),
    "answers_callers_question": 0.4,
    "speaks_to_you": 0.2,
    "short_answer": 0.0,
    "speaks_of_self": -0.2,
    **dict.fromkeys(("thanks", "first_greets_and_asks"), -0.3),
    "answers_agents_question": -0.4,
    "reads_out_number": -0.5,
    "my_thing": -0.6,
    **dict.fromkeys(("states_need", "do_you", "asks_price", "gives_details", "decides", "complains"), -0.8),
    **dict.fromkeys(("is_this", "answers_for_self", "leaves_message"), -0.8),
    "found_you": -1.2,
    **dict.fromkeys(("sells_to_us", "wants_job", "introduces_after_greeting"), -1.5),
}
_KINDS = [*_GUESSES, *_BY_HAND]


def calls() -> Iterator[tuple[list[tuple[str, Role, str]], float]]:
    """Calls as lines of speaker, role and text, each with its weight."""
    for path in sorted(OWN.glob("development_*.jsonl")):
        for record in labelled_calls(path):
            yield [_line(entry) for entry in record["turns"]], 1.0
    for path in sorted(_TABLES.glob("calls_*.txt")):
        for block in re.split(r"\n\s*\n", path.read_text("utf-8")):
            lines = [line.partition(":") for line in block.strip().splitlines()[1:]]
            roles = {"a": Role.AGENT, "c": Role.CALLER, "m": Role.MACHINE}
            if lines and all(name.strip() in roles for name, _, _ in lines):
                yield [(name, roles[name.strip()], text) for name, _, text in lines], _TABLE_CALL


def _line(entry: dict[str, Any]) -> tuple[str, Role, str]:
    return entry["speaker"], Role(entry.get("role", entry["speaker"])), entry["text"]


def pairs(lines: Sequence[tuple[str, Role, str]]) -> list[Vector]:
    """The evidence of each agent less that of each caller."""
    record = {"id": "-", "turns": [{"speaker": speaker, "text": text} for speaker, _, text in lines]}
    turns = read_conversation(record).turns
    roles = {turn.speaker: role for turn, (_, role, _) in zip(turns, lines, strict=True)}
    people = [Said.of(place, turn) for place, turn in enumerate(turns) if roles[turn.speaker] is not Role.MACHINE]
    opened = bool(turns) and roles[turns[0].speaker] is not Role.MACHINE
    found = {
        speaker: np.array([amounts.get(kind, 0.0) for kind in _KINDS])
        for speaker, amounts in evidence(people, Context(), opened=opened).items()
    }
    by_role = {role: [found[speaker] for speaker in found if roles[speaker] is role] for role in Role}
    return [agent - caller for agent, caller in product(by_role[Role.AGENT], by_role[Role.CALLER])]


def fit(rows: Vector, shares: Vector) -> Vector:
    """By Newton's method; the likelihood with its springs has one summit."""
    guess = np.array([*_GUESSES.values(), *_BY_HAND.values()])
    stiff = np.array([_STIFFNESS] * len(_GUESSES) + [1e4] * len(_BY_HAND))
    weights = guess.copy()
    for _ in range(30):
        wrong = 1 / (1 + np.exp(rows @ weights))
        slope = rows.T @ (shares * wrong) - stiff * (weights - guess)
        bend = (rows * (shares * wrong * (1 - wrong))[:, None]).T @ rows + np.diag(stiff)
        weights = weights + np.linalg.solve(bend, slope)
    return np.asarray(weights)


def main() -> int:
    rows, shares, groups = [], [], []
    for number, (lines, weight) in enumerate(calls()):
        for cut in _CUTS:
            found = pairs(lines[cut:])
            rows += found
            shares += [weight / len(found) for _ in found]
            groups += [number % 5] * len(found)
    table, share, group = np.array(rows), np.array(shares), np.array(groups)
    right = sum(
        int((table[group == part] @ fit(table[group != part], share[group != part]) > 0).sum()) for part in range(5)
    )
    print(f"# {right} of {len(table)} pairs come out right when they are not fitted to.")
    for kind, weight in zip(_KINDS, fit(table, share), strict=True):
        print(f'    "{kind}": {weight:.2f},')
    return 0


if __name__ == "__main__":
    sys.exit(main())
