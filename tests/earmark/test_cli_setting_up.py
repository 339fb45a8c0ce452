"""Keys, sources, destinations: what an operator sets up from the command line."""

from pathlib import Path

import pytest
from command_line import Earmark

from earmark.commands.sources import flat, nested
from models.errors import BadInput

PATTERN = "{start:%Y%m%d-%H%M%S}_{agent}_{caller}"


def test_a_key_is_shown_once_and_then_only_its_beginning(earmark: Earmark) -> None:
    made = earmark("keys", "create", "crm", "--scope", "records:read", "--until", "2999-12-31")
    key = made.out.strip()
    listed = earmark("keys", "list").out
    assert made.status == 0
    assert key.startswith("em_")
    assert key not in listed
    assert key.split("_")[1] in listed
    assert "records:read" in listed
    assert "3000-01-01" in listed


def test_a_revoked_key_frees_its_name(earmark: Earmark) -> None:
    earmark("keys", "create", "crm")
    assert earmark("keys", "create", "crm").status == 2
    assert earmark("keys", "revoke", "crm").status == 0
    assert earmark("keys", "revoke", "crm").status == 2
    assert earmark("keys", "create", "crm").status == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--scope", "everything"], "there is no scope 'everything'"),
        (["--until", "soon"], "--until 'soon' is no date"),
        (["--until", "2001-01-01"], "--until '2001-01-01' is past"),
    ],
)
def test_a_key_that_cannot_be_is_refused(earmark: Earmark, options: list[str], says: str) -> None:
    said = earmark("keys", "create", "crm", *options)
    assert said.status == 2
    assert says in said.err


def test_a_source_is_added_listed_and_removed(earmark: Earmark, data_dir: Path) -> None:
    added = earmark("sources", "add", "pbx", "pbx/", "--pattern", PATTERN, "--default", "tracking.source=google")
    listed = earmark("sources", "list").out
    assert added.status == 0
    assert str(data_dir / "store" / "pbx") in added.err
    assert (data_dir / "store" / "pbx").is_dir()
    assert "pbx/" in listed
    assert "tracking.source=google" in listed
    assert earmark("sources", "remove", "pbx").status == 0
    assert earmark("sources", "remove", "pbx").status == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["x", "../up"], "'../up/x' is refused"),
        (["x", "/etc"], "'/etc/x' is refused"),
        (["x", "inbox/deep"], "overlaps with 'inbox/'"),
        (["x", "y", "--default", "colour=red"], "colour"),
        (["x", "y", "--default", "colour"], "'colour' is not FIELD=VALUE"),
        (["x", "y", "--pattern", "{colour}"], "{colour}"),
        (["x", "y", "--pattern", "{agent}", "--zone", "Mars/Base"], "Mars/Base"),
        (["x", "y", "--zone", "Europe/Berlin"], "there is no --pattern"),
    ],
)
def test_a_source_that_cannot_be_is_refused(earmark: Earmark, arguments: list[str], says: str) -> None:
    said = earmark("sources", "add", *arguments)
    assert said.status == 2
    assert says in said.err


def test_a_pattern_is_tried_without_changing_anything(earmark: Earmark) -> None:
    said = earmark("sources", "try", PATTERN, "20261103-140520_anna_+12025550143.wav", "--zone", "Europe/Berlin")
    assert said.status == 0
    assert "agent=anna" in said.out
    assert "started_at=2026-11-03T13:05:20+00:00" in said.out


def test_a_name_that_does_not_fit_is_named(earmark: Earmark) -> None:
    said = earmark("sources", "try", PATTERN, "nonsense.wav", "20261103-140520_anna_+12025550143.wav")
    assert said.status == 1
    assert "nonsense.wav: " in said.err
    assert "agent=anna" in said.out


def test_defaults_are_read_and_written_alike() -> None:
    pairs = ["provider=pbx", "tracking.source=google", "tracking.medium=cpc"]
    assert flat(nested(pairs)) == pairs


def test_a_default_below_a_value_is_refused() -> None:
    with pytest.raises(BadInput, match="tracking has a value already"):
        nested(["tracking=x", "tracking.source=google"])


def test_a_destination_shows_its_secret_once(earmark: Earmark) -> None:
    made = earmark("destinations", "add", "crm", "--url", "https://crm.example/hook", "--quotes")
    listed = earmark("destinations", "list").out
    assert made.out.startswith("whsec_")
    assert made.out.strip() not in listed
    assert "https://crm.example/hook" in listed
    assert "with words" in listed
    assert earmark("destinations", "remove", "crm").status == 0
    assert earmark("destinations", "remove", "crm").status == 2


def test_a_destination_needs_an_address(earmark: Earmark) -> None:
    said = earmark("destinations", "add", "crm", "--url", "ftp://crm.example")
    assert said.status == 2
    assert "'ftp://crm.example'" in said.err
