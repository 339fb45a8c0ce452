"""The vocabulary of channels: what brought a caller, or what is only spoken of."""

from enum import StrEnum


class ChannelGroup(StrEnum):
    SEARCH = "search"
    MAPS_AND_DIRECTORIES = "maps_and_directories"
    SOCIAL_AND_VIDEO = "social_and_video"
    MESSENGERS = "messengers"
    OWNED = "owned"
    BROADCAST_AND_PRINT = "broadcast_and_print"
    OUTDOOR_AND_PLACES = "outdoor_and_places"
    PEOPLE = "people"
    OTHER = "other"


_CHANNELS: dict[ChannelGroup, str] = {
    ChannelGroup.SEARCH: "google_ads google_search yandex_direct yandex_search bing search_other",
    ChannelGroup.MAPS_AND_DIRECTORIES: (
        "google_maps yandex_maps 2gis apple_maps yelp angi nextdoor avito divar neshan balad directory_other"
    ),
    ChannelGroup.SOCIAL_AND_VIDEO: (
        "facebook instagram tiktok youtube linkedin twitter vk odnoklassniki pinterest reddit aparat social_other"
    ),
    ChannelGroup.MESSENGERS: "whatsapp telegram rubika eitaa messenger_other",
    ChannelGroup.OWNED: "website email sms app ai_assistant",
    ChannelGroup.BROADCAST_AND_PRINT: "tv radio podcast newspaper magazine direct_mail flyer",
    ChannelGroup.OUTDOOR_AND_PLACES: "billboard transit vehicle storefront event",
    ChannelGroup.PEOPLE: "referral repeat_customer partner",
    ChannelGroup.OTHER: "other",
}

GROUP_OF: dict[str, ChannelGroup] = {
    channel: group for group, channels in _CHANNELS.items() for channel in channels.split()
}
"""Every channel identifier with its group. An identifier that is not a key here is not a channel."""

Channel = str
"""A key of `GROUP_OF`. Not an enum: `2gis` is no Python name."""

ONLINE_GROUPS = frozenset(
    {
        ChannelGroup.SEARCH,
        ChannelGroup.MAPS_AND_DIRECTORIES,
        ChannelGroup.SOCIAL_AND_VIDEO,
        ChannelGroup.MESSENGERS,
        ChannelGroup.OWNED,
    }
)
"""Groups whose touches happen on a screen: what "saw you online" may mean."""


class MentionRole(StrEnum):
    DISCOVERY = "discovery"
    """How the caller came to know of the business or got this number."""
    INCIDENTAL = "incidental"
    """Anything else: "send me the details on WhatsApp"."""


class Stance(StrEnum):
    AFFIRMED = "affirmed"
    DENIED = "denied"
    UNCERTAIN = "uncertain"
