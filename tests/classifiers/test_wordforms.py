"""One form of a word finds the others, in three languages, and not another word."""

import pytest

from classifiers.wordforms import Finder

FOUND = [
    # phrase, what is said
    ("spring offer", "Spring offers!"),
    ("ask for discount", "asking for discounts"),
    ("twenty percent flyer", "your 20% flyers"),
    ("25 percent", "twenty-five percent"),
    ("500 dollars", "five hundred dollars"),
    ("face book", "on Facebook"),
    ("owner's club", "the owners club"),
    ("скидка", "без скидок"),
    ("листовка", "пачка листовок"),
    ("весеннее предложение", "по весеннему предложению,"),
    ("реклама в метро на Таганской", "рекламу в метро на таганской"),
    ("счёт", "счета"),
    ("двадцать процентов", "20%"),
    ("25 процентов", "двадцати пяти процентов"),
    ("две тысячи", "2000"),
    ("تخفیف", "تخفیف‌هاتون"),
    ("تخفیف", "تخفيفها"),
    ("تخفیف", "تخفیف ها"),
    ("تخفیف", "تخفیفی"),
    ("تخفیف‌هایتان", "تخفیف"),
    ("کد بهار", "كدِ بهارو"),
    ("کد بهار", "کدتون بهار رو"),
    ("می‌خوام", "میخواهم"),
    ("می خواهم", "بخوام"),
    ("خرید", "می‌خرم"),
    ("بفرستید", "فرستادین"),
    ("بگید", "می‌گویند"),
    ("می‌تونم", "می توانیم"),
    ("پیش‌فروش", "پیشفروش"),
    ("پیش‌فروش", "پیش فروش"),
    ("بیست درصد", "۲۰٪"),
    ("بیست و پنج درصد", "٢٥ درصد"),
    ("خیابان", "خیابونمون"),
    ("خونه", "خانه"),
    ("تبلیغ", "تبلیغتون رو"),
    ("مشتری", "مشتریان"),
    ("رایگان", "رایگانه"),
    ("پیشنهاد ویژه", "پیشنهادهای ویژه‌تون"),
    ("برنامه", "برنامه‌ی"),
    ("قیمت", "قیمت‌هاش"),
    ("سایت", "سایتتونو"),
]

NOT_FOUND = [
    ("offer", "the office"),
    ("five percent", "twenty five percent"),
    ("twenty", "twenty five"),
    ("spring offer", "offer in spring"),
    ("предложение", "предмет"),
    ("скидка", "скида"),
    ("می‌خوام", "نمی‌خوام"),
    ("می‌خرم", "نخریدم"),
    ("ماه", "ما"),
    ("مرد", "مردم"),
    ("گوش", "گوشت"),
    ("نام", "نامه"),
    ("ساخت", "ساختمان"),
    ("در", "درمان"),
    ("هفت", "هفته"),
    ("بیمار", "بیمارستان"),
]


@pytest.mark.parametrize(("phrase", "said"), FOUND)
def test_one_form_finds_another(phrase: str, said: str) -> None:
    assert [number for number, *_ in Finder([phrase]).find(said.split())] == [0]


@pytest.mark.parametrize(("phrase", "said"), NOT_FOUND)
def test_another_word_is_not_found(phrase: str, said: str) -> None:
    assert Finder([phrase]).find(said.split()) == []


def test_the_words_of_a_place_are_those_that_were_said() -> None:
    text = "well — the 20 % flyer , and the می خوام تخفیف‌ها face book"
    said = text.split()
    finder = Finder(["twenty percent flyer", "می‌خوام تخفیف", "facebook"])
    places = [(number, " ".join(said[first : last + 1])) for number, first, last in finder.find(said)]
    assert places == [(0, "20 % flyer"), (1, "می خوام تخفیف‌ها"), (2, "face book")]


@pytest.mark.parametrize(
    "said", ["", "…", "٪", "a" * 10_000, "۱۲۳۴۵۶۷۸۹۰", "\u200c", "日本語 한국어", "http://x.y/?q=1"]
)
def test_odd_text_is_read_without_an_error(said: str) -> None:
    assert Finder(["spring offer"]).find(said.split()) == []
