import pytest

from earmark.commands.call_shown import words_said
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
