"""Of how many words the fallback engine gets one wrong, set by set.

`python -m benchmarks.word_error FOLDER [DATA]`: where recordings may be kept, and the folder of real ones.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audio.decoding.decode import open_clip
from audio.sound import listen
from benchmarks.contest import timed
from benchmarks.spoken_sets import Spoken, spoken_sets
from benchmarks.table import markdown
from models.context import Context
from transcription.engines import pocketsphinx
from transcription.transcriber import Transcriber


@dataclass(frozen=True, slots=True)
class Count:
    words: int
    """Of the reference."""
    wrong: int
    """Put in, left out or another."""

    @property
    def rate(self) -> float:
        return self.wrong / self.words


def plain_words(text: str) -> list[str]:
    """As engines without punctuation write them."""
    return re.sub(r"[^\w' ]", " ", text.lower().replace("’", "'")).split()


def wrong_words(reference: Sequence[str], heard: Sequence[str]) -> int:
    """The least number of words to put in, leave out or change (Levenshtein)."""
    before = list(range(len(heard) + 1))
    for number, word in enumerate(reference, 1):
        row = [number]
        for place, other in enumerate(heard, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (word != other)))
        before = row
    return before[-1]


def count(spoken: Spoken, engine: Transcriber) -> Count:
    """Channel by channel, through the road that a call takes."""
    clip = open_clip(spoken.path, max_seconds=600)
    transcript = engine.transcribe(listen(clip, named=True), Context(language="en"), progress=lambda _: None)
    words = wrong = 0
    for channel, text in spoken.texts.items():
        reference = plain_words(text)
        heard = plain_words(" ".join(word.text for word in transcript.words if word.channel == channel))
        words, wrong = words + len(reference), wrong + wrong_words(reference, heard)
    return Count(words, wrong)


def main(folder: Path, data: Path | None = None) -> str:
    """The table."""
    engine, rows = pocketsphinx.create(), []
    for name, spoken in spoken_sets(folder, data).items():
        counts: list[Count] = []
        took = timed(lambda spoken=spoken, counts=counts: counts.extend(count(one, engine) for one in spoken))  # type: ignore[misc]
        whole = Count(sum(one.words for one in counts), sum(one.wrong for one in counts))
        rates = [one.rate for one in counts]
        spread = f"{min(rates):.0%} to {max(rates):.0%}"
        seconds = sum(open_clip(one.path, max_seconds=600).duration for one in spoken)
        rows.append(
            (name, str(len(counts)), str(whole.words), f"{whole.rate:.1%}", spread, f"{took.processor / seconds:.2f}")
        )
    return markdown(("set", "recordings", "words", "word error", "recording by recording", "real time"), rows)


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
