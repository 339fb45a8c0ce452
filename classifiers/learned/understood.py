"""A call as far as it is understood turn by turn: what the rules found, and the chance of each target in each turn."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.channels.places import Place, places_in
from classifiers.channels.reader import Reading, read
from classifiers.cues import Heard
from classifiers.kinds.mentions import opinions_of
from classifiers.kinds.outcome import OutcomeRules
from classifiers.kinds.quality import QualityRules
from classifiers.learned.turn_model import Numbers, TurnModel
from classifiers.learned.turns import TurnFacts, blocks_of, facts_of
from classifiers.reading import hear_once
from classifiers.spoken import language_of
from models.call import LANGUAGES
from models.context import Context
from models.conversation import Conversation
from models.tag import Opinion

_OF_A_WHOLE_CALL = (QualityRules(), OutcomeRules())


@dataclass(frozen=True, slots=True)
class Call:
    """What was found in a call without any learned weight."""

    heard: Heard
    reading: Reading
    turns: tuple[TurnFacts, ...]
    places: Mapping[str, tuple[Place, ...]]
    """Of each channel that the lexicons see."""
    opinions: tuple[Opinion, ...]
    """Of the rules."""


@dataclass(frozen=True, slots=True)
class Understood:
    call: Call
    targets: tuple[str, ...]
    chances: Numbers
    """Shape (turns, targets)."""
    model: TurnModel | None = None
    """Whose chances they are; None while it is learned: then those of several."""

    def of(self, target: str) -> Numbers:
        """Turn by turn; nothing where no such target was learned."""
        if target not in self.targets:
            return np.zeros(len(self.chances), np.float32)
        return np.asarray(self.chances[:, self.targets.index(target)])

    def held_by(self, side: str) -> NDArray[np.bool_]:
        """Which turns this side may have said: `a` the business, `c` the caller."""
        return np.array([turn.side in (side, "e") for turn in self.call.turns], dtype=bool)


def find(conversation: Conversation, context: Context, *, whole: bool = True) -> Call | None:
    """None in a language without a lexicon. `whole`: it is not a piece of a call."""
    language = language_of(conversation, context) or LANGUAGES[0]
    if language not in LANGUAGES:
        return None
    heard, reading = hear_once(conversation, language), read(conversation, context.language)
    by_line = {line.number: places_in(line) for line in reading.lines}
    turns = facts_of(heard, reading, by_line, whole=whole)
    places: dict[str, list[Place]] = defaultdict(list)
    for place in (place for found in by_line.values() for place in found):
        places[place.channel].append(place)
    opinions = opinions_of(reading, rough=conversation.rough)
    for rules in _OF_A_WHOLE_CALL if whole else ():
        opinions += rules.classify(conversation, context)
    return Call(heard, reading, tuple(turns), {name: tuple(found) for name, found in places.items()}, tuple(opinions))


def understand(call: Call, model: TurnModel) -> Understood:
    return Understood(call, model.targets, model.chances([blocks_of(turn) for turn in call.turns]), model)
