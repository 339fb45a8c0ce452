"""Learns `classifiers/learned/weights/` from the labelled calls: `python -m benchmarks.train_tags`.

It takes half an hour or so on two cores.

Each call and each piece is learned from twice: as it is, and about other brands; the second time calls and half of the
pieces are harder too, without speakers or with a tenth to three tenths of the words misheard. The held-back calls
(`held-*.jsonl`) are not read.
"""

from pathlib import Path

from classifiers.learned.examples import read_example
from classifiers.learned.trained import written_trained
from classifiers.learned.training import learn
from evaluation.disturb import made_harder
from evaluation.shipped import LEARNED_FROM, shipped
from models.call import LANGUAGES

_WEIGHTS = Path(__file__).parents[1] / "classifiers" / "learned" / "weights"


def main() -> None:
    """Writes both files anew."""
    given = list(shipped(LEARNED_FROM, LANGUAGES))
    found = learn([read_example(record) for record in (*given, *made_harder(given))], print)
    for name, content in written_trained(found.turns, found.calls).items():
        (_WEIGHTS / name).write_bytes(content)


if __name__ == "__main__":
    main()
