import pytest

from benchmarks.roles import OWN, judge, labelled_calls
from diarization.roles import assign_roles, with_roles
from models.context import Context
from models.conversation import DOUBTFUL_BELOW, Conversation, Role, Turn
from models.transcript import Word

AGENT, CALLER, MACHINE, UNKNOWN = Role.AGENT, Role.CALLER, Role.MACHINE, Role.UNKNOWN


def turns_of(*lines: tuple[int, str]) -> tuple[Turn, ...]:
    turns, number = [], 0
    for speaker, text in lines:
        words = tuple(Word(word, channel=speaker) for word in text.split())
        turns.append(Turn(speaker, UNKNOWN, words, tuple(range(number, number + len(words)))))
        number += len(words)
    return tuple(turns)


def roles_of(turns: tuple[Turn, ...], **context: object) -> list[Role]:
    return [turn.role for turn in assign_roles(turns, Context(**context))[0]]  # type: ignore[arg-type]


CALLS = [
    (
        "en",
        "Thank you for calling Brightway. How can I help you?",
        "Hi, I saw your truck and I need my carpet cleaned.",
    ),
    ("en", "Where do you live? Can I get your name?", "I found you on Facebook. Do you do gutters?"),
    ("ru", "Компания Уют, чем могу помочь?", "Здравствуйте, у меня потёк кран, сколько стоит вызов?"),
    ("ru", "Откуда вы о нас узнали? Записываю адрес.", "Увидела ваше объявление, хотела бы записаться."),
    ("fa", "شرکت نظافتی، بفرمایید. از کجا با ما آشنا شدید؟", "سلام، می‌خواستم ببینم هزینه‌ش چقدر می‌شه"),
]


@pytest.mark.parametrize(("language", "agent", "caller"), CALLS)
@pytest.mark.parametrize("agent_first", [True, False])
def test_what_they_say_tells_them_apart(language: str, agent: str, caller: str, agent_first: bool) -> None:
    lines = [(0, agent), (1, caller)] if agent_first else [(0, caller), (1, agent)]
    given, confidence = assign_roles(turns_of(*lines), Context(direction="internal"))
    assert [turn.role for turn in given] == ([AGENT, CALLER] if agent_first else [CALLER, AGENT])
    assert 0.7 < confidence <= 1


def test_the_metadata_wins_over_the_words() -> None:
    turns = turns_of((0, "I saw your truck"), (1, "thank you for calling"))
    given, confidence = assign_roles(turns, Context(channel_roles={0: AGENT, 1: CALLER}))
    assert ([turn.role for turn in given], confidence) == ([AGENT, CALLER], 1.0)
    assert roles_of(turns, channel_roles={1: CALLER}) == [AGENT, CALLER]


def test_channels_of_the_metadata_are_not_the_speakers_of_a_mixed_recording() -> None:
    mixed = tuple(
        Turn(turn.speaker, turn.role, tuple(Word(word.text, channel=0) for word in turn.words), turn.numbers)
        for turn in turns_of((0, "hi I saw your ad"), (1, "how can I help you"))
    )
    assert roles_of(mixed, channel_roles={0: AGENT, 1: CALLER}) == [CALLER, AGENT]


@pytest.mark.parametrize(("direction", "expected"), [("inbound", [AGENT, CALLER]), ("outbound", [CALLER, AGENT])])
def test_without_words_that_tell_the_first_voice_is_who_was_called(direction: str, expected: list[Role]) -> None:
    turns = turns_of((0, "hello"), (1, "hello"))
    given, confidence = assign_roles(turns, Context(direction=direction))
    assert [turn.role for turn in given] == expected
    assert confidence < 0.9  # Some telephone systems record from the dialling on.


def test_who_names_the_business_answers_for_it() -> None:
    turns = turns_of((0, "yes hello"), (1, "Hilltop Trees good morning"))
    assert roles_of(turns, business_name="Hilltop Trees") == [CALLER, AGENT]


@pytest.mark.parametrize(
    "greeting",
    [
        "You have reached Park Dental. Please leave a message after the tone.",
        "Вы позвонили в клинику. Оставьте сообщение после сигнала.",
        "لطفا پس از شنیدن بوق پیام خود را بگذارید",
    ],
)
def test_a_greeting_machine_is_no_agent_and_who_talks_to_it_is_the_caller(greeting: str) -> None:
    turns = turns_of((0, greeting), (1, "hi this is Ann call me back"))
    assert roles_of(turns, direction="inbound") == [MACHINE, CALLER]
    assert roles_of(turns, direction="outbound") == [MACHINE, AGENT]


def test_an_agent_behind_a_menu_is_still_the_agent() -> None:
    turns = turns_of((0, "press one for sales"), (0, "thanks for calling how can I help"), (1, "I need a plumber"))
    assert roles_of(turns) == [MACHINE, AGENT, CALLER]


def test_a_lone_voice_that_says_nothing_telling_has_no_role() -> None:
    assert assign_roles(turns_of((0, "okay")), Context()) == (turns_of((0, "okay")), 0.0)
    assert assign_roles((), Context()) == ((), 0.0)


@pytest.mark.parametrize(("cut", "wanted"), [(0, 0.95), (2, 0.90), (1, 0.85)])
def test_the_roles_of_calls_held_back_are_right(cut: int, wanted: float) -> None:
    records = [record for path in sorted(OWN.glob("held_back_*.jsonl")) for record in labelled_calls(path)]
    judged = [found for record in records if (found := judge(record, cut))]
    assert len(judged) > 50
    assert sum(found.right for found in judged) >= wanted * len(judged)


OUTBOUND = [
    ("hello", "hi is this mrs cole it's anna from sunrise dental returning your call", "oh yes i rang about my crown"),
    ("алло", "добрый день, Ольга Петровна? Клиника «Мир», напоминаем о приёме завтра", "да, помню, спасибо"),
    ("الو", "سلام خانم موسوی از کلینیک نگار تماس میگیرم برای فردا نوبت دارید", "بله خودم هستم"),
]


@pytest.mark.parametrize(("called", "agent", "answer"), OUTBOUND)
@pytest.mark.parametrize("direction", [None, "outbound"])
def test_who_dials_out_for_the_business_is_the_agent(
    called: str, agent: str, answer: str, direction: str | None
) -> None:
    turns = turns_of((0, called), (1, agent), (0, answer))
    assert roles_of(turns, direction=direction) == [CALLER, AGENT, CALLER]


SELLERS = [
    ("good morning papillon hair", "hi it's ellis from payline we help salons save on card fees are you the owner"),
    ("Автосервис, слушаю", "Здравствуйте, компания «Лид», кто у вас занимается рекламой? Мы приводим клиентов"),
    ("املاک نگین بفرمایید", "سلام از شرکت پیام گستر مزاحم میشم با مدیر میخواستم صحبت کنم برای پنل پیامک"),
]


@pytest.mark.parametrize(("agent", "seller"), SELLERS)
def test_a_seller_who_names_a_company_is_a_caller(agent: str, seller: str) -> None:
    assert roles_of(turns_of((0, agent), (1, seller))) == [AGENT, CALLER]


def test_a_colleague_is_an_agent_and_a_companion_a_caller() -> None:
    through = turns_of(
        (0, "northgate tractors how can I help"),
        (1, "hi I need a pump for my tractor"),
        (0, "I'll put you through to Neil"),
        (2, "parts, Neil"),
        (1, "hello do you have a pump for a Massey"),
        (2, "we have one at four hundred"),
    )
    assert roles_of(through) == [AGENT, CALLER, AGENT, AGENT, CALLER, AGENT]
    beside = turns_of(
        (0, "Rosewood Barn, Helen speaking, how can I help?"),
        (1, "Hi, I'd like to book, my mum is on the line as well"),
        (2, "Hello, do you have a ramp? I saw your website"),
        (0, "Yes we do. Can I take a name?"),
    )
    assert roles_of(beside) == [AGENT, CALLER, CALLER, AGENT]


def test_a_machine_that_dialled_is_a_caller() -> None:
    turns = turns_of(
        (0, "hello rosie's diner"), (1, "your business has been approved press one to speak to an advisor")
    )
    assert roles_of(turns) == [AGENT, CALLER]


def test_a_machine_keeps_its_turns_on_a_shared_channel() -> None:
    turns = turns_of(
        (0, "you have reached park dental please leave a message after the tone"),
        (0, "hi this is sian I'd like to move my appointment call me back"),
    )
    assert roles_of(turns) == [MACHINE, CALLER]
    shared = turns_of(
        (0, "your call may be recorded press one for sales"), (0, "thanks for holding"), (1, "hi I need help")
    )
    assert roles_of(shared, channel_roles={0: AGENT, 1: CALLER}) == [MACHINE, AGENT, CALLER]


def timed_turn(text: str, *, pause_before: str, pause: float) -> tuple[Turn, ...]:
    """One turn with a word each half second, and a pause before one of them."""
    words, at = [], 0.0
    for word in text.split():
        at += pause if word == pause_before else 0.0
        words.append(Word(word, at, at + 0.4))
        at += 0.5
    return (Turn(0, UNKNOWN, tuple(words), tuple(range(len(words)))),)


@pytest.mark.parametrize(
    ("pause", "expected"),
    [
        (
            1.2,
            [
                (MACHINE, "you have reached park dental please leave a message"),
                (CALLER, "hi I'm calling about my bill"),
            ],
        ),
        (0.1, [(MACHINE, "you have reached park dental please leave a message hi I'm calling about my bill")]),
    ],
)
def test_a_person_who_goes_on_after_the_beep_has_a_turn_of_his_own(
    pause: float, expected: list[tuple[Role, str]]
) -> None:
    said = "you have reached park dental please leave a message hi I'm calling about my bill"
    given, _ = assign_roles(timed_turn(said, pause_before="hi", pause=pause), Context())
    assert [(turn.role, turn.text) for turn in given] == expected
    assert [number for turn in given for number in turn.numbers] == list(range(len(said.split())))


@pytest.mark.parametrize(
    "said",
    [
        "can I leave a message for the doctor?",
        "would you like to leave a message?",
        "Перезвоните, или можно оставить сообщение?",
    ],
)
def test_a_person_who_speaks_of_a_message_is_no_machine(said: str) -> None:
    assert MACHINE not in roles_of(turns_of((0, "good morning park dental"), (1, said)))


@pytest.mark.parametrize("written", ["می‌خواستم نوبت بگیرم", "ميخواستم نوبت بگيرم", "می خواستم نوبت بگیرم"])
def test_spellings_of_a_word_weigh_the_same(written: str) -> None:
    lines = [(0, "بله بفرمایید"), (1, written), (0, "چه ساعتی"), (1, "شش")]
    plainly = [(0, "بله بفرمایید"), (1, "میخواستم نوبت بگیرم"), (0, "چه ساعتی"), (1, "شش")]
    assert assign_roles(turns_of(*lines), Context())[1] == assign_roles(turns_of(*plainly), Context())[1]


def test_what_a_person_says_of_the_speakers_wins() -> None:
    turns = turns_of((0, "press one for sales"), (0, "thanks for calling how can I help"), (1, "hi I need a plumber"))
    given, _ = assign_roles(turns, Context())
    assert [turn.role for turn in with_roles(given, {0: CALLER, 1: AGENT})] == [MACHINE, CALLER, AGENT]
    assert [turn.role for turn in with_roles(given, {1: UNKNOWN})] == [MACHINE, AGENT, UNKNOWN]
    assert with_roles(given, {}) == given


def test_a_person_may_say_that_a_voice_is_a_machine_and_that_it_is_none() -> None:
    turns = turns_of((0, "for sales press one"), (1, "hi I need a plumber"))
    given, _ = assign_roles(turns, Context())
    assert [turn.role for turn in given] == [MACHINE, CALLER]
    assert [turn.role for turn in with_roles(given, {0: AGENT, 1: CALLER})] == [AGENT, CALLER]
    assert [turn.role for turn in with_roles(given, {1: AGENT})] == [MACHINE, AGENT]
    machines = with_roles(given, {1: MACHINE})
    assert [turn.role for turn in with_roles(machines, {0: MACHINE, 1: CALLER})] == [MACHINE, CALLER]


def test_roles_of_little_confidence_are_doubtful() -> None:
    turns = turns_of((0, "okay"), (1, "okay"))
    given, confidence = assign_roles(turns, Context())
    assert confidence < DOUBTFUL_BELOW
    assert Conversation(turns=given, language="en", role_confidence=confidence).roles_doubtful
    assert not Conversation(turns=given, language="en", role_confidence=0.95).roles_doubtful
    assert not Conversation(turns=(), language="en", role_confidence=0.0).roles_doubtful
