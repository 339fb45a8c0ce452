"""The same call about other brands: what is said of one network or directory is said of the others too."""

import re
from collections.abc import Mapping
from random import Random
from typing import Any

Record = Mapping[str, Any]

_EN: tuple[dict[str, tuple[str, ...]], ...] = (
    {
        "facebook": ("facebook", "face book"),
        "instagram": ("instagram", "insta"),
        "tiktok": ("tiktok", "tik tok"),
        "youtube": ("youtube", "you tube"),
        "linkedin": ("linkedin", "linked in"),
        "twitter": ("twitter",),
        "pinterest": ("pinterest",),
        "reddit": ("reddit",),
    },
    {"yelp": ("yelp",), "nextdoor": ("nextdoor",), "directory_other": ("thumbtack", "trustpilot"), "angi": ("angi",)},
    {"whatsapp": ("whatsapp", "whats app"), "telegram": ("telegram",), "messenger_other": ("viber", "messenger")},
)
_RU: tuple[dict[str, tuple[str, ...]], ...] = (
    {
        "instagram": ("инстаграм",),
        "telegram": ("телеграм",),
        "youtube": ("ютуб",),
        "facebook": ("фейсбук",),
        "tiktok": ("тикток",),
        "pinterest": ("пинтерест",),
        "linkedin": ("линкедин",),
        "twitter": ("твиттер",),
        "whatsapp": ("ватсап", "вотсап"),
    },
    {"avito": ("авито",), "2gis": ("дубльгис", "дубль гис"), "directory_other": ("профи ру", "яндекс услуги")},
)
_FA: tuple[dict[str, tuple[str, ...]], ...] = (
    {
        "instagram": ("اینستاگرام", "اینستا"),
        "telegram": ("تلگرام",),
        "youtube": ("یوتیوب",),
        "facebook": ("فیسبوک",),
        "linkedin": ("لینکدین",),
        "pinterest": ("پینترست",),
        "aparat": ("آپارات",),
        "rubika": ("روبیکا",),
        "eitaa": ("ایتا",),
        "twitter": ("توییتر",),
    },
)
_FAMILIES = {"en": _EN, "ru": _RU, "fa": _FA}
"""Names by channel. Those of one family decline alike, so that an ending may stay."""
_BEFORE, _BEHIND = r"(?<!\w)", {"en": r"(?!\w)", "ru": r"(?=(?:а|у|е|ом|)(?!\w))", "fa": ""}


def with_other_brands(record: Record) -> Record:
    """Each brand of a family is another one of it, in the words and in the labels; itself where it has none."""
    language, labels = str(record.get("language")), record.get("labels") or {}
    random = Random(str(record.get("id")))  # noqa: S311 - no secret
    text = " ".join(turn["text"] for turn in record["turns"])
    used = {channel for name, channels in labels.items() if name.endswith("_channels") for channel in channels}
    changed: dict[str, str] = {}
    for family in _FAMILIES.get(language, ()):
        present = [channel for channel, names in family.items() if re.search(_pattern(names, language), text, re.I)]
        free = [channel for channel in family if channel not in used and channel not in present]
        random.shuffle(free)
        changed |= dict(zip(present, free, strict=False))
    if not changed:
        return record
    turns = [{**turn, "text": _with_names(turn["text"], language, changed, random)} for turn in record["turns"]]
    return {**record, "turns": turns, "labels": _with_channels(labels, changed)}


def _with_channels(labels: Mapping[str, Any], changed: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: [changed.get(one, one) for one in value] if name.endswith("_channels") else value
        for name, value in labels.items()
    }


def _with_names(text: str, language: str, changed: Mapping[str, str], random: Random) -> str:
    names = {channel: own for family in _FAMILIES[language] for channel, own in family.items()}
    owner = {name: channel for channel in changed for name in names[channel]}
    pattern = _pattern(tuple(owner), language)

    def other(match: re.Match[str]) -> str:
        found = match.group()
        name = random.choice(names[changed[owner[found.lower()]]])
        return name.capitalize() if found[0].isupper() else name

    return re.sub(pattern, other, text, flags=re.IGNORECASE)


def _pattern(names: tuple[str, ...], language: str) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return f"{_BEFORE}(?:{'|'.join(map(re.escape, longest_first))}){_BEHIND[language]}"
