"""`earmark train`: the tags learned anew with what people corrected, judged before they are switched on."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from earmark.commands.console import Row, complain, out, print_rows, remark, with_bar
from earmark.commands.evaluating import Lines, held_back, scored
from earmark.commands.opening import Opened, open_here
from models.errors import BadInput

if TYPE_CHECKING:
    from classifiers.classifier import Classifier
    from earmark.learned_weights import LearnedWeights
    from earmark.training import Change

MOST_CHANGES, EXAMPLES = 30, 3
"""Kinds of change that are printed, and calls of each."""


def train(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE.jsonl…", help="More labelled calls, one a line.")
    ] = None,
    *,
    gold: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE.jsonl", help="Labelled calls that must not get worse, beside the shipped ones."),
    ] = None,
    last: Annotated[int, typer.Option(min=0, metavar="N", help="Show what would change on the newest N calls.")] = 200,
    switch: Annotated[bool, typer.Option("--switch", help="Switch on without asking, unless gold gets worse.")] = False,
    learned: Annotated[
        str | None, typer.Option(metavar="NAME", help="Learn nothing: judge what was learned before under this name.")
    ] = None,
    back: Annotated[bool, typer.Option("--back", help="Back to the shipped weights.")] = False,
    retag: Annotated[bool, typer.Option("--retag", help="Then tag all stored calls anew, in the background.")] = False,
) -> None:
    """Learn the tags anew from the shipped calls and those whose tags people corrected or confirmed.

    Exit status: 0, or 1 when a gold set gets worse; then nothing is switched on.
    """
    from earmark.classifiers import LEARNED, learned_weights

    if back and (files or gold or switch or learned):
        raise BadInput("--back learns and judges nothing; leave out the files and all but --retag")
    opened = open_here()
    if LEARNED not in opened.settings.classifiers:
        remark(f"EARMARK_CLASSIFIERS does not name {LEARNED}: what is learned here tags no call until it does")
    weights = learned_weights(opened.settings)
    is_on = True
    if back:
        weights.back()
        remark("the shipped weights are in use; workers take them with their next call")
    elif files or gold or switch or learned or not retag:
        name = learned or _learn(opened, weights, files or [], gold or [])
        is_on = _judge(opened, weights, name, gold or [], last=last, switch=switch)
    if retag and is_on:
        _retag(opened)


def _learn(opened: Opened, weights: "LearnedWeights", files: Sequence[Path], gold: Sequence[Path]) -> str:
    """The name of what was learned. Raises BadInput where nothing is known that the shipped weights do not know."""
    from earmark.training import corrected_records, learn_weights
    from pipeline.review import corrected

    more = _labelled(files)
    count, stored = corrected(opened.tools, workspace_id=opened.workspace_id)
    if not count and not more:
        raise BadInput("nobody has corrected or confirmed a tag yet, and no FILE was named: there is nothing to learn")
    remark(f"{count} corrected calls, {len(more)} labelled calls of {len(files)} files, and the shipped ones")
    told = list(corrected_records(with_bar(stored, count), opened.tools.classifiers()))
    _keep_apart(gold, {str(record["id"]) for record in (*more, *told)})
    contents = learn_weights(weights.folder, more, told, remark)
    about = {"corrected_calls": len(told), "more_calls": len(more), "files": [str(file) for file in files]}
    name = weights.save(contents, about)
    remark(f"learned: {name}, in {weights.folder}")
    return name


def _labelled(files: Sequence[Path]) -> list[dict[str, Any]]:
    """Lines as they are learned from. In a call without any `acts` nobody looked for them. Raises BadInput."""
    from classifiers.learned.examples import read_example

    found, lines = [], Lines()
    for record in (record for file in files for record in lines.read(file, pieces=True)):
        looked = record.get("piece") or any("acts" in turn for turn in record["turns"])
        found.append(record if looked or "labelled_acts" in record else {**record, "labelled_acts": []})
        read_example(found[-1])
    if lines.refused:
        raise BadInput(f"{lines.refused} lines are no labelled calls; mend them, then learn from all")
    return found


def _keep_apart(gold: Sequence[Path], learned_from: set[str]) -> None:
    """Raises BadInput for a gold set with calls that are learned from: these would be right for having been seen."""
    for file in gold:
        both = sorted({str(record["id"]) for record in Lines().read(file)} & learned_from)
        if both:
            raise BadInput(f"{file} has calls that are learned from ({', '.join(both[:5])}); take them out of one")


def _judge(
    opened: Opened, weights: "LearnedWeights", name: str, gold: Sequence[Path], *, last: int, switch: bool
) -> bool:
    """Whether they were switched on."""
    from classifiers.kinds import learned
    from earmark.learned_weights import LearnedInUse

    before, after = LearnedInUse(weights), learned.create(trained=weights.read(name))
    remark(f"in use: {weights.in_use() or 'the shipped weights'}; judged: {name}")
    is_worse = _print_gold(before, after, gold)
    if last:
        _print_changes(opened, before, after, last)
    if is_worse:
        complain(f"{name} is not switched on: a gold set gets worse by more than chance explains (marked above)")
        raise typer.Exit(1)
    if not switch and not (sys.stdin.isatty() and typer.confirm(f"Switch {name} on?", err=True)):
        remark(f"nothing is switched on; `earmark train --learned {name} --switch` does it")
        return False
    weights.switch(name)
    remark(f"{name} is in use; workers take it with their next call, `earmark train --back` returns to the shipped")
    return True


def _print_gold(before: "Classifier", after: "Classifier", files: Sequence[Path]) -> bool:
    """Whether any is worse."""
    from evaluation.paired import compared

    rows, is_worse = [], False
    for gold in (None, *files):
        records = list(held_back() if gold is None else Lines().read(gold))
        if not records:
            raise BadInput(f"no labelled call in {gold}; a line needs `labels`")
        remark(f"gold: {len(records)} calls, {gold or 'shipped and held back'}")
        for one in compared(scored(records, [before]), scored(records, [after])):
            is_worse |= one.is_worse
            figures = (f"{one.before:.3f}", f"{one.after:.3f}", f"{one.after - one.before:+.3f}", f"{one.may_fall:.3f}")
            cells = (str(gold or "held back"), one.calls_of, one.measure, *figures, "WORSE" if one.is_worse else "")
            rows.append(Row(cells, style="red" if one.is_worse else ""))
    print_rows(("gold", "calls of", "measure", "in use", "new", "change", "may fall by", ""), rows, out())
    typer.echo()
    return is_worse


def _print_changes(opened: Opened, before: "Classifier", after: "Classifier", last: int) -> None:
    from earmark.training import changes
    from pipeline.review import newest

    count, stored = newest(opened.tools, workspace_id=opened.workspace_id, last=last)
    found = [change for one in with_bar(stored, count) for change in changes(one, before, after)]
    touched = len({change.call for change in found})
    remark(f"on the newest {count} calls, {len(found)} tags of {touched} calls would change, those by people stay")
    if found:
        print_rows(("tag", "from", "to", "calls"), _change_rows(found), out())
        typer.echo()


def _change_rows(found: "Iterable[Change]") -> list[Row]:
    """The most frequent first, each with a few calls."""
    from earmark.commands.calls_shown import isolated

    alike: dict[tuple[str, str, str], list[Change]] = defaultdict(list)
    for change in found:
        alike[change.kind.value, change.was, change.becomes].append(change)
    ordered = sorted(alike.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST_CHANGES]
    return [
        Row(
            (*names, str(len(own))),
            [f"{one.call}{f': {isolated(one.quote)}' if one.quote else ''}" for one in own[:EXAMPLES]],
        )
        for names, own in ordered
    ]


def _retag(opened: Opened) -> None:
    from pipeline.retag import retag_calls

    count = retag_calls(opened.tools, workspace_id=opened.workspace_id)
    remark(f"{count} calls are due to be tagged anew; `earmark serve` or a worker does it")
