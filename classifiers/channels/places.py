"""Where a line speaks of a channel, before anybody asks what for."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from classifiers.channels.reading import Line, longest
from classifiers.phrases import Span

_KINDS = {
    "CAMPAIGNS": "campaign",
    "TELLING": "telling",
    "BRANDS": "brand",
    "REPEAT": "repeat",
    "PEOPLE": "person",
    "PLACES": "thing",
}
_FIXED = {"PEOPLE": "referral", "REPEAT": "repeat_customer"}
_PAID = {"google_search": "google_ads", "yandex_search": "yandex_direct"}
_MAPS = {"google_search": "google_maps", "yandex_search": "yandex_maps"}
ENGINE_OF = {
    **dict.fromkeys(("google_search", "google_ads", "google_maps"), "google"),
    **dict.fromkeys(("yandex_search", "yandex_direct", "yandex_maps"), "yandex"),
}
SEARCH_OF = {"google": "google_search", "yandex": "yandex_search"}
_AD_REACH = (7, 9)
"""How many words before and behind an engine's name an ad may stand to be that engine's."""
_MAP_REACH = (6, 7)


@dataclass(frozen=True, slots=True)
class Place:
    """Tokens `start` to `end` of `line` (exclusive) that may be a mention of `channel`."""

    line: int
    start: int
    end: int
    channel: str
    kind: str
    """`brand` and `campaign` are always a mention, `telling` says by itself what was found; `thing`, `person`, `repeat`
    by context."""

    @property
    def is_named(self) -> bool:
        """Whether it is a mention wherever it stands."""
        return self.kind in {"brand", "campaign"}


def places_in(line: Line) -> list[Place]:
    """The line's places in order, none overlapping; an engine with an ad or a map near is its paid side or its map."""
    spans = longest([span for name in _KINDS for span in line.marks[name]])
    places = [
        Place(line.number, span.start, span.end, _FIXED.get(span.name, span.item), _KINDS[span.name]) for span in spans
    ]
    return [_refined(line, place, places) for place in places]


def _refined(line: Line, place: Place, places: list[Place]) -> Place:
    if place.kind == "campaign":
        return place  # its channel is what the workspace says
    for name, table, reach in (("AD", _PAID, _AD_REACH), ("MAP", _MAPS, _MAP_REACH)):
        if place.channel in table and _has_near(line, place, places, name=name, reach=reach):
            return Place(place.line, place.start, place.end, table[place.channel], place.kind)
    return place


def _has_near(line: Line, place: Place, places: list[Place], *, name: str, reach: tuple[int, int]) -> bool:
    before, behind = reach
    for mark in line.marks.within(name, max(0, place.start - before), place.end + behind):
        if place.start <= mark.start < place.end:
            return True
        nearest = _nearest(line, mark, places)
        beside = nearest is not None and nearest.end < place.start and line.marks.within("OR", nearest.end, place.start)
        if distance(line, place, mark) <= max(reach) and (nearest is place or beside):
            return True
    return False


def _nearest(line: Line, mark: Span, places: list[Place]) -> Place | None:
    """The place that a mark belongs to: people and old customers have no ads, and an ad's place follows it."""
    media = [
        place
        for place in around(places, mark.start, 12)
        if place.is_named
        or (
            place.kind in {"telling", "thing"} and not (place.kind == "thing" and place.start <= mark.start < place.end)
        )
    ]
    return min(media, key=lambda place: distance(line, place, mark) + (place.start < mark.start), default=None)


def around(places: list[Place], at: int, reach: int) -> list[Place]:
    """Places that begin within `reach` words of token `at`; a line may hold a whole day of speech."""
    low = bisect_left(places, at - reach, key=lambda place: place.start)
    return places[low : bisect_right(places, at + reach, key=lambda place: place.start)]


def distance(line: Line, place: Place, mark: Span) -> int:
    """Words between a place and a mark, full stops included; 0 when they touch or overlap."""
    if mark.end <= place.start:
        return line.gap(mark.end, place.start)
    if place.end <= mark.start:
        return line.gap(place.end, mark.start)
    return 0
