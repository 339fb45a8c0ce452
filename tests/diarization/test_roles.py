import pytest

from diarization.roles import assign_roles
from models.context import Context
from models.conversation import Role, Turn
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
    assert confidence < 0.75


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
