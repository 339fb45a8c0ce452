"""Persian words to what their forms have in common: spoken and written endings, plurals, persons and tenses of verbs.

Words come in the letters of `classifiers.normalise.letters`, with their half-spaces closed. What is left of a word is
no root of a dictionary: it only has to be the same for all forms of a word, and another for other words.
"""

from collections.abc import Iterator
from functools import cache, lru_cache

PREFIXES = frozenset({"می", "نمی"})
"""Of verbs; also when they stand alone."""
PARTICLES = frozenset({"رو", "را", "ها", "های", "هایی"})
"""Endings that stand alone, and the sign of the object: they say nothing that a phrase would ask for."""
HELPERS = frozenset(
    {
        *("ها", "های", "هایی", "هام", "هات", "هاش", "هامون", "هاتون", "هاشون", "هایم", "هایت", "هایش", "هایمان"),
        *("هایتان", "هایشان", "م", "ت", "ش", "ی", "ای", "ام", "ات", "اش", "مون", "تون", "شون", "مان", "تان", "شان"),
        *("یم", "یت", "یش", "ه", "و", "تر", "ترین", "ایم", "اید", "ین", "اند", "ند", "است", "ست", "ان", "گان"),
    }
)
"""What stands behind a half-space and belongs to the word before it."""

_ENDINGS: tuple[tuple[str, int], ...] = (
    *((ending, 2) for ending in ("ها", "های", "هایی", "هام", "هات", "هاش", "هامان", "هاتان", "هاشان", "هارو", "هاست")),
    *((ending, 2) for ending in ("هایم", "هایت", "هایش", "هایمان", "هایتان", "هایشان", "هاشو", "هاتو", "هامو")),
    *((ending, 2) for ending in ("مان", "تان", "شان", "تانو", "مانو", "شانو", "تانه")),
    *((ending, 4) for ending in ("امان", "اتان", "اشان", "یان", "گان", "ات", "ا", "ه", "ان")),
    *(
        (ending, 3)
        for ending in ("ترین", "تر", "م", "ت", "ش", "ی", "و", "یم", "یت", "یش", "ام", "اش", "ست", "است", "ایی")
    ),
    *((ending, 3) for ending in ("ای", "مو", "تو", "شو", "یی", "یه")),
)
"""Endings of nouns and adjectives, each with the letters that must be left: shorter words end so by themselves."""
_BY_LENGTH = sorted(_ENDINGS, key=lambda one: -len(one[0]))

_WHOLE = frozenset(
    {
        *("مردم", "ارزش", "گوشت", "درست", "دوست", "راست", "خانم", "انجام", "ماهی", "بازی", "گوشی", "نامه"),
        *("هفته", "روزه", "دارو", "بانو", "ساختمان", "سازمان", "درمان", "زایمان", "زمان", "ایمان", "مهمان", "قهرمان"),
        *("المان", "پیمان", "فرمان", "استان", "ایران", "تهران", "خیابان", "میدان", "دیوان", "جوان", "ارزان", "گران"),
        *("نشان", "زبان", "جهان", "ایشان", "دندان", "کودکان", "رایگان", "دکان", "امکان", "مکان", "لبان", "بیابان"),
        *("قران", "سلطان", "حیوان", "انسان", "امتحان", "پایان", "جریان", "دوران", "باران", "یاران", "پیامک", "کمتر"),
        *("بیشتر", "دفتر", "دختر", "تومان", "ریال", "بها", "تنها", "دانش", "ورزش", "فروش", "کارت", "قیمت"),
        *("نوبت", "مدت", "ساعت", "سلام", "تمام", "پیام", "کدام", "چشم", "اول", "مدل", "قرار", "تکرار"),
        *("افزایش", "کاهش", "ویزیت", "اینترنت", "سایت", "پیتزا", "کجا", "اینجا", "انجا", "شما"),
    }
)
"""They end like a form of another word and are none. In the spelling with ان, to which spoken ون is brought."""

_PARTS = ("ستان", "فروش")
_PART_LETTERS = 4
"""Words are made with these, and then end like a form of another."""

_SPOKEN = {
    **{"خونه": "خانه", "نون": "نان", "جون": "جان", "اون": "ان", "کدوم": "کدام", "تموم": "تمام", "حموم": "حمام"},
    **{"اروم": "ارام", "شونه": "شانه", "دونه": "دانه", "نشونه": "نشانه", "بهونه": "بهانه", "روزونه": "روزانه"},
}
"""Where the spoken vowel stands within."""

_VERBS = (
    ("خواه خوا", "خواست"),
    ("توان تون", "توانست تونست"),
    ("گوی گو گ", "گفت"),
    ("ده د", "داد"),
    ("رو ر", "رفت"),
    ("شو ش", "شد"),
    ("ای ا", "امد اومد"),
    ("دان دون", "دانست دونست"),
    ("خر", "خرید"),
    ("فروش", "فروخت"),
    ("کن", "کرد"),
    ("زن", "زد"),
    ("گیر", "گرفت"),
    ("بین", "دید"),
    ("شنو", "شنید شنفت"),
    ("پرس", "پرسید"),
    ("فرست", "فرستاد"),
    ("اور ار", "اورد"),
    ("گذار ذار", "گذاشت ذاشت"),
    ("خوان خون", "خواند خوند"),
    ("نویس", "نوشت"),
    ("پرداز", "پرداخت"),
    ("خور", "خورد"),
    ("رس", "رسید"),
    ("دار", "داشت"),
    ("یاب", "یافت"),
    ("ساز", "ساخت"),
    ("مان مون", "ماند موند"),
    ("گرد", "گشت"),
    ("بند", "بست"),
    ("اموز", "اموخت"),
    ("شناس", "شناخت"),
    ("بر", "برد"),
)
"""Stems of the present, written and spoken, and of the past; the first names the verb."""
_PRESENT = ("م", "ی", "د", "ه", "یم", "ید", "ین", "ند", "ن")
_PAST = ("", "م", "ی", "یم", "ید", "ین", "ند", "ن", "ه", "هام", "های", "هایم", "هاید", "هاند", "هاست", "ن")
_NO = "ن"
"""That somebody does not do a thing is no form of doing it: `نمی‌خوام` is not found by `می‌خوام`."""


@lru_cache(maxsize=100_000)
def persian_form(word: str) -> str:
    """What the forms of a word have in common."""
    verb = _verb_forms().get(word)
    if verb is not None:
        return verb
    return _bare(word)


def _bare(word: str) -> str:
    """Endings are cut until none is left: so a form is cut to what the bare word is cut to."""
    word = _written(word)
    while word not in _WHOLE:
        cut = next(
            (word[: -len(end)] for end, left in _BY_LENGTH if word.endswith(end) and _may_lose(word, end, left)), ""
        )
        if not cut:
            break
        word = _written(cut)
    return word


def _may_lose(word: str, ending: str, left: int) -> bool:
    is_part = word.endswith(_PARTS) and len(ending) < _PART_LETTERS  # `بیمارستان`, `پیشفروش`
    return len(word) - len(ending) >= left and not is_part


def _written(word: str) -> str:
    """`خیابون`, as it is said, to `خیابان`."""
    if word in _SPOKEN:
        return _SPOKEN[word]
    return f"{word[:-2]}ان" if word.endswith("ون") and len(word) > 3 else word


@cache
def _verb_forms() -> dict[str, str]:
    """Every form to its verb; what is clearly one first, for `برم` is rather `بروم` than `بر` with an ending."""
    found: dict[str, str] = {}
    for clear in (True, False):
        for present, past in _VERBS:
            name = f"~{present.split()[0]}"
            for form in _forms(present.split(), past.split(), clear=clear):
                found.setdefault(form, name)
                found.setdefault(f"{_NO}{form}" if form[0] != "ب" or not clear else f"{_NO}{form[1:]}", f"{_NO}{name}")
    return found


def _forms(present: list[str], past: list[str], *, clear: bool) -> Iterator[str]:
    for stem in present if clear else present[:1]:
        for person in _PRESENT:
            vowel = stem in ("ا", "ای")
            if clear:
                yield f"می{stem}{person}"
                yield f"{'بی' if vowel else 'ب'}{stem}{person}"
            elif len(stem) > 1 and not vowel:
                yield f"{stem}{person}"
    for stem in past:
        for person in _PAST:
            if clear:
                yield f"می{stem}{person}"
                yield f"{stem}{person}"
