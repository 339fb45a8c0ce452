"""What the caller said beside what was tracked: the path, each channel's verdict, the call's verdict. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import accumulate

from attribution.clicks import clicks_of
from attribution.sources import UNKNOWN_SOURCE, channel_of
from models.call import Touchpoint, Tracking
from models.channel import GROUP_OF, ONLINE_GROUPS, Channel
from models.tag import Tag, TagKind, TagStatus
from models.touchpoint import MatchedBy, MatchedTouch, TrackingNumber


class Verdict(StrEnum):
    """Said against tracked, the best first: of several stated channels the call has the best."""

    AGREES = "agrees"
    """The stated channel is the last tracked touch, or one that a caller cannot tell from it."""
    ASSISTS = "assists"
    """It agrees with an earlier touch, not with the last."""
    CONFLICTS = "conflicts"
    """An affirmed channel that no touch can be."""
    FILLS = "fills"
    """Nothing was tracked, and the caller named a channel."""
    UNSTATED = "unstated"
    """The call was understood and no channel was named that could be held against the tracking."""
    UNKNOWN = "unknown"
    """No usable transcript, or the tag is withheld."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedTouch:
    """One step of the tracked path."""

    channel: Channel
    at: datetime | None
    """None for what was tracked without a time."""
    online: bool
    """It happened on a screen."""
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    matched_by: MatchedBy = MatchedBy.CALL


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelVerdict:
    """A stated or possible channel held against the path."""

    channel: Channel
    verdict: Verdict
    tag: Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """`path` in order of time; `channel` is that of its last touch, None when nothing was tracked."""

    path: tuple[TrackedTouch, ...]
    channel: Channel | None
    stated: tuple[ChannelVerdict, ...]
    possible: tuple[ChannelVerdict, ...]
    """These never conflict and do not decide the call's verdict: theirs is `agrees`, `assists` or `unstated`."""
    verdict: Verdict


_ENGINES: tuple[frozenset[Channel], ...] = (
    frozenset({"google_search", "google_ads"}),
    frozenset({"yandex_search", "yandex_direct"}),
)
"""A caller who says «Google» does not know whether the first line was an advert."""
_ANY_SCREEN: frozenset[Channel] = frozenset({"search_other", "website"})
"""«Online» and «your website» are said of whatever led there."""
_SAME_MOMENT = timedelta(seconds=1)
"""Of one touch that two systems tell of, one of them without fractions of a second."""
_NEVER_CONFLICTS: frozenset[Channel] = frozenset({"repeat_customer"})
"""Who has bought before may still come through any touch."""


def attribute(
    tracking: Tracking,
    tags: Sequence[Tag],
    *,
    started_at: datetime | None,
    touches: Sequence[MatchedTouch] = (),
    number: TrackingNumber | None = None,
) -> Attribution:
    """The attribution of one call from its tracking, the touchpoints that belong to it, and its settled tags.

    Touches after `started_at` did not bring the call and are left out. Where none is left, `number`, what was dialled,
    stands for one.
    """
    path = tracked_path(tracking, touches, started_at=started_at)
    if not path and number is not None:
        path = (_dialled(number),)
    stated = tuple(_stated(tag, path) for tag in tags if tag.kind is TagKind.STATED_CHANNEL and tag.item)
    possible = tuple(_possible(tag, path) for tag in tags if tag.kind is TagKind.POSSIBLE_CHANNEL and tag.item)
    return Attribution(
        path=path,
        channel=path[-1].channel if path else None,
        stated=stated,
        possible=possible,
        verdict=_verdict(tags, stated),
    )


def tracked_path(
    tracking: Tracking, matched: Sequence[MatchedTouch] = (), *, started_at: datetime | None
) -> tuple[TrackedTouch, ...]:
    """Touches that are something, in order of time, up to the call's start; the same one is there once.

    What stands on the tracking itself is what the tracker held for the source when the phone rang: it is the last
    touch, unless the touchpoints have it already. A touchpoint without a time keeps its place in the list.
    """
    came = [MatchedTouch(touch=point, by=MatchedBy.CALL) for point in tracking.touchpoints]
    kept = [one for one in (*came, *matched) if not _after(one.touch.at, started_at)]
    steps = [step for one in _once(_in_order(kept)) if (step := _touch(one.touch, one.touch.at, one.by)) is not None]
    own = _touch(tracking, None)
    if own is not None and not any(_same(own, step) for step in steps):
        steps.append(own)
    return tuple(steps)


def moments(path: Sequence[TrackedTouch], *, started_at: datetime | None) -> list[datetime]:
    """When each touch was, or the nearest that is known of it; in UTC where a time came without a zone.

    The last one of a path was held when the phone rang: without a time it has that of the call. Any other has that of
    the one before it, and at the beginning of the path that of the next. With no time at all they have the same one.
    """
    known = [aware(touch.at) if touch.at else None for touch in path]
    if known and known[-1] is None and started_at:
        known[-1] = aware(started_at)
    first = next((at for at in known if at), datetime.min.replace(tzinfo=UTC))
    return list(accumulate(known, lambda before, at: at or before, initial=first))[1:]


def agrees(stated: Channel, touch: TrackedTouch) -> bool:
    """Whether a caller who names `stated` can have meant this touch."""
    if stated == touch.channel:
        return True
    if any(stated in engine and touch.channel in engine for engine in _ENGINES):
        return True
    return stated in _ANY_SCREEN and touch.online


def aware(moment: datetime) -> datetime:
    """A time without a zone is read as UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _verdict(tags: Sequence[Tag], stated: Sequence[ChannelVerdict]) -> Verdict:
    order = list(Verdict)
    known = [found.verdict for found in stated if found.verdict is not Verdict.UNKNOWN]
    if known:
        return min(known, key=order.index)
    understood = any(
        tag.kind is TagKind.STATED_CHANNEL and not tag.item and tag.status is not TagStatus.WITHHELD for tag in tags
    )
    return Verdict.UNSTATED if understood else Verdict.UNKNOWN


def _stated(tag: Tag, path: Sequence[TrackedTouch]) -> ChannelVerdict:
    if tag.status is TagStatus.WITHHELD:
        return ChannelVerdict(channel=tag.item, verdict=Verdict.UNKNOWN, tag=tag)
    found = _against(tag.item, path)
    if found is None and not path:
        found = Verdict.FILLS
    if found is None:
        found = Verdict.UNSTATED if tag.item in _NEVER_CONFLICTS else Verdict.CONFLICTS
    return ChannelVerdict(channel=tag.item, verdict=found, tag=tag)


def _possible(tag: Tag, path: Sequence[TrackedTouch]) -> ChannelVerdict:
    withheld = tag.status is TagStatus.WITHHELD
    found = Verdict.UNKNOWN if withheld else _against(tag.item, path) or Verdict.UNSTATED
    return ChannelVerdict(channel=tag.item, verdict=found, tag=tag)


def _against(channel: Channel, path: Sequence[TrackedTouch]) -> Verdict | None:
    """`agrees` with the last touch, `assists` with an earlier one, None with no touch."""
    if path and agrees(channel, path[-1]):
        return Verdict.AGREES
    return Verdict.ASSISTS if any(agrees(channel, touch) for touch in path) else None


def _touch(seen: Touchpoint | Tracking, at: datetime | None, by: MatchedBy = MatchedBy.CALL) -> TrackedTouch | None:
    channel = channel_of(seen)
    if channel is None:
        return None
    on_the_web = bool(seen.landing_page or seen.referrer or seen.click_ids)
    return TrackedTouch(
        channel=channel,
        at=at,
        online=GROUP_OF[channel] in ONLINE_GROUPS or (channel == UNKNOWN_SOURCE and on_the_web),
        source=seen.source,
        medium=seen.medium,
        campaign=seen.campaign,
        matched_by=by,
    )


def _dialled(number: TrackingNumber) -> TrackedTouch:
    return TrackedTouch(
        channel=number.channel,
        at=None,
        online=GROUP_OF[number.channel] in ONLINE_GROUPS,
        source=number.source,
        medium=number.medium,
        campaign=number.campaign,
        matched_by=MatchedBy.NUMBER_DIALLED,
    )


def _same(own: TrackedTouch, touch: TrackedTouch) -> bool:
    return (own.channel, own.campaign or touch.campaign) == (touch.channel, touch.campaign or own.campaign)


def _in_order(points: Sequence[MatchedTouch]) -> list[MatchedTouch]:
    """By time; one without a time stays behind the one it was listed after."""
    keyed: list[tuple[datetime, int, MatchedTouch]] = []
    last = datetime.min.replace(tzinfo=UTC)
    for place, point in enumerate(points):
        last = aware(point.touch.at) if point.touch.at else last
        keyed.append((last, place, point))
    return [point for _, _, point in sorted(keyed, key=lambda entry: entry[:2])]


def _once(points: Sequence[MatchedTouch]) -> list[MatchedTouch]:
    """Of touches that are the same the first place, told by what binds it most surely, with what any of them knows."""
    order, kept = list(MatchedBy), list[MatchedTouch]()
    places: dict[str, int] = {}
    for point in points:
        clicks = clicks_of(point.touch)
        place = next((places[click] for click in sorted(clicks) if click in places), None)
        place = _same_moment(kept, point.touch) if place is None else place
        if place is None:
            kept.append(point)
            place = len(kept) - 1
        else:
            surer, other = sorted((kept[place], point), key=lambda one: order.index(one.by))
            kept[place] = MatchedTouch(touch=_filled(surer.touch, other.touch), by=surer.by)
        places |= dict.fromkeys(clicks, place)
    return kept


def _same_moment(kept: Sequence[MatchedTouch], touch: Touchpoint) -> int | None:
    """The place of one that tells the same thing of the same moment, and no other click."""
    for place in range(len(kept) - 1, -1, -1):
        known = kept[place].touch
        if touch.at is None or known.at is None or abs(aware(touch.at) - aware(known.at)) >= _SAME_MOMENT:
            return None
        said = [(getattr(touch, name), getattr(known, name)) for name in ("source", "medium", "campaign")]
        is_other_click = clicks_of(touch) and clicks_of(known)
        if not is_other_click and channel_of(touch) == channel_of(known) and all(_fit(*pair) for pair in said):
            return place
    return None


def _fit(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _filled(touch: Touchpoint, other: Touchpoint) -> Touchpoint:
    """`touch`, with what only the other one knows, at the earlier of their times."""
    gaps = {each.name: getattr(other, each.name) for each in fields(touch) if not getattr(touch, each.name)}
    times = [aware(moment) for moment in (touch.at, other.at) if moment is not None]
    return replace(touch, **{**gaps, "at": min(times, default=None)})


def _after(at: datetime | None, started_at: datetime | None) -> bool:
    return at is not None and started_at is not None and aware(at) > aware(started_at)
