"""Who is the agent and who is the caller: from a person, the metadata, or what they say and in what order."""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from itertools import pairwise

from diarization.role_evidence import Said, evidence, points
from diarization.role_words import lexicon_of, plain
from models.context import Context
from models.conversation import Role, Turn

_BEEP = 0.6
"""Seconds between a machine's last word and a person's first: a pause in a sentence is shorter, a beep is not."""
_COLLEAGUE = 1.0
"""Points above which a third voice is another agent; below, somebody on the caller's side."""
_LEFT_A_MESSAGE = 3.0
"""Points for the caller when nobody but a machine that takes messages is heard beside a voice."""
_PRIVATE = 1.0
"""Points for the agent after a greeting in the first person: a private person's telephone."""
_LEAST_POINTS = 0.7
"""A speaker who is alone is given a role only by more than this: odds of two to one."""


def assign_roles(turns: Sequence[Turn], context: Context) -> tuple[tuple[Turn, ...], float]:
    """The turns with their roles, and how sure we are of them, 0 to 1.

    What the metadata says of the channels wins (1.0), where speakers are channels; the caller of this function leaves
    `channel_roles` empty for a mixed recording. Otherwise a log-linear model weighs what is said, who answers whose
    questions, and how the call begins; its probability is the confidence. A greeting machine's turns are its own,
    whoever has the channel afterwards; a turn in which a person goes on after the machine is parted in two.
    """
    if not turns:
        return (), 0.0
    turns = [part for turn in turns for part in _parted(turn)]
    said = [Said.of(number, turn) for number, turn in enumerate(turns)]
    machine = _machines(said)
    known = _from_metadata(turns, context)
    roles, confidence = (known, 1.0) if known is not None else _from_words(said, machine, context)
    return _given(turns, machine, roles), confidence


def with_roles(turns: Sequence[Turn], roles: Mapping[int, Role]) -> tuple[Turn, ...]:
    """The turns with the roles that a person gave to speakers; who was not named keeps theirs.

    A machine's turns on a person's channel stay a machine's; a voice taken for nothing but a machine may be a person.
    """
    people = {turn.speaker for turn in turns if turn.role is not Role.MACHINE}
    still = {speaker for speaker, role in roles.items() if role is Role.MACHINE} | people
    machine = {
        number
        for number, turn in enumerate(turns)
        if turn.role is Role.MACHINE and (turn.speaker in still or turn.speaker not in roles)
    }
    kept = {turn.speaker: turn.role for turn in turns if turn.role is not Role.MACHINE}
    return _given(turns, machine, {**kept, **roles})


def _parted(turn: Turn) -> tuple[Turn, ...]:
    """A machine's words and those of a person who greets after a pause on the same channel, or the turn as it is."""
    if not lexicon_of(plain(turn.text)).machine.search(plain(turn.text)):
        return (turn,)
    for place, (before, word) in enumerate(pairwise(turn.words), 1):
        if before.end is None or word.start is None or word.start - before.end < _BEEP:
            continue
        machine = replace(turn, words=turn.words[:place], numbers=turn.numbers[:place])
        person = replace(turn, words=turn.words[place:], numbers=turn.numbers[place:])
        if _is_machine(Said.of(0, machine)) and _greets(Said.of(0, person)):
            return machine, person
    return (turn,)


def _greets(turn: Said) -> bool:
    return bool(turn.lexicon.greeting.match(turn.text)) and not _is_machine(turn)


def _given(turns: Sequence[Turn], machine: Set[int], roles: Mapping[int, Role]) -> tuple[Turn, ...]:
    return tuple(
        replace(turn, role=Role.MACHINE if number in machine else roles.get(turn.speaker, Role.UNKNOWN))
        for number, turn in enumerate(turns)
    )


def _from_metadata(turns: Sequence[Turn], context: Context) -> dict[int, Role] | None:
    """Roles of all speakers, when each of them is a channel that has one; of two parties one may be left unsaid."""
    named = dict(context.channel_roles)
    speakers = {turn.speaker for turn in turns}
    if not named or any(word.channel != turn.speaker for turn in turns for word in turn.words):
        return None
    missing = speakers - named.keys()
    if not missing:
        return named
    other = {Role.AGENT: Role.CALLER, Role.CALLER: Role.AGENT}.get(next(iter(named.values())))
    if len(named) == 1 and len(missing) == 1 and other is not None:
        return {**named, missing.pop(): other}
    return None


def _from_words(said: Sequence[Said], machine: Set[int], context: Context) -> tuple[dict[int, Role], float]:
    people = [turn for turn in said if turn.number not in machine]
    found = evidence(people, context, opened=0 not in machine)
    scores = {speaker: points(amounts) for speaker, amounts in found.items()}
    if not scores:
        return {}, 1.0 if machine else 0.0
    if len(scores) == 1:
        ((speaker, score),) = scores.items()
        greetings = [turn for turn in said if turn.number in machine]
        return _alone(speaker, score + _after_machine(greetings, context), least=0.0 if greetings else _LEAST_POINTS)
    return _among(scores)


def _alone(speaker: int, score: float, *, least: float) -> tuple[dict[int, Role], float]:
    if abs(score) <= least:
        return {speaker: Role.UNKNOWN}, 0.0
    return {speaker: Role.AGENT if score > 0 else Role.CALLER}, _odds(abs(score))


def _after_machine(machine: Sequence[Said], context: Context) -> float:
    """Points for a voice that leaves a message: the business's on a private machine, the caller's on a business's."""
    if not any(turn.lexicon.takes_message.search(turn.text) for turn in machine):
        return 0.0
    if context.direction in ("inbound", "outbound"):
        return _LEFT_A_MESSAGE if context.direction == "outbound" else -_LEFT_A_MESSAGE
    private = any(turn.lexicon.private_machine.search(turn.text) for turn in machine)
    return _PRIVATE if private else -_LEFT_A_MESSAGE


def _among(scores: Mapping[int, float]) -> tuple[dict[int, Role], float]:
    """The one for whom the most speaks is an agent, the one for whom the least does a caller, a third by its own."""
    ranked = sorted(scores, key=lambda speaker: -scores[speaker])
    roles = {speaker: Role.AGENT if scores[speaker] > _COLLEAGUE else Role.CALLER for speaker in ranked[1:-1]}
    roles |= {ranked[0]: Role.AGENT, ranked[-1]: Role.CALLER}
    return roles, _odds(scores[ranked[0]] - scores[ranked[-1]])


def _machines(said: Sequence[Said]) -> Set[int]:
    """The turns of greetings, menus and answering machines.

    A machine that speaks first after a person has answered is one that dialled: it stays a caller.
    """
    machine: set[int] = set()
    answered: set[int] = set()
    through = False
    for turn in said:
        through = through or "transfers" in turn.kinds
        if _is_machine(turn) and (not answered or turn.speaker in answered or through):
            machine.add(turn.number)
        else:
            answered.add(turn.speaker)
    return machine


def _is_machine(turn: Said) -> bool:
    """Says what only machines say, and does not offer a person's help in the same breath."""
    if not turn.lexicon.machine.search(turn.text):
        return False
    return not turn.marked_question and not (
        "offers_help" in turn.kinds and turn.lexicon.takes_message.search(turn.text) is None
    )


def _odds(score: float) -> float:
    return round(1 / (1 + math.exp(-score)), 3)
