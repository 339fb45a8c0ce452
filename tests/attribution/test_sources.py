import pytest

from attribution import sources
from attribution.sources import CLICK_IDS, channel_of
from models.call import Touchpoint, Tracking
from models.channel import GROUP_OF


@pytest.mark.parametrize(
    ("source", "medium", "channel"),
    [
        ("google", "cpc", "google_ads"),
        ("Google", "CPC", "google_ads"),
        ("google", "ppc", "google_ads"),
        ("google", "paid_search", "google_ads"),
        ("google", "display", "google_ads"),
        ("Google Ads", None, "google_ads"),
        ("adwords", None, "google_ads"),
        ("google / cpc", None, "google_ads"),
        ("google", "organic", "google_search"),
        ("google", None, "google_search"),
        ("www.google.co.uk", "referral", "google_search"),
        ("Google Organic", None, "google_search"),
        ("google_search", None, "google_search"),
        ("Yandex Search", "organic", "yandex_search"),
        ("google_search", "cpc", "google_ads"),
        ("gmb", None, "google_maps"),
        ("Google My Business", None, "google_maps"),
        ("google", "gmb", "google_maps"),
        ("maps.google.com", "referral", "google_maps"),
        ("yandex", "cpc", "yandex_direct"),
        ("yandex.ru", "cpc", "yandex_direct"),
        ("yandex", "organic", "yandex_search"),
        ("ya.ru", "referral", "yandex_search"),
        ("Yandex.Direct", None, "yandex_direct"),
        ("yandex_maps", None, "yandex_maps"),
        ("bing", "cpc", "bing"),
        ("bing", "organic", "bing"),
        ("duckduckgo", "organic", "search_other"),
        ("2gis", "referral", "2gis"),
        ("2gis.ru", "referral", "2gis"),
        ("avito.ru", "cpc", "avito"),
        ("l.facebook.com", "referral", "facebook"),
        ("m.facebook.com", "referral", "facebook"),
        ("https://lm.facebook.com/l.php", "referral", "facebook"),
        ("fb", "paid_social", "facebook"),
        ("Facebook Ads", None, "facebook"),
        ("ig", "social", "instagram"),
        ("l.instagram.com", "referral", "instagram"),
        ("t.co", "referral", "twitter"),
        ("t.me", "referral", "telegram"),
        ("vk.com", "referral", "vk"),
        ("away.vk.com", "referral", "vk"),
        ("ok.ru", "social", "odnoklassniki"),
        ("m.youtube.com", "referral", "youtube"),
        ("wa.me", None, "whatsapp"),
        ("divar.ir", "referral", "divar"),
        ("chatgpt.com", "referral", "ai_assistant"),
        ("gemini.google.com", "referral", "ai_assistant"),
        ("mail.google.com", "referral", "email"),
        ("newsletter-42", "email", "email"),
        ("spring_promo", "SMS", "sms"),
        ("some-engine", "organic", "search_other"),
        ("(direct)", "(none)", None),
        ("direct", "none", None),
        ("(not set)", "(not set)", None),
        ("", "", None),
        (None, None, None),
        ("blog.example.org", "referral", "other"),
        ("karbala-2024-x", "cpc", "other"),
        ("googlefox", "cpc", "other"),
    ],
)
def test_source_and_medium_map_to_one_channel(source: str | None, medium: str | None, channel: str | None) -> None:
    assert channel_of(Touchpoint(source=source, medium=medium)) == channel


@pytest.mark.parametrize(
    ("clicks", "source", "channel"),
    [
        ({"gclid": "x"}, None, "google_ads"),
        ({"GCLID": "x"}, "(direct)", "google_ads"),
        ({"wbraid": "x"}, "google", "google_ads"),
        ({"gbraid": "x"}, "newsletter", "google_ads"),
        ({"yclid": "1"}, None, "yandex_direct"),
        ({"msclkid": "1"}, None, "bing"),
        ({"fbclid": "1"}, None, "facebook"),
        ({"fbclid": "1"}, "instagram", "instagram"),
        ({"fbclid": "1"}, "(direct)", "facebook"),
        ({"ttclid": "1"}, None, "tiktok"),
        ({"gclid": ""}, None, None),
    ],
)
def test_click_ids_name_the_platform(clicks: dict[str, str], source: str | None, channel: str | None) -> None:
    assert channel_of(Tracking(click_ids=clicks, source=source)) == channel


@pytest.mark.parametrize(
    ("landing", "referrer", "channel"),
    [
        ("https://shop.example/?utm_source=vk&utm_medium=social", None, "vk"),
        ("https://shop.example/?gclid=abc", None, "google_ads"),
        ("https://shop.example/a", None, None),
        ("https://shop.example/a", "https://shop.example/b", None),
        ("https://shop.example/a", "https://www.google.com/", "google_search"),
        ("https://shop.example/a", "https://www.google.com/maps/place/1", "google_maps"),
        ("https://shop.example/a", "https://forum.example/", "other"),
        ("https://[broken", "http://[", None),
    ],
)
def test_landing_page_and_referrer_serve_where_no_source_was_given(
    landing: str, referrer: str | None, channel: str | None
) -> None:
    assert channel_of(Touchpoint(landing_page=landing, referrer=referrer)) == channel


def test_a_profile_link_marked_as_organic_google_is_the_profile() -> None:
    touch = Touchpoint(source="google", medium="organic", campaign="gmb-listing")
    assert channel_of(touch) == "google_maps"


def test_every_row_names_a_channel_of_the_taxonomy() -> None:
    rows = set(CLICK_IDS.values()) | set(sources._BY_SOURCE.values()) | set(sources._BY_MEDIUM.values())
    assert rows <= set(GROUP_OF)
