"""A lexicon's phrases, compiled once into spaCy's matcher, and what they find in a turn."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from classifiers.normalise import Forms, Token, as_set, has_stem, letters, pieces, rooted, tokens_of

_GROUP = re.compile(r"\(([^()]*)\)")
_NOT_IN_LEXICON = "·"
"""Stands for every word that no phrase has, so that spaCy's store of strings does not grow with each call."""


def expand(pattern: str) -> list[str]:
    """`(saw|seen) your (|new) ad` to its four phrases; groups do not nest."""
    group = _GROUP.search(pattern)
    if group is None:
        return [" ".join(pattern.split())]
    before, after = pattern[: group.start()], pattern[group.end() :]
    return [phrase for choice in group[1].split("|") for phrase in expand(f"{before}{choice}{after}")]


def phrases_of(block: str) -> list[str]:
    """A block of patterns, parted by commas or line ends, to its phrases."""
    return [phrase for part in re.split(r"[,\n]", block) if part.strip() for phrase in expand(part)]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Tokens `start` to `end` (exclusive) of a turn that a phrase of `name` matched; `item` is its key, if any."""

    start: int
    end: int
    name: str
    item: str = ""


@dataclass(slots=True)
class Marks:
    """What the phrases found in one turn, by name, in order of their places."""

    spans: dict[str, list[Span]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> list[Span]:
        return self.spans.get(name, [])

    def within(self, name: str, start: int, end: int) -> list[Span]:
        """Spans of `name` that begin at `start` or later and before `end`."""
        spans = self[name]
        low = bisect_left(spans, start, key=lambda span: span.start)
        return spans[low : bisect_right(spans, end - 1, key=lambda span: span.start)]

    def any(self, names: Iterable[str], start: int, end: int) -> bool:
        return any(self.within(name, start, end) for name in names)


class PhraseBook:
    """One language's phrases. `blocks` is name to block, or name to item to block."""

    def __init__(
        self, code: str, blocks: Mapping[str, str | Mapping[str, str]], forms: Mapping[str, Sequence[str]]
    ) -> None:
        import spacy
        from spacy.matcher import PhraseMatcher
        from spacy.tokens import Doc

        self._doc: Any = Doc
        self._vocab: Any = spacy.blank(code).vocab
        self._matcher: Any = PhraseMatcher(self._vocab, attr="ORTH")
        listed = list(_listed(blocks))
        self.forms = _forms_with(forms, [phrase for *_, phrase in listed])
        self._meanings: dict[int, list[_Meaning]] = {}
        for name, item, phrase in listed:
            self._add(name, item, phrase)

    def tokens(self, words: Sequence[str]) -> list[Token]:
        return tokens_of(words, self.forms)

    def marks(self, tokens: Sequence[Token]) -> Marks:
        """Every phrase found; overlapping ones too."""
        if not tokens:
            return Marks()
        known = self.forms.known
        words = [token.text if token.text in known else _NOT_IN_LEXICON for token in tokens]
        found: dict[str, list[Span]] = {}
        for key, start, end in self._matcher(self._doc(self._vocab, words=words)):
            plain = [token.plain for token in tokens[start:end]]
            for name, item, exact in self._meanings[key]:
                if all(self._fits(want, have) for want, have in zip(exact, plain, strict=True)):
                    found.setdefault(name, []).append(Span(start, end, name, item))
        return Marks({name: sorted(set(spans)) for name, spans in found.items()})

    def _fits(self, want: tuple[str | None, str], have: str) -> bool:
        stem, word = want
        return have == word if stem is None else has_stem(have, stem, self.forms)

    def _add(self, name: str, item: str, phrase: str) -> None:
        """Phrases that are alike but for their endings share one pattern; the plain words then tell them apart."""
        starred = [letters(word[:-1]) if word.endswith("*") else None for word in phrase.split()]
        words = tokens_of(phrase.replace("*", "").split(), self.forms)
        whole = len(words) == len(starred)
        exact = tuple((starred[at] if whole else None, word.plain) for at, word in enumerate(words))
        key = " ".join(word.text for word in words)
        meanings = self._meanings.setdefault(self._vocab.strings.add(key), [])
        if not meanings:
            self._matcher.add(key, [self._doc(self._vocab, words=[word.text for word in words])])
        meanings.append((name, item, exact))


_Meaning = tuple[str, str, tuple[tuple[str | None, str], ...]]
"""Name, item and, for each word, the stem with which any ending will do, or None and the word itself."""


def _listed(blocks: Mapping[str, str | Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    for name, block in blocks.items():
        items = {"": block} if isinstance(block, str) else block
        for item, text in items.items():
            for phrase in phrases_of(text):
                yield name, item, phrase


def _forms_with(forms: Mapping[str, Sequence[str]], phrases: Sequence[str]) -> Forms:
    """The language's forms with the stems and words that its phrases use."""
    stems = as_set(word.removesuffix("*") for phrase in phrases for word in phrase.split() if word.endswith("*"))
    bare = Forms(
        endings=as_set(forms["endings"]),
        clitics=tuple(letters(clitic) for clitic in forms["clitics"]),
        prefixes=as_set(forms["prefixes"]),
        stems=rooted(stems, as_set(forms["endings"])),
    )
    words = {word.replace("*", "") for phrase in phrases for word in phrase.split()}
    known: set[str] = set()
    growing = replace(bare, known=known)
    for word in sorted(words, key=len):  # short ones first: longer ones are then split as the texts are
        known.update(form for form, _ in pieces(word, growing))
    return replace(bare, known=frozenset(known))
