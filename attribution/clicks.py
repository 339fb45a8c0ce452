"""Which values tell one click or one visit from all others. Pure."""

from urllib.parse import parse_qsl, urlsplit

from attribution.sources import CLICK_IDS, NOTHING_TRACKED
from models.call import Touchpoint, Tracking

SHARED = frozenset({"gad_source", "gad_campaignid", "gbraid", "wbraid"})
"""The first two name a kind of advert and a campaign; the others, made for those who may not be told apart, are the
same for many clicks. Whoever shares a link of Instagram shares its id too: `igshid` is none of the below either."""
ONE_CLICK = (CLICK_IDS.keys() | {"fbclid"}) - SHARED
_NOBODY = NOTHING_TRACKED | {"0", "anonymous", "nan"}
"""What scripts send for a visitor whom they do not know."""


def is_telling(value: str | None) -> bool:
    """Whether it can be somebody's id."""
    return (value or "").strip().lower() not in _NOBODY


def clicks_of(touch: Touchpoint | Tracking) -> frozenset[str]:
    """`gclid=…` for each id that only one click has, those in the address of the landing page among them."""
    given = [*touch.click_ids.items(), *_query(touch.landing_page)]
    named = {(name.lower(), value.strip()) for name, value in given}
    return frozenset(f"{name}={value}" for name, value in named if name in ONE_CLICK and is_telling(value))


def _query(address: str | None) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(address or "").query)
    except ValueError:
        return []
