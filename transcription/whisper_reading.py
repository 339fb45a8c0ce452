"""One call read by Whisper: pack after pack, each in its language; what looks wrong or is missing is heard again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from audio.speech import SpeechPiece
from transcription.coverage import uncovered, unwritten
from transcription.language import Vote, allowed, spoken
from transcription.packing import Pack, pack_pieces
from transcription.segments import Segment, Written, is_doubtful, written
from transcription.whisper_batches import Batch, Batches


@dataclass(slots=True, kw_only=True)
class Reading:
    batches: Batches
    language: str
    """Of the call."""
    fixed: bool
    """The language is known, and not asked for again."""
    languages: tuple[str, ...]
    """Only these may be spoken; empty: all."""
    names: tuple[str, ...]
    """What the decoder is told."""
    second_try: bool
    longest: float
    """Seconds that the decoder hears at a time."""
    rate: int
    result: Written = field(default_factory=Written)
    votes: list[Vote] = field(default_factory=list)
    _missed: dict[str, list[SpeechPiece]] = field(default_factory=dict)
    """By language: speech of which nothing was written, until there is enough for a pack."""

    def read(self, batch: Batch, votes: Sequence[Vote] | None = None) -> None:
        """`votes`: when the languages of these packs have been asked for already."""
        languages = self._languages(batch, votes)
        found = self._written(batch, languages)
        batch.encoded = None
        for pack, segments, language in zip(batch.packs, found, languages, strict=True):
            self._take(pack, segments, language)

    def finish(self) -> Written:
        """After the last batch."""
        for language in list(self._missed):
            self._hear_missed(language)
        return self.result

    def _languages(self, batch: Batch, votes: Sequence[Vote] | None) -> list[str]:
        if self.fixed:
            return [self.language] * len(batch.packs)
        if votes is None:
            votes = asked(self.batches, batch, self.languages)
        self.votes += votes
        return [spoken(vote, self.language) for vote in votes]

    def _written(self, batch: Batch, languages: Sequence[str]) -> list[list[Segment]]:
        names = ", ".join(self.names) or None
        if len(set(languages)) == 1:
            return self.batches.written(batch, languages[0], names)
        # Rare, so that the packs of each language are simply encoded anew, as a batch of their own.
        found: dict[int, list[Segment]] = {}
        for language in dict.fromkeys(languages):
            places = [place for place, other in enumerate(languages) if other == language]
            part = Batch([batch.packs[place] for place in places], None)
            found.update(zip(places, self.batches.written(part, language, names), strict=True))
        return [found[place] for place in range(len(languages))]

    def _take(self, pack: Pack, segments: list[Segment], language: str) -> None:
        again = self._again(pack, language) if self.second_try and is_doubtful(segments, self.names) else None
        if again is None:
            self._settle(pack, written(segments, pack.plan, self.names), language, last=not self.second_try)
        else:
            self._settle(pack, written(again, pack.plan), language, last=True)

    def _again(self, pack: Pack, language: str) -> list[Segment] | None:
        return self.batches.again(pack.sound, language)

    def _settle(self, pack: Pack, found: Written, language: str, *, last: bool) -> None:
        """What was found of a pack is kept; what is missing waits for another hearing, or is told (`last`)."""
        self.result.add(found)
        if last:
            self.result.dropped += unwritten(pack.plan.spans, found.words, found.dropped)
            return
        for channel, span in uncovered(pack.plan.spans, found.words, found.dropped):
            piece = pack.piece(channel, span, self.rate)
            waiting = self._missed.setdefault(language, [])
            if pack_pieces([*waiting, piece], self.rate).plan.length > self.longest:
                self._hear_missed(language)
                waiting = self._missed.setdefault(language, [])
            waiting.append(piece)

    def _hear_missed(self, language: str) -> None:
        """Pieces of many packs together: on its own each would cost as much as half a minute."""
        pack = pack_pieces(self._missed.pop(language), self.rate)
        segments = self._again(pack, language) or []
        # Nothing was heard here once: a second text has to be better than one where there surely is speech.
        strict = [replace(segment, no_speech=max(segment.no_speech, _ONCE_SILENT)) for segment in segments]
        self._settle(pack, written(strict, pack.plan), language, last=True)


_ONCE_SILENT = 0.61
"""Just over the limit for silence, so that improbable text alone is enough to drop it."""


def asked(batches: Batches, batch: Batch, languages: Sequence[str]) -> list[Vote]:
    """What each pack of a batch sounds like; with a list, only its languages, if the model knows any."""
    return [
        Vote(pack.plan, allowed(chances, languages) or chances)
        for pack, chances in zip(batch.packs, batches.chances(batch), strict=True)
    ]
