import pytest

from models.transcript import Transcript, Word
from transcription.clean import clean, compression, invented_reason


def spoken(text: str, *, start: float = 1.0, word: float = 0.3, channel: int = 0) -> tuple[Word, ...]:
    """Words at an even pace; `word` is the seconds of each."""
    return tuple(
        Word(part, start + number * word, start + (number + 0.9) * word, 0.9, channel)
        for number, part in enumerate(text.split())
    )


def cleaned(*groups: tuple[Word, ...], duration: float = 100.0) -> Transcript:
    words = tuple(sorted((word for group in groups for word in group), key=lambda word: word.start or 0.0))
    return clean(Transcript(words=words, language="en", engine="test", duration=duration))


def text_of(transcript: Transcript) -> str:
    return " ".join(word.text for word in transcript.words)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("thank you " * 12, "thank you"),
        ("so " * 30 + "what is your address", "so what is your address"),
        ("we can come on Friday morning " * 5, "we can come on Friday morning"),
        ("спасибо большое " * 8 + "до свидания", "спасибо большое до свидания"),
        ("no no no no I did not", "no no no no I did not"),
        ("five five five zero zero zero zero one", "five five five zero zero zero zero one"),
        ("bye bye bye-bye", "bye bye bye-bye"),
    ],
)
def test_loops_are_taken_out_and_what_people_repeat_is_kept(said: str, left: str) -> None:
    transcript = cleaned(spoken(said))
    assert text_of(transcript) == left
    assert bool(transcript.notes) == (left != " ".join(said.split()))


@pytest.mark.parametrize(
    "ending",
    [
        "Thanks for watching!",
        "Субтитры сделал DimaTorzok",
        "Продолжение следует...",
        "Subtitles by the Amara.org community",
        "زیرنویس از مهدی",
    ],
)
def test_endings_that_engines_invent_go_when_they_stand_alone(ending: str) -> None:
    transcript = cleaned(spoken("goodbye then"), spoken(ending, start=60))
    assert text_of(transcript) == "goodbye then"
    assert "at 60.0 s" in transcript.notes[0]


def test_the_same_words_inside_an_answer_stay() -> None:
    said = "my son said thanks for watching the dog"
    assert text_of(cleaned(spoken(said))) == said


def test_more_words_than_the_time_can_hold_are_invented() -> None:
    transcript = cleaned(spoken("we are a family business since nineteen ninety", word=0.02), spoken("hello", start=9))
    assert text_of(transcript) == "hello"
    assert "more words than the time" in transcript.notes[0]


def test_channels_are_looked_at_apart() -> None:
    transcript = cleaned(spoken("yes " * 9, channel=0), spoken("the sink is broken again", channel=1))
    assert [word.text for word in transcript.words if word.channel == 1] == ["the", "sink", "is", "broken", "again"]
    assert [word.text for word in transcript.words if word.channel == 0] == ["yes"]


def test_times_are_brought_inside_the_recording() -> None:
    transcript = clean(Transcript(words=(Word("late", 9.5, 14.0),), language="en", engine="test", duration=10.0))
    assert transcript.words == (Word("late", 9.5, 10.0),)


def test_words_without_times_are_kept() -> None:
    words = tuple(Word(text) for text in ["thanks", "for", "watching"])
    transcript = Transcript(words=words, language="en", engine="delivered")
    assert clean(transcript) == transcript


@pytest.mark.parametrize(
    ("text", "logprob", "no_speech", "reason"),
    [
        ("a b c", -1.2, 0.8, "text on silence"),
        ("a b c", -0.3, 0.8, None),
        ("a b c", -1.2, 0.3, None),
        ("and then we go " * 20, -0.1, 0.0, "text that repeats itself"),
    ],
)
def test_a_segment_is_doubted_by_the_marks_of_its_engine(
    text: str, logprob: float, no_speech: float, reason: str | None
) -> None:
    assert invented_reason(text, avg_logprob=logprob, no_speech=no_speech) == reason


def test_compression_of_nothing_is_nothing() -> None:
    assert compression("") == 0.0
