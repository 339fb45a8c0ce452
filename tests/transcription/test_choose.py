"""The setting that names engines by language, and what it comes to on a machine."""

from pathlib import Path

import pytest

from models.errors import NoEngine, SettingsError
from transcription.choose import Choice, Wanted, choose_engine, own_languages, parse_wishes, wanted_for

WHISPER = Wanted("whisper", "large-v3-turbo")
GIGAAM = Wanted("onnx", "gigaam-v3-e2e-rnnt")


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("auto", {"*": Wanted("auto")}),
        (" pocketsphinx ", {"*": Wanted("pocketsphinx")}),
        ("whisper:small", {"*": Wanted("whisper", "small")}),
        ("*=whisper", {"*": Wanted("whisper")}),
        ("ru=onnx:gigaam-v3-e2e-rnnt, *=whisper:large-v3-turbo", {"ru": GIGAAM, "*": WHISPER}),
        ("RU = onnx : gigaam-v3-e2e-rnnt ,*= auto,", {"ru": GIGAAM, "*": Wanted("auto")}),
        ("fa=whisper:me/whisper-fa", {"fa": Wanted("whisper", "me/whisper-fa")}),
        ("fa=whisper:/srv/models/a:b=c", {"fa": Wanted("whisper", "/srv/models/a:b=c")}),
        (r"fa=whisper:C:\models\fa", {"fa": Wanted("whisper", r"C:\models\fa")}),
        (r"whisper:C:\models\a=b", {"*": Wanted("whisper", r"C:\models\a=b")}),
        ("ru=onnx:t-one, kk=onnx:./kazakh", {"ru": Wanted("onnx", "t-one"), "kk": Wanted("onnx", "./kazakh")}),
        ("en=pocketsphinx,*=auto", {"en": Wanted("pocketsphinx"), "*": Wanted("auto")}),
    ],
)
def test_the_setting_is_a_map_of_languages(text: str, wishes: dict[str, Wanted]) -> None:
    assert parse_wishes(text) == wishes


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" , ", "is empty; use `auto`"),
        ("wisper", "EARMARK_TRANSCRIBER is 'wisper': there is no engine 'wisper'; there are: auto, onnx, pocketsphinx"),
        ("ru=gigaam:v3", "'ru=gigaam:v3': there is no engine 'gigaam'"),
        (r"C:\models\fa", "there is no engine 'C'"),
        ("ru=onnx:t-one, whisper", "'whisper', which names no language"),
        ("rus=onnx:t-one", "'rus' is no ISO 639-1 language; write two letters"),
        ("ru=onnx:t-one, ru=whisper:small", "names 'ru' twice: onnx:t-one and whisper:small"),
        ("RU=auto, ru=auto", "names 'ru' twice"),
        ("ru=onnx", "'ru=onnx', which names no model"),
        ("*=whisper:", "which names no model"),
        ("en=pocketsphinx:small", "pocketsphinx takes no model"),
        ("*=auto:small", "auto takes no model"),
        ("ru=onnx:gigaam-v9", "'gigaam-v9' is no ONNX model; use a folder, or one of: gigaam-v3-e2e-rnnt"),
        ("ru=onnx:t-one+int8", "t-one has no int8 weights"),
        ("fa=onnx:gigaam-v3-ctc", "onnx:gigaam-v3-ctc reads only: ru"),
        ("ru=pocketsphinx", "pocketsphinx reads only: en"),
        ("fa=whisper:small.en", "whisper:small.en reads only: en"),
    ],
)
def test_what_is_wrong_in_it_is_named_with_what_is_allowed(text: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_wishes(text)
    assert says in str(caught.value)


def test_a_language_has_its_own_engine_or_the_general_one() -> None:
    wishes = parse_wishes("ru=onnx:gigaam-v3-e2e-rnnt, *=whisper:large-v3-turbo")
    assert wanted_for(wishes, "ru") == GIGAAM
    assert wanted_for(wishes, "de") == wanted_for(wishes, None) == WHISPER


def test_without_a_general_engine_other_languages_have_none() -> None:
    wishes = parse_wishes("ru=onnx:t-one, fa=whisper:me/fa")
    with pytest.raises(NoEngine, match=r"no engine is set for 'de': EARMARK_TRANSCRIBER has fa, ru; add `de=…`"):
        wanted_for(wishes, "de")
    with pytest.raises(NoEngine, match="name the language in the call's metadata or its source"):
        wanted_for(wishes, None)


@pytest.mark.parametrize(
    ("text", "language", "own"),
    [
        ("fa=whisper:me/whisper-fa, *=whisper", "fa", ("fa",)),
        ("fa=whisper:me/both, ar=whisper:me/both", "ar", ("fa", "ar")),
        ("fa=whisper:large-v3, *=whisper", "fa", ()),
        ("fa=whisper:Systran/faster-whisper-large-v3", "fa", ()),
        ("*=whisper:me/whisper-fa", "fa", ()),
        ("ru=onnx:t-one", "ru", ()),
    ],
)
def test_a_tuned_model_reads_well_what_it_was_named_for(text: str, language: str, own: tuple[str, ...]) -> None:
    wishes = parse_wishes(text)
    assert own_languages(wishes, wanted_for(wishes, language)) == own


@pytest.mark.parametrize(
    ("choice", "languages"),
    [
        (Choice("pocketsphinx", None, ""), ("en",)),
        (Choice("whisper", Path("/m/Systran--faster-whisper-small.en"), ""), ("en",)),
        (Choice("whisper", Path("/m/some"), "", "some"), ()),
        (Choice("onnx", None, "", "gigaam-v3-ctc+int8"), ("ru",)),
    ],
)
def test_an_engine_says_which_languages_it_reads(choice: Choice, languages: tuple[str, ...]) -> None:
    assert choice.languages == languages


@pytest.mark.usefixtures("no_network")
class TestOnThisMachine:
    def test_auto_takes_whisper_when_its_weights_are_here(self, tiny_whisper: Path) -> None:
        choice = choose_engine(Wanted("auto"), str(tiny_whisper), None)
        assert (choice.engine, choice.weights) == ("whisper", tiny_whisper)

    def test_auto_falls_back_and_says_how_to_get_better(self, tmp_path: Path) -> None:
        choice = choose_engine(Wanted("auto"), "small", tmp_path)
        assert choice.engine == "pocketsphinx"
        assert "earmark models fetch small" in choice.reason

    def test_auto_falls_back_from_a_broken_folder_and_names_what_is_wrong(self, tmp_path: Path) -> None:
        choice = choose_engine(Wanted("auto"), str(tmp_path), None)
        assert choice.engine == "pocketsphinx"
        assert "no config.json" in choice.reason
        assert "models fetch" not in choice.reason

    def test_the_model_of_the_map_goes_before_that_of_the_settings(self, tiny_whisper: Path) -> None:
        choice = choose_engine(Wanted("whisper", str(tiny_whisper)), "small", None)
        assert (choice.weights, choice.model) == (tiny_whisper, str(tiny_whisper))

    @pytest.mark.parametrize(
        ("wanted", "says"),
        [
            (Wanted("whisper"), "earmark models fetch small"),
            (Wanted("onnx", "t-one"), "earmark models fetch onnx:t-one"),
            (Wanted("onnx", "/nowhere/at/all"), "no folder /nowhere/at/all"),
        ],
    )
    def test_an_engine_by_name_is_not_replaced(self, tmp_path: Path, wanted: Wanted, says: str) -> None:
        with pytest.raises(SettingsError, match=says):
            choose_engine(wanted, "small", tmp_path)

    def test_another_engine_is_taken_as_it_is(self) -> None:
        assert choose_engine(Wanted("scripted"), "small", None).engine == "scripted"
