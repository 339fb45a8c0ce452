import os
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from attribution.models import Terms
from earmark.settings import Settings, place_caches, read_settings, unknown_variables
from earmark.settings_text import ROOT, all_settings, as_env, as_markdown, with_table, write_settings
from earmark.wiring import wire
from models.errors import SettingsError


def test_env_example_is_that_of_the_code() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == as_env(), "run `make settings`"


def test_the_readme_has_the_table_of_the_code() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == with_table(readme), "run `make settings`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained_in_both(name: str) -> None:
    variable = f"EARMARK_{name.upper()}"
    assert Settings.model_fields[name].description
    assert f"`{variable}`" in as_markdown()
    assert f"\n# {variable}=" in as_env()


def test_every_setting_has_a_heading() -> None:
    assert all(setting.group for setting in all_settings())


def test_env_example_sets_nothing_by_itself() -> None:
    assert [line for line in as_env().splitlines() if line and not line.startswith("#")] == []


def test_env_example_names_what_compose_asks_for() -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    asked = {part.split(":?")[0] for part in compose.split("${")[1:] if ":?" in part.split("}")[0]}
    assert yaml.safe_load(compose)["services"]
    assert asked
    assert [name for name in sorted(asked) if f"\n# {name}=" not in as_env()] == []


def test_a_readme_without_a_place_for_the_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("no markers")
    with pytest.raises(SettingsError, match="<!-- settings -->"):
        write_settings(tmp_path)


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("before\n<!-- settings -->\n<!-- /settings -->\nafter\n")
    assert {path.name for path in write_settings(tmp_path)} == {".env.example", "README.md"}
    assert write_settings(tmp_path) == []
    assert (tmp_path / "README.md").read_text().endswith("<!-- /settings -->\nafter\n")


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EARMARK_PORT", raising=False)
    (tmp_path / ".env").write_text("EARMARK_PORT=1111\nEARMARK_HOST=0.0.0.0\n")
    assert (read_settings().port, read_settings().host) == (1111, "0.0.0.0")
    monkeypatch.setenv("EARMARK_PORT", "2222")
    assert read_settings().port == 2222


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("EARMARK_PORT", "70000"),
        ("EARMARK_LOG_LEVEL", "loud"),
        ("EARMARK_MAX_BYTES", "-1"),
        ("EARMARK_S3_SECURE", "perhaps"),
        ("EARMARK_LANGUAGES", "english"),
        ("EARMARK_RAW_FORMAT", "mulaw/8"),
        ("EARMARK_CREDIT_MODEL", "best_touch"),
        ("EARMARK_CREDIT_HALF_LIFE_DAYS", "0"),
        ("EARMARK_CREDIT_HALF_LIFE_DAYS", "nan"),
        ("EARMARK_CREDIT_POSITION", "0.4"),
        ("EARMARK_CREDIT_POSITION", "0.4, 0.4, 0.2"),
        ("EARMARK_CREDIT_POSITION", "0.7, 0.4"),
        ("EARMARK_CREDIT_POSITION", "0, 0"),
        ("EARMARK_CREDIT_STATED", "1.1"),
        ("EARMARK_CREDIT_STATED", "half"),
    ],
)
def test_a_wrong_value_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=f"{variable} is '{value}'"):
        read_settings()


@pytest.mark.parametrize(
    ("value", "named"), [("0.4,much", "much"), ("-0.1,0.4", "-0.1"), ("1e-30,1", "1e-30"), ("nan,1", "nan")]
)
def test_of_two_shares_the_wrong_one_is_named(monkeypatch: pytest.MonkeyPatch, value: str, named: str) -> None:
    monkeypatch.setenv("EARMARK_CREDIT_POSITION", value)
    with pytest.raises(SettingsError, match=f"EARMARK_CREDIT_POSITION is '{named}'"):
        read_settings()


@pytest.mark.parametrize(
    ("given", "model", "terms"),
    [
        ({}, "last_touch", Terms()),
        ({"MODEL": "stated", "STATED": "1"}, "stated", Terms(stated=Fraction(1))),
        ({"MODEL": "linear", "POSITION": "0.5, 0.25"}, "linear", Terms(first=Fraction(1, 2), last=Fraction(1, 4))),
        ({"MODEL": "time_decay", "HALF_LIFE_DAYS": "1.5"}, "time_decay", Terms(half_life=timedelta(hours=36))),
    ],
)
def test_the_credit_goes_by_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: dict[str, str], model: str, terms: Terms
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in given.items():
        monkeypatch.setenv(f"EARMARK_CREDIT_{name}", value)
    tools = wire(read_settings(data_dir=tmp_path), send=lambda _: None)
    assert (tools.credit_model, tools.credit_terms) == (model, terms)


def test_a_misspelt_variable_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("EARMARK_WISPER_MODEL=small\nEARMARK_PORT=1\n")
    monkeypatch.setenv("EARMARK_PROT", "1")
    assert unknown_variables() == ["EARMARK_PROT", "EARMARK_WISPER_MODEL"]


def test_a_secret_is_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    settings = read_settings(data_dir=tmp_path / "data", secret_key=None)
    (first,), (second,) = settings.secrets(), settings.secrets()
    assert first == second
    assert len(first) >= 32
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o077 == 0


def test_secrets_do_not_show() -> None:
    shown = repr(
        read_settings(
            secret_key="an open secret of 32 characters.",
            old_secret_keys="hidden",
            s3_secret_key="hidden",
            database_url="postgresql://me:hidden@host/name",
        )
    )
    assert "open secret" not in shown
    assert "hidden" not in shown


def test_a_wrong_secret_is_named_and_not_shown() -> None:
    with pytest.raises(SettingsError, match="EARMARK_STORAGE_EVENTS_TOKEN is set: it needs 20 characters") as caught:
        read_settings(storage_events_token="s3cr3t")
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "home", "placed"),
    [(None, "here", None), (None, "nowhere", "data/numba"), ("/set", "nowhere", "/set")],
)
def test_without_a_home_numba_compiles_into_the_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str | None, home: str, placed: str | None
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / home))
    monkeypatch.setenv("NUMBA_CACHE_DIR", given or "x")
    if given is None:
        monkeypatch.delenv("NUMBA_CACHE_DIR")
    place_caches(tmp_path / "data")
    found = os.environ.get("NUMBA_CACHE_DIR")
    assert found == (None if placed is None else str(tmp_path / placed))


@pytest.mark.parametrize(
    ("given", "shown", "hidden"),
    [
        ({"llm_input_tokens": 7}, "EARMARK_LLM_INPUT_TOKENS is 7: ", "set"),
        ({"storage_events_token": "s3cret"}, "EARMARK_STORAGE_EVENTS_TOKEN is set: ", "s3cret"),
    ],
)
def test_a_wrong_value_is_shown_unless_it_is_secret(given: dict[str, object], shown: str, hidden: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(**given)
    assert shown in str(raised.value)
    assert hidden not in str(raised.value).replace(shown, "")
