"""Shares of a call's credit. A path is a line of sources: `vk@14` is a touch 14 days before the call, `vk` one that has
no time."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.attribute import Attribution, attribute
from attribution.models import Credit, Model, Terms, credit, in_digits
from models.call import Touchpoint, Tracking
from models.errors import SettingsError
from models.tag import Source, Tag, TagKind, TagStatus

RANG = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SOURCES = ("google_ads", "google_organic", "vk", "yelp", "radio", "website")


def touch(word: str) -> Touchpoint:
    source, _, days = word.partition("@")
    return Touchpoint(source=source, at=RANG - timedelta(days=float(days)) if days else None)


def tag(channel: str, status: TagStatus = TagStatus.GIVEN) -> Tag:
    return Tag(
        kind=TagKind.STATED_CHANNEL,
        item=channel,
        value=channel,
        confidence=0.9,
        status=status,
        source=Source.RULES,
        version="1",
    )


def call(path: str, said: str = "") -> Attribution:
    tracking = Tracking(touchpoints=tuple(touch(word) for word in path.split()))
    return attribute(tracking, [tag(channel) for channel in said.split()], started_at=RANG)


def credits_of(path: str, model: str, said: str = "", terms: Terms | None = None) -> tuple[Credit, ...]:
    return credit(call(path, said), model=Model(model), started_at=RANG, terms=terms or Terms())


def shares(credits: Iterable[Credit]) -> str:
    return " ".join(str(one.share) for one in credits)


def shown(credits: Iterable[Credit]) -> str:
    """Channels that get something: one that was only said stands in brackets."""
    names = ((one.channel if one.touch else f"({one.channel})", one.share) for one in credits if one.share)
    return " ".join(f"{name}={share}" for name, share in names)


@pytest.mark.parametrize(
    ("path", "model", "expected"),
    [
        ("", "last_touch", ""),
        ("", "position_based", ""),
        ("", "time_decay", ""),
        ("vk@14", "last_touch", "1"),
        ("vk@14", "first_touch", "1"),
        ("vk@14", "linear", "1"),
        ("vk@14", "time_decay", "1"),
        ("vk@14", "position_based", "1"),
        ("vk", "time_decay", "1"),
        ("vk@9 yelp@2", "last_touch", "0 1"),
        ("vk@9 yelp@2", "first_touch", "1 0"),
        ("vk@9 yelp@2", "linear", "1/2 1/2"),
        ("vk@9 yelp@2", "position_based", "1/2 1/2"),
        # seven days older is half as much, whenever the call was
        ("vk@9 yelp@2", "time_decay", "1/3 2/3"),
        ("vk@7 yelp@0", "time_decay", "1/3 2/3"),
        ("vk@21 vk@14 yelp@7 tv@0", "time_decay", "1/15 2/15 4/15 8/15"),
        ("vk@280 yelp@0", "time_decay", f"1/{2**40 + 1} {2**40}/{2**40 + 1}"),
        ("vk@287 yelp@0", "time_decay", "0 1"),
        ("vk@400 yelp@400", "time_decay", "1/2 1/2"),
        ("vk@9 tv@5 yelp@2", "last_touch", "0 0 1"),
        ("vk@9 tv@5 yelp@2", "first_touch", "1 0 0"),
        ("vk@9 tv@5 yelp@2", "linear", "1/3 1/3 1/3"),
        ("vk@9 tv@5 yelp@2", "position_based", "2/5 1/5 2/5"),
        ("vk@9 tv@5 vk@4 vk@3 yelp@2", "position_based", "2/5 1/15 1/15 1/15 2/5"),
        # a touch after the call brought nothing
        ("vk@7 yelp@0 tv@-1", "linear", "1/2 1/2"),
        ("vk@7 yelp@0 tv@-1", "last_touch", "0 1"),
        # at the same time
        ("vk@3 yelp@3 tv@3", "time_decay", "1/3 1/3 1/3"),
        ("vk@3 yelp@3 tv@3", "last_touch", "0 0 1"),
        ("vk@3 yelp@3 tv@3", "position_based", "2/5 1/5 2/5"),
        # the last one without a time was held when it rang, another is as old as the one before it, or after
        ("vk@7 yelp", "time_decay", "1/3 2/3"),
        ("vk@7 tv yelp@0", "time_decay", "1/4 1/4 1/2"),
        ("vk tv@7 yelp@0", "time_decay", "1/4 1/4 1/2"),
        ("vk tv yelp@7 radio", "time_decay", "1/5 1/5 1/5 2/5"),
        ("vk yelp", "time_decay", "1/2 1/2"),
    ],
)
def test_each_touch_has_its_share_by_the_model(path: str, model: str, expected: str) -> None:
    assert shares(credits_of(path, model)) == expected


@pytest.mark.parametrize(
    ("path", "model", "terms", "expected"),
    [
        ("vk@2 tv@1 yelp@0", "time_decay", Terms(half_life=timedelta(days=1)), "1/7 2/7 4/7"),
        ("vk@20 yelp@10", "time_decay", Terms(half_life=timedelta(days=10)), "1/3 2/3"),
        ("vk@3 tv@2 yelp@1", "position_based", Terms(first=Fraction(1, 2), last=Fraction(1, 4)), "1/2 1/4 1/4"),
        # the middle is missing, and goes to the two as they stand to each other
        ("vk@3 yelp@1", "position_based", Terms(first=Fraction(1, 2), last=Fraction(1, 4)), "2/3 1/3"),
        ("vk@3 yelp@1", "position_based", Terms(first=Fraction(3, 10), last=Fraction(5, 10)), "3/8 5/8"),
        ("vk@3 tv@2 yelp@1", "position_based", Terms(first=Fraction(1), last=Fraction(0)), "1 0 0"),
        ("vk@3", "position_based", Terms(first=Fraction(0), last=Fraction(1, 10)), "1"),
    ],
)
def test_the_numbers_of_a_model_may_be_others(path: str, model: str, terms: Terms, expected: str) -> None:
    assert shares(credits_of(path, model, terms=terms)) == expected


HALF, ALL, NONE, FIFTH = Fraction(1, 2), Fraction(1), Fraction(0), Fraction(1, 5)


@pytest.mark.parametrize(
    ("path", "said", "part", "rest", "expected"),
    [
        ("", "", HALF, "linear", ""),
        ("vk@9 yelp@2", "", HALF, "linear", "vk=1/2 yelp=1/2"),
        # beside the path
        ("vk@9 yelp@2", "radio", HALF, "linear", "vk=1/4 yelp=1/4 (radio)=1/2"),
        ("vk@9 yelp@2", "radio", FIFTH, "last_touch", "yelp=4/5 (radio)=1/5"),
        ("vk@9 yelp@2", "radio tv", HALF, "first_touch", "vk=1/2 (radio)=1/4 (tv)=1/4"),
        ("vk@9 yelp@2", "radio", ALL, "linear", "(radio)=1"),
        ("vk@9 yelp@2", "radio", NONE, "linear", "vk=1/2 yelp=1/2"),
        # nothing was tracked
        ("", "radio", FIFTH, "linear", "(radio)=1"),
        ("", "radio", NONE, "linear", "(radio)=1"),
        ("", "radio tv", FIFTH, "linear", "(radio)=1/2 (tv)=1/2"),
        ("", "repeat_customer", FIFTH, "linear", "(repeat_customer)=1"),
        # the channel of a touch is that touch, and no further one
        ("vk@9 yelp@2", "vk", HALF, "last_touch", "vk=1/2 yelp=1/2"),
        ("vk@9 yelp@2", "yelp", HALF, "last_touch", "yelp=1"),
        ("vk@9 yelp@2", "vk", ALL, "last_touch", "vk=1"),
        ("vk@9 yelp@2", "vk radio", HALF, "last_touch", "vk=1/4 yelp=1/2 (radio)=1/4"),
        ("vk@9 yelp@4 vk@3 tv@1", "vk", ALL, "linear", "vk=1"),
        # so is one that a caller cannot tell from it
        ("google_ads@9 yelp@2", "google_search", HALF, "last_touch", "google_ads=1/2 yelp=1/2"),
        ("google_ads@9 yelp@2", "google_search google_ads", ALL, "last_touch", "google_ads=1"),
        ("google_ads@9 radio@2", "website", ALL, "last_touch", "google_ads=1"),
        ("google_ads@9 radio@2", "website google_search radio", ALL, "last_touch", "google_ads=1/2 radio=1/2"),
        # the very channel goes before one that cannot be told from it
        ("google_ads@9 google_organic@2", "google_ads", ALL, "last_touch", "google_ads=1"),
        ("yandex_direct@9 google_organic@2", "google_ads", ALL, "last_touch", "google_search=1"),
        # who has bought before may still come through any touch
        ("vk@9 yelp@2", "repeat_customer", ALL, "last_touch", "yelp=1"),
        ("vk@9 yelp@2", "repeat_customer radio", HALF, "last_touch", "yelp=1/2 (radio)=1/2"),
    ],
)
def test_what_was_said_has_its_part_and_the_rest_goes_by_a_model(
    path: str, said: str, part: Fraction, rest: str, expected: str
) -> None:
    terms = Terms(stated=part, rest=Model(rest))
    assert shown(credits_of(path, "stated", said, terms)) == expected


def test_where_several_touches_are_the_channel_that_was_said_the_last_of_them_is_meant() -> None:
    found = credits_of("vk@9 yelp@4 vk@3 tv@1", "stated", "vk", Terms(stated=ALL))
    assert shares(found) == "0 0 1 0"


@pytest.mark.parametrize("model", [model for model in Model if model is not Model.STATED])
def test_a_model_of_touches_does_not_look_at_what_was_said(model: Model) -> None:
    assert credits_of("", model, "radio") == ()
    assert shares(credits_of("vk@9 yelp@2", model, "radio vk")) == shares(credits_of("vk@9 yelp@2", model))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (TagStatus.GIVEN, "vk=1/2 (radio)=1/2"),
        (TagStatus.CORRECTED, "vk=1/2 (radio)=1/2"),
        (TagStatus.WITHHELD, "vk=1"),
    ],
)
def test_what_is_withheld_was_not_said(status: TagStatus, expected: str) -> None:
    found = attribute(Tracking(source="vk"), [tag("radio", status)], started_at=RANG)
    assert shown(credit(found, model=Model.STATED, started_at=RANG)) == expected


def test_a_channel_that_is_only_possible_gets_nothing() -> None:
    possible = Tag(
        kind=TagKind.POSSIBLE_CHANNEL,
        item="radio",
        value="radio",
        confidence=0.9,
        status=TagStatus.GIVEN,
        source=Source.RULES,
        version="1",
    )
    found = attribute(Tracking(), [possible], started_at=RANG)
    assert credit(found, model=Model.STATED, started_at=RANG) == ()


def test_a_call_without_a_start_is_credited_by_the_times_of_its_touches() -> None:
    found = attribute(Tracking(touchpoints=(touch("vk@7"), touch("yelp@0"), touch("tv"))), [], started_at=None)
    assert shares(credit(found, model=Model.TIME_DECAY, started_at=None)) == "1/5 2/5 2/5"


def test_a_time_without_a_zone_is_no_obstacle() -> None:
    path = (Touchpoint(source="vk", at=RANG.replace(tzinfo=None) - timedelta(days=7)), touch("yelp"))
    found = attribute(Tracking(touchpoints=path), [], started_at=RANG.replace(tzinfo=None))
    assert shares(credit(found, model=Model.TIME_DECAY, started_at=RANG.replace(tzinfo=None))) == "1/3 2/3"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"half_life": timedelta()}, "half-life is 0:00:00"),
        ({"first": Fraction(3, 5), "last": Fraction(3, 5)}, "first touch gets 3/5"),
        ({"first": Fraction(-1, 5)}, "first touch gets -1/5"),
        ({"first": Fraction(0), "last": Fraction(0)}, "first touch gets 0"),
        ({"stated": Fraction(6, 5)}, "stated share is 6/5"),
        ({"stated": Fraction(-1, 5)}, "stated share is -1/5"),
        ({"rest": Model.STATED}, "another model"),
    ],
)
def test_terms_that_make_no_sense_are_refused(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Terms(**wrong)  # type: ignore[arg-type]


DAYS = st.one_of(st.integers(0, 60), st.floats(0, 4000, allow_nan=False))
WORDS = st.builds("{}@{}".format, st.sampled_from(SOURCES), DAYS) | st.sampled_from(SOURCES)
PATHS = st.lists(WORDS, max_size=12).map(" ".join)
SAID = st.lists(
    st.sampled_from(("google_search", "vk", "radio", "website", "tv", "repeat_customer", "search_other")),
    unique=True,
    max_size=4,
)
PARTS = st.fractions(0, 1, max_denominator=100)
TERMS = st.builds(
    lambda half_life, ends, stated, rest: Terms(
        half_life=half_life, first=max(ends) - min(ends), last=1 - max(ends), stated=stated, rest=rest
    ),
    st.timedeltas(timedelta(microseconds=1), timedelta(days=4000)),
    st.tuples(PARTS, PARTS).filter(lambda ends: min(ends) < 1),
    PARTS,
    st.sampled_from([model for model in Model if model is not Model.STATED]),
)


@given(PATHS, SAID, st.sampled_from(Model), TERMS)
def test_shares_are_exactly_one_call_and_none_is_negative(
    path: str, said: list[str], model: Model, terms: Terms
) -> None:
    found = credits_of(path, model, " ".join(said), terms)
    assert sum(one.share for one in found) == (1 if found else 0)
    assert all(isinstance(one.share, Fraction) and one.share >= 0 for one in found)
    assert bool(found) == bool(path or (said and model is Model.STATED))


@given(PATHS, SAID, st.sampled_from(Model), TERMS)
def test_every_touch_is_there_once_and_in_its_order(path: str, said: list[str], model: Model, terms: Terms) -> None:
    attribution = call(path, " ".join(said))
    found = credit(attribution, model=model, started_at=RANG, terms=terms)
    assert tuple(one.touch for one in found)[: len(attribution.path)] == attribution.path
    beside = [one.channel for one in found if one.touch is None]
    assert len(set(beside)) == len(beside) == len(found) - len(attribution.path)
    assert not {*beside} & {touch.channel for touch in attribution.path}


@given(st.sampled_from(Model), st.sampled_from(SOURCES), DAYS, TERMS)
def test_one_touch_has_it_all(model: Model, channel: str, days: float, terms: Terms) -> None:
    assert shares(credits_of(f"{channel}@{days}", model, terms=terms)) == "1"


@given(st.lists(st.sampled_from(SOURCES), min_size=1, max_size=9), DAYS, TERMS)
def test_at_equal_times_time_decay_is_linear(channels: list[str], days: float, terms: Terms) -> None:
    path = " ".join(f"{channel}@{days}" for channel in channels)
    assert shares(credits_of(path, "time_decay", terms=terms)) == shares(credits_of(path, "linear"))


@given(st.lists(DAYS, min_size=2, max_size=9), TERMS)
def test_by_time_decay_a_newer_touch_has_no_less(days: list[float], terms: Terms) -> None:
    found = credits_of(" ".join(f"vk@{age}" for age in days), "time_decay", terms=terms)
    assert [one.share for one in found] == sorted(one.share for one in found)


@given(st.lists(DAYS, min_size=1, max_size=len(SOURCES)), TERMS)
def test_time_decay_is_near_to_its_formula(days: list[float], terms: Terms) -> None:
    path = " ".join(f"{source}@{age}" for source, age in zip(SOURCES, days, strict=False))
    found = sorted(one.share for one in credits_of(path, "time_decay", terms=terms))
    ages = sorted((timedelta(days=float(age)) for age in days), reverse=True)
    weights = [2 ** -((age - ages[-1]) / terms.half_life) for age in ages]
    wanted = [weight / sum(weights) for weight in weights]
    rounded = 1e-12 * len(days)  # each weight is, by less than a trillionth of the newest one's
    assert [float(share) for share in found] == pytest.approx(wanted, rel=0, abs=rounded)


@given(st.data(), SAID, st.sampled_from(Model), TERMS)
def test_the_order_in_which_touches_and_words_came_does_not_matter(
    data: st.DataObject, said: list[str], model: Model, terms: Terms
) -> None:
    days = data.draw(st.lists(st.integers(0, 60), unique=True, max_size=9))
    words = [f"{data.draw(st.sampled_from(SOURCES))}@{age}" for age in days]
    found = credits_of(" ".join(words), model, " ".join(said), terms)
    other = data.draw(st.permutations(words)), data.draw(st.permutations(said))
    again = credits_of(" ".join(other[0]), model, " ".join(other[1]), terms)
    assert {(one.channel, one.touch, one.share) for one in again} == {
        (one.channel, one.touch, one.share) for one in found
    }


@pytest.mark.parametrize("model", Model)
def test_a_thousand_touches_share_one_call(model: Model) -> None:
    path = " ".join(f"{SOURCES[number % 6]}@{number / 9}" for number in range(1000))
    found = credits_of(path, model, "radio flyer")
    assert len(found) == (1001 if model is Model.STATED else 1000)
    assert sum(one.share for one in found) == 1
    assert max(one.share.denominator for one in found) < 2**64


@pytest.mark.parametrize(
    ("exact", "expected"),
    [
        ("", ""),
        ("1", "1.000000"),
        ("0 1", "0.000000 1.000000"),
        ("2/5 1/5 2/5", "0.400000 0.200000 0.400000"),
        # of equals the earlier one
        ("1/3 1/3 1/3", "0.333334 0.333333 0.333333"),
        ("0 1/3 1/3 1/3", "0.000000 0.333334 0.333333 0.333333"),
        # the one that lost most: .142857|1, .285714|3, .571428|6
        ("1/7 2/7 4/7", "0.142857 0.285714 0.571429"),
        ("1/6 1/6 2/3", "0.166667 0.166667 0.666666"),
        # too little for a digit
        ("1/10000000 9999999/10000000", "0.000000 1.000000"),
    ],
)
def test_shares_are_written_with_six_digits(exact: str, expected: str) -> None:
    assert " ".join(in_digits([Fraction(share) for share in exact.split()])) == expected


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60).filter(any))
def test_written_shares_are_one_together_and_none_is_off_by_a_millionth(weights: list[int]) -> None:
    exact = [Fraction(weight, sum(weights)) for weight in weights]
    written = [Decimal(share) for share in in_digits(exact)]
    assert sum(written) == 1
    assert all(abs(Fraction(share) - was) < Fraction(1, 10**6) for share, was in zip(written, exact, strict=True))
    assert all(share == 0 for share, was in zip(written, exact, strict=True) if not was)
