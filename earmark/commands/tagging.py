"""`earmark tag`: finished transcripts to tags, one call a line, without a database."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TextIO

import typer

from earmark.commands.console import complain, err, json_line, remark
from models.errors import BadInput

if TYPE_CHECKING:
    from classifiers.classifier import Classifier
    from models.tracker import Tracker

Names = Annotated[
    str | None,
    typer.Option(
        "--classifiers",
        metavar="NAMES",
        help="Instead of `learned,amounts` as shipped, such as `learned,llm`; reads settings.",
    ),
]


def tag(
    file: Annotated[str, typer.Argument(metavar="FILE.jsonl", help="One call a line; - reads stdin.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT.jsonl", help="Instead of stdout.")
    ] = None,
    classifiers: Names = None,
    trackers: Annotated[
        Path | None, typer.Option("--trackers", metavar="FILE", help="Look for your own phrases too (YAML or TOML).")
    ] = None,
) -> None:
    """Tag finished transcripts: a JSON object a line in, one a line out. Needs no database and no settings.

    Exit status: 0 when every line was a call, 1 when some were refused; they are named on stderr.
    """
    wanted = trackers_in(trackers) if trackers else ()
    with _reading(file) as lines, _writing(output) as written:
        good, bad = tag_lines(lines, written, classifiers_asked(classifiers), wanted)
    if bad:
        complain(f"{good} calls tagged, {bad} lines refused")
        raise typer.Exit(1)
    remark(f"{good} calls tagged")


def trackers_in(file: Path) -> "tuple[Tracker, ...]":
    """Of a file of trackers. Raises BadInput."""
    from connectors.tracker_file import read_trackers

    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}; name a file of trackers") from None
    return read_trackers(data, str(file))


def tag_lines(
    lines: Iterable[bytes], written: TextIO, classifiers: "Sequence[Classifier]", trackers: "tuple[Tracker, ...]" = ()
) -> tuple[int, int]:
    """How many were tagged, and how many refused. Empty lines count as neither."""
    good = bad = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            result = tag_line(line, classifiers, trackers)
        except BadInput as refused:
            bad += 1
            complain(f"line {number}: {refused}")
        else:
            good += 1
            written.write(json_line(result, written))
    return good, bad


def tag_line(line: bytes, classifiers: "Sequence[Classifier]", trackers: "tuple[Tracker, ...]" = ()) -> dict[str, Any]:
    """The result for one call. Raises BadInput."""
    return tag_record(read_line(line), classifiers, trackers)


def read_line(line: bytes) -> Any:
    """Whatever JSON it holds. Raises BadInput."""
    try:
        return json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadInput(
            f"this is not UTF-8 text ({error.reason} at byte {error.start}); save the file as UTF-8"
        ) from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"this is no JSON ({error}): {_beginning(line)}; each line has to be one JSON object") from None


def tag_record(
    record: Any, classifiers: "Sequence[Classifier]", trackers: "tuple[Tracker, ...]" = ()
) -> dict[str, Any]:
    """The result for one call that has been read. Raises BadInput."""
    from classifiers.labelled import read_conversation, results
    from classifiers.tagging import tag_conversation
    from models.context import Context

    conversation = read_conversation(record)
    context = Context(language=conversation.language, trackers=trackers)
    return results(record, tag_conversation(conversation, context, classifiers))


def _beginning(line: bytes) -> str:
    text = line.decode("utf-8", "replace").strip()
    return repr(text if len(text) <= 60 else f"{text[:57]}…")


def classifiers_asked(names: str | None) -> "Sequence[Classifier]":
    """Those of `--classifiers`, else the default. Raises SettingsError."""
    if names is None:  # without settings: they may be those of another machine, or none
        from classifiers.kinds import amounts, learned

        return [learned.create(), amounts.create()]
    from earmark.classifiers import make_classifiers
    from earmark.logs import set_up_logs
    from earmark.settings import read_settings

    set_up_logs("warning", "text")  # to stderr: stdout holds the tags
    return make_classifiers(read_settings(classifiers=names))


@contextmanager
def _reading(file: str) -> Iterator[Iterable[bytes]]:
    """The lines, with a progress bar where somebody sits at a terminal."""
    if file == "-":
        yield sys.stdin.buffer
        return
    path = Path(file)
    try:
        opened = path.open("rb")
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}; name a file with one call a line, or -") from None
    with opened as stream:
        console = err()
        yield _with_bar(stream, path) if console.is_terminal else stream


def _with_bar(stream: BinaryIO, path: Path) -> Iterator[bytes]:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    with Progress(
        "tagging", BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), console=err(), transient=True
    ) as bar:
        task = bar.add_task("", total=path.stat().st_size or None)
        for line in stream:
            yield line
            bar.advance(task, len(line))


@contextmanager
def _writing(output: Path | None) -> Iterator[TextIO]:
    """stdout, or a file that appears under its name when it is whole."""
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    part = output.with_name(f".{output.name}.part")
    try:
        stream = part.open("w", encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{output} cannot be written: {error.strerror}") from None
    try:
        with stream:
            yield stream
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
