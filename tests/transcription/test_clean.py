import pytest

from models.transcript import Dropped, Transcript, Word
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
        ("five " * 40, "five"),
        ("спасибо большое " * 8 + "до свидания", "спасибо большое до свидания"),
        ("я вас слушаю " * 6, "я вас слушаю"),
        ("да " * 50, "да"),
        ("ممنون از شما " * 9, "ممنون از شما"),
        ("بله " * 40 + "خداحافظ", "بله خداحافظ"),
    ],
)
def test_loops_are_taken_out_with_their_reason(said: str, left: str) -> None:
    transcript = cleaned(spoken(said))
    assert text_of(transcript) == left
    (piece,) = transcript.dropped
    assert piece.reason == "a phrase said over and over"
    assert len(piece.text.split()) == len(said.split()) - len(left.split())
    assert 1.0 < piece.start < piece.end


def test_what_is_said_between_two_loops_lies_in_neither() -> None:
    transcript = cleaned(spoken("yes " * 20 + "my name is Kim " + "bye " * 20))
    assert text_of(transcript) == "yes my name is Kim bye"
    first, second = transcript.dropped
    between = transcript.words[1:]
    assert first.end <= (between[0].start or 0)
    assert (between[-1].end or 0) <= second.start


@pytest.mark.parametrize(
    "said",
    [
        "no no no no I did not",
        "bye bye bye-bye",
        "hello hello hello hello hello can you hear me",
        "five five five zero zero zero zero one",
        "it is zero zero zero zero zero zero zero zero zero zero two",
        "two one two one two one two one two one five",
        "8 8 8 8 8 8 8 8 8 8 5",
        "yes yes yes yes yes yes please",
        "I don't know I don't know I don't know",
        "да да да да",
        "алло алло алло алло алло алло вы меня слышите",
        "ноль ноль ноль ноль ноль ноль ноль ноль ноль один",
        "восемь девятьсот двадцать два двадцать два двадцать два двадцать два двадцать два двадцать два",
        "нет нет нет нет не надо",
        "بله بله بله",
        "نه نه نه نه نمی‌خوام",
        "الو الو الو الو صدای من میاد",
        "صفر صفر صفر صفر صفر صفر صفر صفر صفر یک",
    ],
)
def test_what_people_repeat_is_kept(said: str) -> None:
    transcript = cleaned(spoken(said))
    assert (text_of(transcript), transcript.dropped) == (said, ())


@pytest.mark.parametrize(
    "ending",
    [
        "Thanks for watching!",
        "Thank you so much for watching.",
        "Thank you for watching, and don't forget to subscribe.",
        "See you in the next video. Bye!",
        "Please like and subscribe.",
        "Don't forget to subscribe to my channel.",
        "Subtitles by the Amara.org community",
        "Subtitles created by John Smith",
        "Transcribed by https://otter.ai",
        "www.mooji.org",
        "[Music]",
        "♪ ♪",
        "Субтитры сделал DimaTorzok",
        "Субтитры создавал DimaTorzok",
        "Субтитры подогнал «Симон»!",
        "Редактор субтитров А.Семкин Корректор А.Егорова",
        "Продолжение следует...",
        "Спасибо за просмотр!",
        "Всем спасибо за просмотр и до новых встреч!",
        "Спасибо за субтитры Алексею Дубровскому!",
        "Подписывайтесь на наш канал!",
        "Подписывайтесь на канал и ставьте лайки.",
        "До встречи в следующем видео!",
        "СПОКОЙНАЯ МУЗЫКА",
        "ТЕЛЕФОННЫЙ ЗВОНОК",
        "زیرنویس از مهدی",
        "زیرنویس توسط سارا محمدی",
        "ترجمه و زیرنویس: تیم ما",
        "ممنون که تماشا کردید",
        "ممنون از تماشای شما",
        "با تشکر از تماشای شما",
        "از اینکه این ویدیو را تماشا کردید متشکرم",
        "لطفاً کانال ما را سابسکرایب کنید",
        "[موسیقی]",
    ],
)
def test_endings_that_engines_invent_go_when_they_stand_alone(ending: str) -> None:
    transcript = cleaned(spoken("goodbye then"), spoken(ending, start=60))
    assert text_of(transcript) == "goodbye then"
    (piece,) = transcript.dropped
    assert (piece.start, piece.text) == (60.0, ending)
    assert "engines invent" in piece.reason or "description of a sound" in piece.reason


@pytest.mark.parametrize(
    "said",
    [
        "my son said thanks for watching the dog",
        "thanks for watching the kids",
        "Thank you.",
        "thank you for calling Bright Dental",
        "see you next time",
        "see you in the next one",
        "our website is www.brightdental.com",
        "www.brightdental.com",
        "translated by Friday",
        "subscribe to our newsletter",
        "do you have subtitles",
        "music school",
        "OK",
        "спасибо за просмотр квартиры",
        "спасибо за просмотр и что приехали",
        "спасибо за внимание",
        "спасибо",
        "субтитры нужны",
        "подписывайтесь на нашу рассылку",
        "продолжение ремонта на следующей неделе",
        "МУЗЫКА",
        "زیرنویس فارسی دارد",
        "ممنون از همراهی شما",
        "ممنون که نگاه کردید",
        "ممنون از شما",
        "ممنون که تماس گرفتید",
        "خداحافظ شما",
    ],
)
def test_what_people_say_alone_stays(said: str) -> None:
    transcript = cleaned(spoken("one moment"), spoken(said, start=60))
    assert (text_of(transcript), transcript.dropped) == (f"one moment {said}", ())


def test_an_invented_ending_inside_an_answer_stays() -> None:
    said = "and at the end she said thanks for watching and I left"
    assert text_of(cleaned(spoken(said))) == said


MONOLOGUES = {
    "en": "the pipe under the kitchen sink started leaking on Tuesday and my husband tried to close the valve but it "
    "is rusty so the water keeps dripping into the cupboard and we had to put a bucket there and empty it "
    "every hour and now the floor is wet as well and the neighbours below have called us twice because their "
    "ceiling shows a stain so we would need somebody today if that is possible or tomorrow morning at the "
    "latest because we leave for work",
    "ru": "труба под раковиной на кухне начала течь во вторник и мой муж попытался перекрыть кран но он ржавый поэтому "
    "вода всё время капает в шкаф и нам пришлось поставить ведро и выливать его каждый час а теперь и пол мокрый и "
    "соседи снизу звонили уже два раза потому что у них на потолке пятно так что нам нужен кто-нибудь сегодня если "
    "это возможно или завтра утром самое позднее потому что мы уходим на работу и дома никого не будет до вечера",
    "fa": "لوله زیر سینک آشپزخانه از سه‌شنبه شروع کرده به چکه کردن و شوهرم سعی کرد شیر را ببندد ولی زنگ زده و آب مدام "
    "داخل کابینت می‌ریزد و مجبور شدیم یک سطل بگذاریم و هر ساعت خالی کنیم حالا کف آشپزخانه هم خیس شده و همسایه پایینی "
    "دو بار زنگ زده چون سقفشان لک افتاده پس اگر امکان دارد امروز یک نفر را بفرستید یا نهایتا فردا صبح چون ما سر کار "
    "می‌رویم و تا شب کسی خانه نیست لطفا قبل از آمدن با همین شماره تماس بگیرید",
}


@pytest.mark.parametrize("language", MONOLOGUES)
def test_long_speech_is_no_loop_in_any_alphabet(language: str) -> None:
    said = MONOLOGUES[language]
    assert compression(said) < 2.0
    assert text_of(cleaned(spoken(said))) == said


def test_text_that_repeats_itself_with_small_changes_goes() -> None:
    said = " ".join(f"and then we go to the shop and then we go to the shop number {place}" for place in range(12))
    transcript = cleaned(spoken(said), spoken("are you there", start=90))
    assert text_of(transcript) == "are you there"
    assert {piece.reason for piece in transcript.dropped} == {"text that repeats itself"}


def test_more_words_than_the_time_can_hold_are_invented() -> None:
    transcript = cleaned(spoken("we are a family business since nineteen ninety", word=0.02), spoken("hello", start=9))
    assert text_of(transcript) == "hello"
    assert "more words than the time" in transcript.dropped[0].reason


def test_channels_are_looked_at_apart() -> None:
    transcript = cleaned(spoken("yes " * 12, channel=0), spoken("the sink is broken again", channel=1))
    assert [word.text for word in transcript.words if word.channel == 1] == ["the", "sink", "is", "broken", "again"]
    assert [word.text for word in transcript.words if word.channel == 0] == ["yes"]
    assert [piece.channel for piece in transcript.dropped] == [0]


def test_what_the_engine_dropped_is_kept_in_order() -> None:
    before = (Dropped(start=90, end=91, channel=0, reason="the engine's"),)
    words = spoken("Thanks for watching!", start=60)
    transcript = clean(Transcript(words=words, language="en", engine="test", duration=100.0, dropped=before))
    assert [piece.start for piece in transcript.dropped] == [60, 90]


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
