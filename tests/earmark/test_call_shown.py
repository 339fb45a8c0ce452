from datetime import UTC, datetime

import pytest

from earmark.commands.call_shown import corrected_said, words_said
from models.tag import Correction, Source, Tag, TagKind, TagStatus
from models.transcript import Dropped, Transcript

DROPPED = (Dropped(start=1.0, end=2.0, channel=0, reason="loop", text="thanks thanks"),)


@pytest.mark.parametrize(
    ("doubts", "said"),
    [
        ({}, ""),
        ({"rough": True}, "rough: the engine errs often, so tags are less sure"),
        ({"notes": ("the recording breaks off",), "dropped": DROPPED}, "the recording breaks off; pieces left out: 1"),
    ],
)
def test_what_is_doubtful_of_the_words_is_said_before_them(doubts: dict[str, object], said: str) -> None:
    transcript = Transcript(words=(), language="en", engine="one", duration=9.0, channels=1, **doubts)  # type: ignore[arg-type]
    assert words_said(transcript) == said


@pytest.mark.parametrize(
    ("values", "why", "machine", "said"),
    [
        (("lost",), "they called back", "quote_given", "lost by Olga on 2026-03-02 09:14 UTC: “they called back”; "),
        (("lost",), None, "quote_given", "lost by Olga on 2026-03-02 09:14 UTC; the machine says quote_given 62%"),
        ((), None, None, "none by Olga on 2026-03-02 09:14 UTC; the machine says nothing"),
    ],
)
def test_a_correction_is_shown_beside_what_the_machine_says(
    values: tuple[str, ...], why: str | None, machine: str | None, said: str
) -> None:
    at = datetime(2026, 3, 2, 9, 14, tzinfo=UTC)
    correction = Correction(kind=TagKind.OUTCOME, values=values, who="Olga", at=at, why=why)
    kinds = {"status": TagStatus.GIVEN, "source": Source.MODEL, "version": "1"}
    tags = [Tag(kind=TagKind.OUTCOME, value=machine, confidence=0.62, **kinds)] if machine else []  # type: ignore[arg-type]
    shown = corrected_said(correction, tags).replace("\u2068", "").replace("\u2069", "")
    assert shown.startswith(f"outcome {said}")
