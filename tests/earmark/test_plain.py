"""A terminal that knows ASCII alone gets what it can show, and JSON stays whole."""

import json
import os
import subprocess
import sys
from pathlib import Path

from command_line import Earmark

SAID = {"id": "1", "language": "ru", "turns": [{"role": "caller", "text": "Здравствуйте, нашёл вас на Авито."}]}
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}


def in_ascii(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from earmark.cli import main; main()", *arguments]
    root = Path(__file__).parents[2]
    environment = os.environ | ASCII | {"PYTHONPATH": str(root)}
    return subprocess.run(
        command, capture_output=True, encoding="ascii", input=stdin, env=environment, check=False, timeout=60
    )


def test_what_an_ascii_terminal_cannot_show_is_approximated(earmark: Earmark, tmp_path: Path) -> None:
    (tmp_path / "call.json").write_text(json.dumps({"external_id": "Звонок 1", "agent": "Ольга", "answered": False}))
    earmark("ingest", str(tmp_path / "call.json"))
    listed = in_ascii("calls")
    assert (listed.returncode, "?????? 1" in listed.stdout) == (0, True), listed.stderr
    assert json.loads(in_ascii("calls", "--json").stdout)["external_id"] == "Звонок 1"
    assert "+ disk" in in_ascii("doctor").stdout


def test_tags_are_whole_in_ascii(data_dir: Path) -> None:
    tagged = in_ascii("tag", "-", stdin=json.dumps(SAID))
    assert tagged.returncode == 0, tagged.stderr
    result = json.loads(tagged.stdout)
    assert result["stated_channels"] == ["avito"]
    assert "Авито" in json.dumps(result, ensure_ascii=False)
