"""Trackers as files: what is read, and what a wrong one says."""

import json

import pytest

from connectors.tracker_file import LONGEST_FILE, MOST_TRACKERS, read_trackers
from models.errors import BadInput
from models.tracker import Phrase, SaidBy, Tracker

YAML = """
trackers:
  - name: spring offer
    phrases: {en: [spring offer, spring sale], ru: весеннее предложение, fa: [پیشنهاد بهاره]}
    all_of: {en: [today]}
    none_of: [no thanks]
    near: 12
    said_by: caller
    first_seconds: 60
  - name: Metro
    phrases: [реклама в метро на Таганской]
    channel: transit
    campaign: Таганская
  - name: bahar
    phrases: کد بهار
    channel: 2gis
"""
TOML = """
[[trackers]]
name = "spring offer"
phrases = {en = ["spring offer", "spring sale"], ru = "весеннее предложение", fa = ["پیشنهاد بهاره"]}
all_of = {en = ["today"]}
none_of = ["no thanks"]
near = 12
said_by = "caller"
first_seconds = 60
[[trackers]]
name = "Metro"
phrases = ["реклама в метро на Таганской"]
channel = "transit"
campaign = "Таганская"
[[trackers]]
name = "bahar"
phrases = "کد بهار"
channel = "2gis"
"""
READ = (
    Tracker(
        name="spring offer",
        phrases=(
            Phrase("spring offer", "en"),
            Phrase("spring sale", "en"),
            Phrase("весеннее предложение", "ru"),
            Phrase("پیشنهاد بهاره", "fa"),
        ),
        all_of=(Phrase("today", "en"),),
        none_of=(Phrase("no thanks"),),
        near=12,
        said_by=SaidBy.CALLER,
        first_seconds=60.0,
    ),
    Tracker(name="Metro", phrases=(Phrase("реклама в метро на Таганской"),), channel="transit", campaign="Таганская"),
    Tracker(name="bahar", phrases=(Phrase("کد بهار"),), channel="2gis", campaign="bahar"),
)


@pytest.mark.parametrize(("text", "file"), [(YAML, "a.yaml"), (YAML, "a.yml"), (TOML, "a.toml")])
def test_a_file_is_read_in_each_way_that_it_may_be_written(text: str, file: str) -> None:
    assert read_trackers(text.encode("utf-8-sig" if file == "a.yml" else "utf-8"), file) == READ


@pytest.mark.parametrize(
    ("one", "said"),
    [
        ({"phrases": ["x"]}, "f.json: tracker 1: `name` is None; write 1 to 60 letters"),
        ({"name": "n" * 61, "phrases": ["x"]}, "write 1 to 60 letters"),
        ({"name": "n"}, "f.json: tracker 'n': `phrases` is missing"),
        ({"name": "n", "phrases": []}, "tracker 'n': `phrases` is []"),
        ({"name": "n", "phrases": ["…"]}, "tracker 'n': `phrases` has '…'"),
        ({"name": "n", "phrases": [20]}, "`phrases` has 20; a phrase is words as they are said (numbers in quotes)"),
        ({"name": "n", "phrases": ["a " * 13]}, "at most 12 words"),
        ({"name": "n", "phrases": {"de": ["x"]}}, "tracker 'n': `phrases` has the language 'de'; one of: en, ru, fa"),
        ({"name": "n", "phrases": {"en": ["x", None]}}, "tracker 'n': `phrases.en` has None"),
        ({"name": "n", "phrases": ["x"], "near": 3}, "`near` is 3, and there is no `all_of`"),
        ({"name": "n", "phrases": ["x"], "all_of": ["y"], "near": 0}, "`near` is 0; write how many words"),
        ({"name": "n", "phrases": ["x"], "said_by": "boss"}, "`said_by` is 'boss'; one of: caller, agent, anyone"),
        ({"name": "n", "phrases": ["x"], "last_seconds": -1}, "`last_seconds` is -1; write seconds"),
        ({"name": "n", "phrases": ["x"], "first_seconds": True}, "`first_seconds` is True; write seconds"),
        ({"name": "n", "phrases": ["x"], "channel": "carrier pigeon"}, "`channel` is 'carrier pigeon'; one of: google"),
        ({"name": "n", "phrases": ["x"], "channel": ["sms"]}, "`channel` is ['sms']; one of"),
        ({"name": "n", "phrases": ["x"], "campaign": "c"}, "`campaign` is 'c' without a `channel`"),
        ({"name": "n", "phrase": ["x"]}, "tracker 'n': there is no field 'phrase'; there are: name, phrases"),
        ({"name": "n", "phrases": {"en": ["x"]}, "all_of": {"ru": ["y"]}}, "`all_of` has 'ru', and `phrases` has noth"),
        ("n", "f.json: tracker 1 is 'n'; write a name and phrases"),
    ],
)
def test_a_wrong_tracker_is_named_with_its_field_and_value(one: object, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_trackers(json.dumps({"trackers": [one]}).encode(), "f.json")
    assert str(refused.value).startswith("f.json")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("data", "file", "said"),
    [
        (b"trackers: []", "a.yaml", "no list `trackers`"),
        (b"[1]", "a.json", "no list `trackers`"),
        (b"", "a.yaml", "no list `trackers`"),
        (b"trackers: [", "a.yaml", "a.yaml cannot be read"),
        (b"trackers: \xff", "a.yaml", "a.yaml is not UTF-8: byte 10 is 0xff"),
        (b"x = ", "a.toml", "a.toml cannot be read"),
        (b"[" * 100_000, "a.json", "a.json cannot be read"),
        (b"trackers: []", "a.txt", "ends neither in .yaml nor in .toml"),
        (b"x" * (LONGEST_FILE + 1), "a.yaml", "at most 1,000,000"),
        (b"&a [*a]", "a.yaml", "no list `trackers`"),
        (b"trackers: [{name: a, phrases: [x]}]\nmore: 1", "a.yaml", "there is no 'more' beside `trackers`"),
        (b"trackers: [{name: a, phrases: [x]}, {name: ' a', phrases: [y]}]", "a.yaml", "name 'a' stands there twice"),
        (json.dumps({"trackers": [0] * (MOST_TRACKERS + 1)}).encode(), "a.json", "501 trackers; at most 500"),
    ],
)
def test_a_file_that_is_none_says_so(data: bytes, file: str, said: str) -> None:
    with pytest.raises(BadInput, match=r"^a\.") as refused:
        read_trackers(data, file)
    assert said in str(refused.value)
