"""What tracking recorded of a touch, as a channel: the one table of sources, mediums and click ids. Pure.

A click id decides first (a platform set it, people set the rest), then source with medium, then medium alone, then the
referrer. Names are compared without case, with hosts cut to their name: `https://l.facebook.com/` is `facebook`.
"""

import re
from urllib.parse import parse_qs, urlsplit

from models.call import Touchpoint, Tracking
from models.channel import Channel


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


UNKNOWN_SOURCE: Channel = "other"
"""The channel of a touch whose source has no row here."""

CLICK_IDS: dict[str, Channel] = {
    "gclid": "google_ads",
    "gbraid": "google_ads",
    "wbraid": "google_ads",
    "dclid": "google_ads",
    "gad_source": "google_ads",
    "gad_campaignid": "google_ads",
    "yclid": "yandex_direct",
    "ysclid": "yandex_search",
    "msclkid": "bing",
    "ttclid": "tiktok",
    "twclid": "twitter",
    "li_fat_id": "linkedin",
    "epik": "pinterest",
    "rdt_cid": "reddit",
    "rb_clickid": "vk",
    "vkclid": "vk",
    "sccid": "social_other",
}
"""Set by an advertising platform on a click on its advert (`ysclid`: on a search result)."""

SHARED_CLICK_IDS: dict[str, Channel] = {"fbclid": "facebook", "igshid": "instagram", "igsh": "instagram"}
"""Set on any outgoing link, and on links of sister platforms too: a source that has a row goes before them."""

NOTHING_TRACKED = _set("direct none (direct) (none) unset null undefined unknown n/a na -") | {
    "(not set)",
    "(not provided)",
    "not set",
    "",
}

PAID = _set(
    "cpc ppc cpm cpv cpa cpl paid paidsearch paid_search paid-search paid search sem adwords ads ad display banner "
    "retargeting remarketing performance_max pmax shopping video_ad реклама"
) | {"paid search", "search ads"}
"""Mediums (and words at the end of a source: `Google Ads`) that mean an advert."""

_ENGINES: dict[str, tuple[Channel, Channel]] = {
    "google": ("google_search", "google_ads"),
    "yandex": ("yandex_search", "yandex_direct"),
    "ya": ("yandex_search", "yandex_direct"),
    "яндекс": ("yandex_search", "yandex_direct"),
    "гугл": ("google_search", "google_ads"),
}
"""Search engines with one channel for results and one for adverts."""

_SOURCES: dict[Channel, str] = {
    "google_ads": "google_ads googleads adwords google_adwords googleadservices doubleclick dv360 gdn pmax",
    "google_maps": "gmb gbp google_maps googlemaps maps.google google_business google_business_profile "
    "google_my_business googlemybusiness google_places google_reviews local_services google_local_services "
    "google_local lsa business.google",
    "google_search": "google_organic google_seo",
    "yandex_direct": "yandex_direct yandexdirect direct.yandex яндекс_директ yandex_rsya rsya ydirect",
    "yandex_maps": "yandex_maps yandexmaps maps.yandex yandex_business yandex_sprav sprav navi.yandex yandex_navigator "
    "яндекс_карты ymaps",
    "yandex_search": "yandex_organic yandex_seo",
    "bing": "bing bing_ads bingads microsoft_ads msn bing_organic bing_paid bingplaces bing_places edgeservices.bing",
    "search_other": "duckduckgo ddg yahoo search.yahoo ecosia brave search.brave qwant startpage baidu go.mail rambler "
    "nova.rambler search_engine search aol ask naver sogou zarebin parsijoo",
    "2gis": "2gis 2гис dgis go.2gis double_gis",
    "apple_maps": "apple_maps applemaps maps.apple apple_business_connect",
    "yelp": "yelp biz.yelp yelp_ads",
    "angi": "angi angieslist angies_list homeadvisor angi_leads",
    "nextdoor": "nextdoor",
    "avito": "avito авито",
    "divar": "divar دیوار",
    "neshan": "neshan نشان",
    "balad": "balad بلد",
    "directory_other": "yellowpages yellow_pages yp yell thumbtack bbb checkatrade trustatrader mybuilder bark houzz "
    "tripadvisor trustpilot foursquare profi youdo zoon flamp yula youla cian domclick hh indeed craigslist gumtree "
    "sheypoor torob otzovik prodoctorov porch healthgrades zocdoc gelbeseiten uslugi.yandex cylex hotfrog",
    "facebook": "facebook fb facebook_ads facebookads fb_ads meta meta_ads messenger an facebook_messenger",
    "instagram": "instagram ig insta instagram_ads instagram_stories igshopping инстаграм اینستاگرام",
    "tiktok": "tiktok tik_tok tiktok_ads",
    "youtube": "youtube youtu yt youtu.be youtube_ads",
    "linkedin": "linkedin lnkd linkedin_ads lnkd.in",
    "twitter": "twitter t.co x x.com twitter_ads",
    "vk": "vk vkontakte vk_ads vk.ads ads.vk vkads away.vk mytarget my_target target.my вк вконтакте",
    "odnoklassniki": "ok ok.ru odnoklassniki одноклассники",
    "pinterest": "pinterest pin.it pinterest_ads",
    "reddit": "reddit redd.it reddit_ads",
    "aparat": "aparat آپارات",
    "social_other": "snapchat threads bluesky bsky mastodon dzen zen.yandex rutube likee tumblr quora twitch social",
    "whatsapp": "whatsapp wa wa.me api.whatsapp web.whatsapp",
    "telegram": "telegram tg t.me telegram_ads tgads web.telegram org.telegram.messenger телеграм تلگرام",
    "rubika": "rubika روبیکا",
    "eitaa": "eitaa ایتا",
    "messenger_other": "viber signal max max.ru line wechat imo skype bale soroush gap",
    "website": "website site webform web_form callback_widget",
    "email": "email e-mail e_mail mail newsletter mailchimp sendgrid klaviyo unisender sendpulse getresponse "
    "hubspot_email mail.google outlook brevo constantcontact",
    "sms": "sms text_message push_sms",
    "app": "app mobile_app in_app ios_app android_app",
    "ai_assistant": "chatgpt chat.openai openai perplexity gemini gemini.google bard claude copilot copilot.microsoft "
    "alisa alice gigachat deepseek grok",
    "tv": "tv television ctv",
    "radio": "radio spotify_ads",
    "podcast": "podcast podcasts",
    "newspaper": "newspaper gazeta",
    "magazine": "magazine",
    "direct_mail": "direct_mail directmail postcard",
    "flyer": "flyer leaflet flyers listovka door_hanger",
    "billboard": "billboard outdoor ooh dooh",
    "transit": "transit metro bus taxi",
    "vehicle": "vehicle truck van car_wrap vehicle_wrap",
    "storefront": "storefront signage walk_in",
    "event": "event expo trade_show exhibition webinar",
    "referral": "word_of_mouth refer_a_friend referral_program",
    "partner": "partner partners affiliate admitad",
}

_MEDIUMS: dict[Channel, str] = {
    "email": "email e-mail e_mail newsletter mail",
    "sms": "sms text",
    "search_other": "organic search seo",
    "social_other": "social social_media social-media social_network smm paid_social paidsocial "
    "paid-social paid_social_media",
    "messenger_other": "messenger messengers chat",
    "google_maps": "gmb gbp google_business google_maps",
    "app": "app in_app push",
    "partner": "partner affiliate affiliates",
    "directory_other": "directory listing",
    "tv": "tv",
    "radio": "radio",
    "podcast": "podcast",
    "newspaper": "newspaper",
    "magazine": "magazine",
    "direct_mail": "direct_mail directmail postcard",
    "flyer": "flyer leaflet",
    "billboard": "billboard outdoor ooh",
    "transit": "transit",
    "event": "event",
}

_BY_SOURCE = {name: channel for channel, names in _SOURCES.items() for name in names.split()}
_BY_MEDIUM = {name: channel for channel, names in _MEDIUMS.items() for name in names.split()}
_MAPS_WORDS = re.compile(r"\b(gmb|gbp|google[ _-]?(maps|business|my[ _-]?business|local)|map|maps|карты)\b")
_HOST_PREFIXES = _set("www m l lm www2 mobile mbasic touch amp old new out")
_SUFFIXES = _set(
    "com net org ru by kz uz ua ir uk co us de fr es it tr az am ge info biz io app ai by com.tr ae me be in tv"
)


def channel_of(touch: Touchpoint | Tracking) -> Channel | None:
    """The channel of one touch; None when nothing was tracked, `other` when its source has no row."""
    clicks = {name.lower() for name, value in touch.click_ids.items() if value} | _query_names(touch.landing_page)
    for name, channel in CLICK_IDS.items():
        if name in clicks and not (name == "gad_source" and _named(touch.source)):
            return channel
    source, medium = _source_and_medium(touch)
    known = _by_source(source, medium, touch) if source else None
    if known:
        return known
    shared = next((channel for name, channel in SHARED_CLICK_IDS.items() if name in clicks), None)
    if shared:
        return shared
    if medium in _BY_MEDIUM:
        return _BY_MEDIUM[medium]
    if source or medium:
        return UNKNOWN_SOURCE
    return _by_referrer(touch)


def _source_and_medium(touch: Touchpoint | Tracking) -> tuple[str, str]:
    """Lower case, `utm_source=google&utm_medium=cpc` and `google / cpc` taken apart, nothing-words emptied."""
    source, medium = _named(touch.source), _named(touch.medium)
    if not source and not medium and touch.landing_page:
        query = _query(touch.landing_page)
        source, medium = _named(query.get("utm_source")), _named(query.get("utm_medium"))
    if not medium and "/" in source and "//" not in source:
        first, _, second = source.partition("/")
        if not re.search(r"\.\w{2,}$", first.strip()):
            source, medium = _named(first), _named(second)
    return source, medium


def _named(text: str | None) -> str:
    cleaned = (text or "").strip().lower()
    return "" if cleaned in NOTHING_TRACKED else cleaned


def _by_source(source: str, medium: str, touch: Touchpoint | Tracking) -> Channel | None:
    name = _plain(source)
    if name in _BY_SOURCE:
        return _BY_SOURCE[name]
    engine, _, rest = name.partition("_")
    found = _ENGINES.get(engine.split(".")[-1]) or _ENGINES.get(engine.split(".")[0])
    if found is None:
        return _BY_SOURCE.get(engine) if rest in PAID else None
    search, ads = found
    if _MAPS_WORDS.search(f"{medium} {(touch.campaign or '').lower()} {(touch.content or '').lower()}"):
        return "google_maps" if search == "google_search" else "yandex_maps"
    is_ad = rest in PAID and rest != "search"  # `google_search` is the engine, not the kind of its campaigns
    return ads if is_ad or medium in PAID or medium.startswith("paid") else search


def _by_referrer(touch: Touchpoint | Tracking) -> Channel | None:
    host = _host(touch.referrer)
    own = _host(touch.landing_page)
    if not host or host == own:
        return None
    path = urlsplit(touch.referrer or "").path
    if path.startswith("/maps"):
        host = f"maps.{host.removeprefix('www.')}"
    return _by_source(host, "", touch) or UNKNOWN_SOURCE


def _plain(source: str) -> str:
    """`https://l.facebook.com/x` → `facebook`, `Google Ads` → `google_ads`, `maps.google.co.uk` → `maps.google`."""
    host = _host(source) if "://" in source else source.split("/", maxsplit=1)[0]
    joined = re.sub(r"[\s\-]+", "_", host.strip())
    if joined.replace(".", "_") in _BY_SOURCE:
        return joined.replace(".", "_")
    if joined in _BY_SOURCE or "." not in joined:
        return joined
    labels = joined.split(".")
    while len(labels) > 1 and labels[0] in _HOST_PREFIXES:
        labels = labels[1:]
    if ".".join(labels) in _BY_SOURCE:
        return ".".join(labels)
    while len(labels) > 1 and labels[-1] in _SUFFIXES:
        labels = labels[:-1]
    whole = ".".join(labels)
    return whole if whole in _BY_SOURCE or labels[-1] not in _BY_SOURCE else labels[-1]


def _host(address: str | None) -> str:
    text = (address or "").strip().lower()
    if not text:
        return ""
    try:
        return urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""


def _query(address: str | None) -> dict[str, str]:
    try:
        return {name.lower(): values[0] for name, values in parse_qs(urlsplit(address or "").query).items()}
    except ValueError:
        return {}


def _query_names(address: str | None) -> set[str]:
    return set(_query(address))
