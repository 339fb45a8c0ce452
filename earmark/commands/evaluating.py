"""`earmark eval`: the classifiers' answers against labels."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from earmark.commands.console import Row, complain, out, print_rows, remark, with_bar
from earmark.commands.tagging import Names, classifiers_asked, read_line, tag_record
from models.errors import BadInput

if TYPE_CHECKING:
    from classifiers.classifier import Classifier
    from evaluation.corrections import Reviewed
    from evaluation.score import Scored
    from pipeline.review import Stored

PICTURED = ("lead_quality", "outcome")
"""Questions whose answers are set against each other."""


def evaluate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE.jsonl…", help="Labelled calls, one a line; none: those that are shipped for it."),
    ] = None,
    *,
    hard: Annotated[
        bool, typer.Option("--hard", help="The same calls made harder too: no speakers, words misheard.")
    ] = False,
    corrections: Annotated[
        bool, typer.Option("--corrections", help="The stored calls instead, on what people corrected or confirmed.")
    ] = False,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="OUT.svg", help="Confusion of lead quality and outcome.")
    ] = None,
    classifiers: Names = None,
) -> None:
    """Score the classifiers on labelled calls: precision, recall, F1 with 90 % intervals, by language.

    Exit status: 0 when every line was a call, 1 when some were refused; they are named on stderr.
    """
    if corrections:
        if files or hard:
            raise BadInput("--corrections reads the stored calls; leave out the files and --hard")
        return _evaluate_corrections(picture, classifiers)
    found = Lines()
    records = [record for file in files for record in found.read(file)] if files else list(held_back())
    if not records:
        raise BadInput(f"no labelled call in {', '.join(str(file) for file in files or ())}; a line needs `labels`")
    asked = classifiers_asked(classifiers)
    _print_scores(scored(records, asked), picture)
    remark(f"by {', '.join(classifier.version for classifier in asked)}")
    if hard:
        _print_hard(records, asked)
    if found.refused:
        complain(f"{len(records)} calls scored, {found.refused} lines refused")
        raise typer.Exit(1)


class Lines:
    """Labelled calls of files. A line that is no call is said by its number, and the rest go on."""

    def __init__(self) -> None:
        self.refused = 0

    def read(self, file: Path, *, pieces: bool = False) -> Iterator[dict[str, Any]]:
        """Calls with labels; with `pieces` those of calls too. Raises BadInput when the file cannot be read."""
        for number, line in enumerate(_lines(file), 1):
            if not line.strip():
                continue
            try:
                record = _checked(read_line(line))
            except BadInput as refused:
                self.refused += 1
                complain(f"{file}, line {number}: {refused}")
            else:
                if (pieces and record.get("piece")) or (record.get("labels") and not record.get("piece")):
                    yield record


def _lines(file: Path) -> list[bytes]:
    try:
        return file.read_bytes().split(b"\n")
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}; name a file of JSON lines with `labels`") from None


def _checked(record: Any) -> dict[str, Any]:
    """Raises BadInput for what is no call, or has labels that are none."""
    from classifiers.labelled import read_conversation

    read_conversation(record)
    if record.get("labels") is not None:
        check_labels(record["labels"])
    return dict(record)


def held_back() -> Iterator[dict[str, Any]]:
    from evaluation.shipped import HELD_BACK, shipped
    from models.call import LANGUAGES

    yield from shipped(HELD_BACK, LANGUAGES)


def check_labels(labels: Any) -> None:
    """Raises BadInput for labels that cannot be scored."""
    from evaluation.score import ANSWERS, CHANNEL_LISTS

    if not isinstance(labels, dict):
        raise BadInput(f"`labels` must be an object, not {labels!r}")
    for name in CHANNEL_LISTS:
        given = labels.get(name)
        if given is not None and not (isinstance(given, list) and all(isinstance(one, str) for one in given)):
            raise BadInput(f"`labels.{name}` must be a list of channels, not {given!r}")
    for name in ANSWERS:
        if not isinstance(labels.get(name), str | None):
            raise BadInput(f"`labels.{name}` must be text, not {labels[name]!r}")


def scored(records: Sequence[dict[str, Any]], classifiers: "Sequence[Classifier]") -> "list[Scored]":
    from evaluation.score import Scored

    return [Scored(record["labels"], tag_record(record, classifiers)) for record in records]


def _evaluate_corrections(picture: Path | None, names: str | None) -> None:
    from earmark.commands.opening import open_here
    from evaluation.corrections import REVIEW_HEAD, review_rows, versions_of
    from pipeline.review import corrected

    opened = open_here()
    classifiers = opened.tools.classifiers() if names is None else classifiers_asked(names)
    count, stored = corrected(opened.tools, workspace_id=opened.workspace_id)
    reviewed = [_reviewed(one, classifiers) for one in with_bar(stored, count)]
    if not reviewed:
        raise BadInput("nobody has corrected a tag yet; `PUT /api/v1/calls/{id}/tags/{kind}` does, or confirms it")
    for version in versions_of(reviewed):
        typer.echo(f"made by {version or 'nobody'}; now by {', '.join(one.version for one in classifiers)}")
        _print(REVIEW_HEAD, review_rows(reviewed, version))
    _print_answers([one.now for one in reviewed], picture)
    remark("people look where a tag seems wrong: on all calls the tags are better than on these")


def _reviewed(stored: "Stored", classifiers: "Sequence[Classifier]") -> "Reviewed":
    from classifiers.labelled import kind_of, labels_of, record_of, results
    from evaluation.corrections import QUESTIONS, Reviewed
    from evaluation.score import Scored

    record, labels = record_of(stored.conversation, stored.public_id), labels_of(stored.corrections)
    before, now = stored.settle(stored.opinions, ()), stored.tagged_by(classifiers)
    return Reviewed(
        before=Scored(labels, results(record, before)),
        now=Scored(labels, results(record, now)),
        versions={question: stored.version_of(kind_of(question)) for question in QUESTIONS},
    )


def _print_scores(calls: "Sequence[Scored]", picture: Path | None) -> None:
    from evaluation.report import GIVEN_HEAD, HEAD, MORE_HEAD, given_rows, grouped, more_rows, rows

    groups = grouped(calls)
    _print(HEAD, rows(groups))
    _print(MORE_HEAD, more_rows(groups))
    _print(GIVEN_HEAD, given_rows(groups))
    _print_answers(calls, picture)


def _print_answers(calls: "Sequence[Scored]", picture: Path | None) -> None:
    """Answer by answer, what was taken for what; `picture`: the same as a picture."""
    from evaluation.picture import confusion_picture
    from evaluation.report import answer_rows
    from evaluation.score import labelled

    for question in PICTURED:
        if labelled(calls, question):
            _print((question, "count", "precision", "recall", "F1", "taken for"), answer_rows(calls, question))
    if picture is None:
        return
    try:
        picture.write_text(confusion_picture(calls, PICTURED), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{picture} cannot be written: {error.strerror}; name another file") from None
    remark(f"the confusion matrices are in {picture}")


def _print_hard(records: Sequence[dict[str, Any]], classifiers: "Sequence[Classifier]") -> None:
    from evaluation.disturb import DISTURBED
    from evaluation.report import HEAD, rows

    found = []
    for name, disturb in DISTURBED.items():
        remark(f"{name} ...")
        found += list(rows({name: scored([dict(disturb(record)) for record in records], classifiers)}))
    _print(HEAD, found)


def _print(head: Sequence[str], found: Iterable[Sequence[str]]) -> None:
    print_rows(head, [Row(cells) for cells in found], out())
    typer.echo()
