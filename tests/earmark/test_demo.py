import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from earmark.commands.calls_shown import minutes, quotes, shortened, stated_text
from earmark.commands.console import broken
from earmark.demo import CALLS, EXPECTED, demo_settings, engine_line
from earmark.demo_table import engine_text, print_calls, print_expected
from models.call import Call, CallFacts, CallId, CallState
from transcription.choose import Choice

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CALL = Call(
    id=CallId(1),
    public_id="01A",
    workspace_id=1,
    facts=CallFacts(external_id="sample-8"),
    state=CallState.FINISHED,
    stage=None,
    progress=None,
    reason=None,
    received_at=NOW,
    updated_at=NOW,
    has_recording=True,
    duration=65.4,
    audio_channels=2,
    language="fa",
    engine="whisper small 1a2b cpu int8",
)


def _tag(value: str, status: str = "given") -> dict[str, Any]:
    return {"value": value, "status": status, "reason": None, "quotes": []}


def _body(*channels: str, status: str = "given", quote: str = "تو اینستاگرام دیدمتون") -> dict[str, Any]:
    stated = [
        {"channel": channel, "status": status, "quotes": [{"text": quote, "speaker": "caller", "start": 1.0}]}
        for channel in channels
    ]
    return {
        "stated_channels": stated,
        "stated": {"status": status},
        "tracked": {"channel": "google_search"},
        "verdict": "conflicts",
        "lead_quality": _tag("not_a_lead"),
        "score": 4,
        "outcome": _tag("appointment_booked"),
    }


def _printed(width: int, rows: list[tuple[Call, dict[str, Any]]]) -> list[str]:
    written = io.StringIO()
    print_calls(rows, Console(file=written, width=width, highlight=False))
    return written.getvalue().splitlines()


@pytest.mark.parametrize("width", [100, 110, 120])
def test_the_table_fits_and_its_columns_stand_under_their_headings(width: int) -> None:
    lines = _printed(width, [(CALL, _body("instagram")), (CALL, _body("repeat_customer", "odnoklassniki"))])
    heading = next(line for line in lines if line.startswith("call"))
    assert max(map(cell_len, lines)) <= width
    for name, cell in (("lang", "fa"), ("stated", "instagram"), ("verdict", "conflicts"), ("tracked", "google")):
        row = next(line for line in lines if line.startswith("sample-8"))
        assert row.index(cell) == heading.index(name)


def test_words_from_right_to_left_stand_alone_and_isolated() -> None:
    (line,) = [line for line in _printed(120, [(CALL, _body("instagram"))]) if "اینستاگرام" in line]
    assert line.strip() == "“\u2068تو اینستاگرام دیدمتون\u2069”"


def test_a_failed_call_says_why() -> None:
    failed = replace(CALL, state=CallState.FAILED, reason="the file is empty")
    lines = _printed(120, [(failed, {})])
    assert any("failed" in line for line in lines)
    assert "    the file is empty" in lines


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (_body("google_ads"), "google_ads"),
        (_body("google_ads", "referral"), "google_ads, referral"),
        (_body(), "none"),
        (_body("google_ads", status="withheld"), "unknown"),
        ({"stated_channels": [], "stated": None}, ""),
        ({}, ""),
    ],
)
def test_what_was_stated_is_said(body: dict[str, Any], text: str) -> None:
    assert stated_text(body) == text


def test_quotes_are_cut_and_those_of_a_withheld_channel_are_not_shown() -> None:
    assert quotes(_body("google_ads", quote="word " * 50))[0].endswith("…\u2069”")
    assert quotes(_body("google_ads", status="withheld")) == []
    assert shortened("short") == "short"


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (0.4, "0:00"), (65.4, "1:05"), (59.6, "1:00"), (3723, "1:02:03")]
)
def test_seconds_are_minutes(seconds: float | None, text: str) -> None:
    assert minutes(seconds) == text


@pytest.mark.parametrize(
    ("identifier", "pieces"),
    [
        ("hot 85", ["hot 85"]),
        ("appointment_booked", ["appointment_", "booked"]),
        ("information_given", ["information_", "given"]),
        ("no_conversation", ["no_", "conversation"]),
        ("01J8Z5T3K4M5N6P7Q8R9S0T1V2", ["01J8Z5T3K4M5N6P7Q8R9S0T1V2"]),
    ],
)
def test_identifiers_are_broken_where_they_have_a_place_for_it(identifier: str, pieces: list[str]) -> None:
    assert broken(identifier) == pieces


@pytest.mark.parametrize(
    ("engine", "text"),
    [
        ("whisper small 1a2b cpu int8 beam 5", "whisper small"),
        ("pocketsphinx 5.1.1 en-us", "pocketsphinx"),
        (None, ""),
    ],
)
def test_an_engine_is_named_without_its_options(engine: str | None, text: str) -> None:
    assert engine_text(engine) == text


def test_what_was_met_is_counted_and_what_was_missed_is_named(tmp_path: Path) -> None:
    wanted = {"lead_quality": "hot", "outcome": "appointment_booked", "verdict": "agrees"}
    expected = tmp_path / "expected.json"
    expected.write_text(
        json.dumps(
            {
                "sample-8": wanted | {"stated_channels": ["instagram"]},
                "none-said": wanted | {"stated_channels": []},
                "withheld": wanted | {"stated_channels": []},
                "never-came": wanted | {"stated_channels": []},
            }
        )
    )
    rows = [
        (CALL, _body("instagram")),
        (replace(CALL, facts=CallFacts(external_id="none-said")), _body()),
        (replace(CALL, facts=CallFacts(external_id="withheld")), _body(status="withheld")),
    ]
    written = io.StringIO()
    print_expected(rows, expected, Console(file=written, width=120, highlight=False))
    stated = next(line for line in written.getvalue().splitlines() if "stated channels" in line)
    assert "2/4" in stated
    assert "withheld (unknown, not nothing)" in stated
    assert "never-came" in stated
    assert "outcome         3/4" in written.getvalue()
    assert "verdict         0/4" in written.getvalue()


def test_the_demo_keeps_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EARMARK_DATA_DIR", raising=False)
    (tmp_path / ".env").write_text(
        "EARMARK_DATA_DIR=/srv/earmark\nEARMARK_DATABASE_URL=postgresql://x/y\nEARMARK_BROKER_URL=redis://x\n"
        "EARMARK_S3_ENDPOINT=x\nEARMARK_FETCH_MODELS=true\nEARMARK_PORT=9999\n"
    )
    settings = demo_settings(tmp_path)
    assert settings.data_dir == tmp_path / ".demo"
    assert settings.models_dir == Path("/srv/earmark/models")
    assert (settings.database_url, settings.broker_url, settings.s3_endpoint) == (None, None, None)
    assert settings.fetch_models is False
    assert settings.port == 9999


def test_the_demo_takes_a_folder_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARMARK_DATA_DIR", str(tmp_path / "here"))
    assert demo_settings(tmp_path).data_dir == tmp_path / "here"


def test_the_demo_takes_whichever_model_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARMARK_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    folder = tmp_path / "models" / "Systran--faster-whisper-small"
    folder.mkdir(parents=True)
    for name in ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_text("{}")
    assert demo_settings(tmp_path).whisper_model == "small"


def test_the_rough_engine_names_the_command_that_gets_a_better_one() -> None:
    line = engine_line(Choice("pocketsphinx", None, "because"))
    assert "\n" not in line
    assert "`.venv/bin/earmark models fetch small`" in line


def test_the_samples_are_where_the_demo_looks() -> None:
    assert len(json.loads(EXPECTED.read_text())) == len({path.stem for path in CALLS.iterdir()}) == 8
