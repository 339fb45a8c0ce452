"""Campaign words: a caller who says them as what brought them has stated the campaign's channel."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifiers.channels.finding import Finding
from classifiers.channels.places import Place as MentionPlace
from classifiers.channels.places import places_in
from classifiers.channels.reader import Reading, read
from classifiers.channels.reading import Line, Named, read_lines
from classifiers.trackers import Hits, Place, evidence_of, find_trackers, tracker_opinions, version_of
from classifiers.wordforms import overlapping
from models.channel import Stance
from models.context import Context
from models.conversation import Conversation
from models.tag import CHANNEL_KINDS, Opinion, TagKind

_KIND_OF = {
    Stance.AFFIRMED: TagKind.STATED_CHANNEL,
    Stance.UNCERTAIN: TagKind.POSSIBLE_CHANNEL,
    Stance.DENIED: TagKind.DENIED_CHANNEL,
}
INSTEAD_OF = "instead_of"
"""In the detail: channels that the words seem to name to those who do not know the campaign, parted by blanks."""


def tracked(conversation: Conversation, context: Context) -> list[Opinion]:
    """What the workspace's trackers say of a call: those that are said, and the channels of campaigns among them."""
    found = find_trackers(conversation, context.trackers)
    return [*tracker_opinions(conversation, found), *_channels(conversation, context, found)]


def is_tracked(opinion: Opinion) -> bool:
    """Whether it comes from here."""
    return opinion.kind is TagKind.TRACKER or "campaign" in opinion.detail


def with_campaigns(opinions: Sequence[Opinion]) -> list[Opinion]:
    """Opinions of all, where who knows the campaign and who does not contradict each other: the former counts.

    A channel stands under the strongest kind that somebody gives it; where a campaign is stated, a channel was named;
    and one that was denied was denied: who does not know its name hears only that it was spoken of.
    """
    campaigns = [one for one in opinions if one.kind in CHANNEL_KINDS and "campaign" in one.detail]
    if not campaigns:
        return list(opinions)
    mistaken = {channel for one in campaigns for channel in one.detail.get(INSTEAD_OF, "").split()}
    stated = any(one.kind is TagKind.STATED_CHANNEL for one in campaigns)
    strongest = {one.item: _strongest(one.item, opinions) for one in campaigns}
    return [
        one
        for one in opinions
        if one.kind not in CHANNEL_KINDS
        or (
            (one in campaigns or one.item not in mistaken)
            and strongest.get(one.item, one.kind) is one.kind
            and not (stated and one.kind is TagKind.STATED_CHANNEL and not one.item)
        )
    ]


def _strongest(channel: str, opinions: Sequence[Opinion]) -> TagKind:
    own = {one.kind for one in opinions if one.item == channel and "campaign" in one.detail}
    if own <= {TagKind.DENIED_CHANNEL, TagKind.INCIDENTAL_CHANNEL} and TagKind.DENIED_CHANNEL in own:
        return TagKind.DENIED_CHANNEL
    kinds = {one.kind for one in opinions if one.item == channel}
    return next(kind for kind in CHANNEL_KINDS if kind in kinds)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A campaign in its place, and what the caller's words make of it."""

    finding: Finding
    hits: Hits
    place: Place


def _channels(conversation: Conversation, context: Context, found: Sequence[Hits]) -> Iterator[Opinion]:
    """One for each kind and channel; of several campaigns of a channel, that which was named first."""
    said = [(hits, place) for hits in found if hits.tracker.channel for place in hits.places]
    if not said:
        return
    named = [Named(place.turn, place.first, place.last, str(hits.tracker.channel)) for hits, place in said]
    reading = read(conversation, context.language, named)
    hidden = _hidden(read_lines(conversation, context.language), named)
    others = [finding for finding in reading.findings if finding.place.kind != "campaign"]
    hidden -= {finding.channel for finding in others}
    otherwise = {one.channel for one in others if one.is_discovery and one.stance is not Stance.DENIED}
    decided: dict[tuple[TagKind, str], list[_Heard]] = defaultdict(list)
    for heard in _heard(reading, said):
        kind = _KIND_OF[heard.finding.stance] if heard.finding.is_discovery else TagKind.INCIDENTAL_CHANNEL
        if not (kind is TagKind.DENIED_CHANNEL and heard.finding.channel in otherwise):
            decided[kind, heard.finding.channel].append(heard)
    for (kind, channel), places in decided.items():
        yield _opinion(conversation, kind, places, mistaken=sorted(hidden - {channel}))


def _heard(reading: Reading, said: Sequence[tuple[Hits, Place]]) -> Iterator[_Heard]:
    for finding in reading.findings:
        if finding.place.kind == "campaign":
            words = _words(reading.lines[finding.place.line], finding.place)
            for hits, place in said:
                same = (place.turn, hits.tracker.channel) == (finding.place.line, finding.channel)
                if same and overlapping((place.first, place.last), words):
                    yield _Heard(finding, hits, place)
                    break


def _hidden(lines: Sequence[Line], named: Sequence[Named]) -> set[str]:
    """Channels that the lexicons see in the words of a campaign."""
    return {
        place.channel
        for one in named
        if one.turn < len(lines)
        for place in places_in(lines[one.turn])
        if overlapping((one.first, one.last), _words(lines[one.turn], place))
    }


def _words(line: Line, place: MentionPlace) -> tuple[int, int]:
    """First and last word of the turn, both inclusive."""
    return line.tokens[place.start].first, line.tokens[place.end - 1].last


def _opinion(conversation: Conversation, kind: TagKind, places: Sequence[_Heard], *, mistaken: list[str]) -> Opinion:
    finding, tracker = places[0].finding, places[0].hits.tracker
    return Opinion(
        kind=kind,
        item=finding.channel,
        value=finding.channel,
        confidence=round(max(heard.finding.confidence for heard in places), 3),
        evidence=tuple(dict.fromkeys(evidence_of(conversation, heard.place) for heard in places)),
        detail={
            "campaign": str(tracker.campaign),
            "tracker": tracker.name,
            **({INSTEAD_OF: " ".join(mistaken)} if mistaken else {}),
        },
        version=version_of(tracker),
    )
