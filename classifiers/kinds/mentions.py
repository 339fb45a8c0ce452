"""Channel mentions by rules: which channels brought the caller, which were denied, and which were only spoken of."""

from typing import Any

from classifiers.channels.finding import Finding
from classifiers.channels.reader import Reading, read
from models.channel import Stance
from models.context import Context
from models.conversation import Conversation
from models.errors import SettingsError
from models.tag import Evidence, Opinion, TagKind

VERSION = "mentions-rules-1"
_ROUGH = 0.8
"""What is left of a confidence when the words come from an engine that errs too often."""
_EVIDENCE_REACH = 8
"""A verb this many words away or nearer is quoted in one piece with its channel."""


class MentionRules:
    """Fits `classifiers.classifier.Classifier`."""

    version = VERSION

    def classify(self, conversation: Conversation, context: Context) -> list[Opinion]:
        """Mentions, and the four channel kinds made of them.

        A language without a lexicon yields only "no channel was stated" with confidence 0.
        """
        return opinions_of(read(conversation, context.language), rough=conversation.rough)


def create(**options: Any) -> MentionRules:
    """No options."""
    if options:
        raise SettingsError(f"classifier 'mentions' takes no options; got: {', '.join(sorted(options))}")
    return MentionRules()


def opinions_of(reading: Reading, *, rough: bool) -> list[Opinion]:
    """Of a call that has been read. `rough`: its words come from an engine that errs too often."""
    weight = _ROUGH if rough else 1.0
    mentions = [_mention(reading, item, finding, weight) for item, finding in enumerate(reading.findings)]
    return mentions + _channels(reading, weight)


def _mention(reading: Reading, item: int, finding: Finding, weight: float) -> Opinion:
    return Opinion(
        kind=TagKind.MENTION,
        item=str(item),
        value=finding.channel,
        confidence=round(finding.confidence * weight, 3),
        evidence=_evidence(reading, finding),
        detail={"role": str(finding.role), "stance": str(finding.stance), "speaker": finding.speaker},
        version=VERSION,
    )


def _channels(reading: Reading, weight: float) -> list[Opinion]:
    """Each channel in one kind: stated before possible before denied before incidental."""
    discoveries = [finding for finding in reading.findings if finding.is_discovery]
    groups = {
        TagKind.STATED_CHANNEL: [f for f in discoveries if f.stance is Stance.AFFIRMED],
        TagKind.POSSIBLE_CHANNEL: [f for f in discoveries if f.stance is Stance.UNCERTAIN],
        TagKind.DENIED_CHANNEL: [f for f in discoveries if f.stance is Stance.DENIED],
        TagKind.INCIDENTAL_CHANNEL: [f for f in reading.findings if not f.is_discovery],
    }
    opinions: list[Opinion] = []
    for kind, findings in groups.items():
        taken = {opinion.value for opinion in opinions}
        for channel in dict.fromkeys(finding.channel for finding in findings):
            if channel not in taken:
                same = [finding for finding in findings if finding.channel == channel]
                opinions.append(_channel(reading, kind, same, weight))
        if kind is TagKind.STATED_CHANNEL and not opinions:
            opinions.append(_none_stated(reading, weight))
    return opinions


def _channel(reading: Reading, kind: TagKind, findings: list[Finding], weight: float) -> Opinion:
    places = dict.fromkeys(evidence for finding in findings for evidence in _evidence(reading, finding))
    return Opinion(
        kind=kind,
        item=findings[0].channel,
        value=findings[0].channel,
        confidence=round(max(finding.confidence for finding in findings) * weight, 3),
        evidence=tuple(places),
        version=VERSION,
    )


def _none_stated(reading: Reading, weight: float) -> Opinion:
    """Sure where nobody asked and nothing was named; an answer that was not understood leaves little."""
    confidence = 0.9
    if not reading.lines or not any(line.tokens for line in reading.lines):
        confidence = 0.0
    elif any(finding.is_discovery and finding.stance is Stance.UNCERTAIN for finding in reading.findings):
        confidence = 0.8
    elif reading.asked and not reading.answered:
        confidence = 0.5
    return Opinion(kind=TagKind.STATED_CHANNEL, value=None, confidence=round(confidence * weight, 3), version=VERSION)


def _evidence(reading: Reading, finding: Finding) -> tuple[Evidence, ...]:
    """The place with its verb when that is near, then further words that decided, such as a `yes` in another turn."""
    place = finding.place
    pieces = [(place.line, place.start, place.end)]
    for line, start, end in finding.cues:
        _, first, last = pieces[0]
        if line == place.line and max(start - last, first - end) <= _EVIDENCE_REACH:
            pieces[0] = (line, min(first, start), max(last, end))
        else:
            pieces.append((line, start, end))
    return tuple(_words(reading, *piece) for piece in pieces)


def _words(reading: Reading, number: int, start: int, end: int) -> Evidence:
    line = reading.lines[number]
    first, last = line.tokens[start].first, line.tokens[end - 1].last
    return Evidence(first=line.turn.numbers[first], last=line.turn.numbers[last], turn=number)
