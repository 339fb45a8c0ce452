"""`earmark eval`: the classifiers' answers against labels."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from earmark.commands.console import Row, out, print_rows, remark
from earmark.commands.tagging import Names, classifiers_asked, read_line, tag_record
from models.errors import BadInput

if TYPE_CHECKING:
    from classifiers.classifier import Classifier
    from evaluation.score import Scored


def evaluate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.jsonl…", help="Labelled calls, one a line.")],
    hard: Annotated[
        bool, typer.Option("--hard", help="The same calls made harder too: no speakers, words misheard.")
    ] = False,
    classifiers: Names = None,
) -> None:
    """Score the classifiers on labelled calls: precision, recall, F1 with 90 % intervals, by language."""
    records = [record for file in files for record in _records(file)]
    if not records:
        raise BadInput(f"no labelled call in {', '.join(str(file) for file in files)}; a line needs `labels`")
    asked = classifiers_asked(classifiers)
    _print_scores(_scored(records, asked))
    if hard:
        _print_hard(records, asked)


def _records(file: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}; name a file of JSON lines with `labels`") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = read_line(line)
        except BadInput as refused:
            raise BadInput(f"{file}, line {number}: {refused}") from None
        if isinstance(record, dict) and record.get("labels") and not record.get("piece"):
            yield record


def _scored(records: Sequence[dict[str, Any]], classifiers: "Sequence[Classifier]") -> "list[Scored]":
    from evaluation.score import Scored

    return [Scored(record["labels"], tag_record(record, classifiers)) for record in records]


def _print_scores(calls: "Sequence[Scored]") -> None:
    from evaluation.report import HEAD, MORE_HEAD, answer_rows, grouped, more_rows, rows

    groups = grouped(calls)
    _print(HEAD, rows(groups))
    _print(MORE_HEAD, more_rows(groups))
    for question in ("lead_quality", "outcome"):
        _print((question, "count", "precision", "recall", "F1", "taken for"), answer_rows(calls, question))


def _print_hard(records: Sequence[dict[str, Any]], classifiers: "Sequence[Classifier]") -> None:
    from evaluation.disturb import DISTURBED
    from evaluation.report import HEAD, rows

    found = []
    for name, disturb in DISTURBED.items():
        remark(f"{name} ...")
        found += list(rows({name: _scored([dict(disturb(record)) for record in records], classifiers)}))
    _print(HEAD, found)


def _print(head: Sequence[str], found: Iterable[Sequence[str]]) -> None:
    print_rows(head, [Row(cells) for cells in found], out())
    typer.echo()
