"""What each speaker says that speaks for the agent or for the caller, as numbers by kind of evidence."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from diarization.role_words import WEIGHTS, Lexicon, lexicon_of, plain
from models.context import Context
from models.conversation import Turn

_MOST = 3
"""Hits of one kind that count for a speaker: a caller who asks ten prices is no more of a caller than with three."""
_OPENING = 6
"""Turns in which those who dialled say who they are and why."""
_SHORT_ANSWER = 8
"""Words of an answer that gives what was asked for and no more."""
_PHONE_NUMBER = 5
"""Figures in one turn that make a telephone, card or contract number."""
_AT_LENGTH = 8
"""Words of a first turn that is more than a greeting with a name."""
_ONLY_IN_THE_OPENING = {"names_self_on_answering", "sells_to_us", "reaches_out", "answers_for_self", "is_this"}


@dataclass(frozen=True)
class Said:
    """A turn as it is weighed."""

    number: int
    speaker: int
    text: str
    """Plain, see `role_words.plain`."""
    asks: bool
    marked_question: bool
    """There is a question mark: a recogniser's text has none."""

    @classmethod
    def of(cls, number: int, turn: Turn) -> "Said":
        text = plain(turn.text)
        marked = turn.text.rstrip().endswith(("?", "؟"))
        return cls(number, turn.speaker, text, marked or bool(lexicon_of(text).question.search(text)), marked)

    @cached_property
    def lexicon(self) -> Lexicon:
        return lexicon_of(self.text)

    @cached_property
    def kinds(self) -> Set[str]:
        found = {kind for kind, pattern in self.lexicon.cues.items() if pattern.search(self.text)}
        return found if self.number < _OPENING else found - _ONLY_IN_THE_OPENING

    @cached_property
    def hello(self) -> bool:
        """Nothing but what people say on lifting their own telephone."""
        return bool(self.lexicon.hello.search(self.text))

    @cached_property
    def figures(self) -> int:
        return sum(1 for _ in self.lexicon.digits.finditer(self.text))

    @cached_property
    def length(self) -> int:
        return len(self.text.split())


def evidence(said: Sequence[Said], context: Context, *, opened: bool) -> dict[int, dict[str, float]]:
    """For each speaker how much there is of each kind in `WEIGHTS`; `opened`: the first turn given is the call's."""
    counts: dict[int, Counter[str]] = {}
    for place, turn in enumerate(said):
        if place and turn.speaker not in counts and _put_through(said[max(0, place - 3) : place]):
            counts[turn.speaker] = Counter(("was_put_through_to",))
        found = counts.setdefault(turn.speaker, Counter())
        found.update(turn.kinds)
        found.update(_persons(turn))
        if place and said[place - 1].speaker != turn.speaker:
            found.update(_answers(said[place - 1], turn))
        if turn.number < _OPENING and names_business(turn.text, context):
            found["names_the_business"] += 1
    weighed = {speaker: {kind: float(min(n, _MOST)) for kind, n in found.items()} for speaker, found in counts.items()}
    if said and opened:
        weighed[said[0].speaker].update(_order(said, context))
        for speaker, kind in _introduction(said).items():
            weighed[speaker][kind] = 1.0
    return weighed


def points(found: Mapping[str, float]) -> float:
    """The logarithm of the odds that this is the agent and not the caller."""
    return sum(WEIGHTS.get(kind, 0.0) * amount for kind, amount in found.items())


def names_business(text: str, context: Context) -> bool:
    """Whether a plain text has the name of the workspace's business in it."""
    name = plain(context.business_name or "")
    return bool(name) and name in text


def _put_through(before: Sequence[Said]) -> bool:
    return any("transfers" in turn.kinds for turn in before)


def _persons(turn: Said) -> list[str]:
    mine = bool(turn.lexicon.first_person.search(turn.text))
    yours = bool(turn.lexicon.second_person.search(turn.text))
    return ["speaks_of_self"] if mine and not yours else ["speaks_to_you"] if yours and not mine else []


def _answers(before: Said, turn: Said) -> list[str]:
    """Evidence in a pair: who asks for personal details is the agent, who gives them the caller."""
    found = []
    short = turn.length <= _SHORT_ANSWER and not turn.asks
    if {"asks_details", "asks_specifics", "offers_time"} & before.kinds and not turn.asks:
        found.append("answers_agents_question")
    if {"do_you", "asks_price", "states_need"} & before.kinds and not {"do_you", "asks_price"} & turn.kinds:
        found.append("answers_callers_question")
    if "asks_price" in before.kinds and turn.figures:
        found.append("answers_with_price")
    if before.asks and short:
        found.append("short_answer")
    if turn.figures >= _PHONE_NUMBER and not turn.asks:
        found.append("reads_out_number")
    return found


def _order(said: Sequence[Said], context: Context) -> dict[str, float]:
    """What the first voice of a call is likely to be, by how the call begins."""
    kind = _beginning(said)
    if kind not in ("first_says_hello", "first_at_the_beginning"):
        return {kind: 1.0}
    if context.direction == "outbound":
        dialled = {"reaches_out", "introduces"} & said[0].kinds  # What was said on lifting the receiver is not there.
        return {"first_in_the_middle" if dialled else "first_of_outbound": 1.0}
    return {kind: 1.0, **({"first_of_inbound": 1.0} if context.direction == "inbound" else {})}


def _introduction(said: Sequence[Said]) -> dict[int, str]:
    """The second voice that names its company: to somebody who only said hello it called out, else it called in."""
    second = next((turn for turn in said if turn.speaker != said[0].speaker), said[0])
    if second is said[0] or "introduces" not in second.kinds:
        return {}
    kinds = {"first_says_hello": "introduces_after_hello", "first_at_the_beginning": "introduces_after_greeting"}
    kind = kinds.get(_beginning(said))
    return {second.speaker: kind} if kind else {}


def _beginning(said: Sequence[Said]) -> str:
    if said[0].hello or "answers_for_self" in said[0].kinds:
        return "first_says_hello"
    if _greets_and_asks(said[0]):
        return "first_greets_and_asks"
    greeted = any(turn.lexicon.greeting.search(turn.text) for turn in said[:2])
    return "first_at_the_beginning" if greeted else "first_in_the_middle"


def _greets_and_asks(turn: Said) -> bool:
    """`Hi, my boiler is leaking`: who dialled, in a recording that begins after the telephone was answered."""
    if {"thanks_for_calling", "offers_help", "names_self_on_answering"} & turn.kinds:
        return False
    wants = {"states_need", "found_you", "do_you", "asks_price", "my_thing", "complains"} & turn.kinds
    personal = wants or turn.lexicon.first_person.search(turn.text)
    return bool(turn.lexicon.greeting.match(turn.text)) and (bool(personal) or turn.length >= _AT_LENGTH)
