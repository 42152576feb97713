"""Texts of benchmarks, and what of them stands in other texts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.domain.duplicates.hashed_words import HashedWords, Hashes, Ints, as_series, hash_words, words_in
from textnlp.domain.duplicates.shingle_sets import text_blocks
from textnlp.domain.errors import invalid_input

_MARKED_BITS = 22
_MARKED = np.uint64((1 << _MARKED_BITS) - 1)
_LEAST_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """The longest run of words of a text that stands in a benchmark.

    Attributes:
        file: the benchmark.
        line: where in it, from 1.
        words: how many.
        span: the words, in lower case and without punctuation.
    """

    file: str
    line: int
    words: int
    span: str


@dataclass(frozen=True, slots=True)
class _Span:
    """A run of words of a text: which text, how many stand before it, how many it has, and the text it is from."""

    text: int
    begin: int
    words: int
    entry: int


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs of words of one length: hashes in order, the text each is from, and marks that rule most others out."""

    hashes: Hashes
    entries: Ints
    marks: npt.NDArray[np.bool_]

    def entries_of(self, hashes: Hashes) -> tuple[Ints, Ints]:
        """Return which of the hashes are there, and what text each of those is from."""
        likely = np.flatnonzero(self.marks[(hashes & _MARKED).astype(np.int64)])
        at = np.minimum(np.searchsorted(self.hashes, hashes[likely]), len(self.hashes) - 1)
        is_there = self.hashes[at] == hashes[likely]
        return likely[is_there], self.entries[at[is_there]]


class BenchmarkIndex:
    """The runs of words of benchmarks, by which contaminated texts are found.

    A text is contaminated where it has a run of `words` words in common with a text of a benchmark, case and
    punctuation aside: the n-gram overlap of Brown et al. ("Language models are few-shot learners", 2020, appendix C),
    there with 13 words. A benchmark's text of fewer words, but eight, counts where it stands in a text as a whole;
    shorter ones would be found anywhere and are left out, as `left_out` says. Benchmarks of 1,000,000 words take 16 MB
    and 4 MB more.

    Raises `INVALID_INPUT` for less than one word.
    """

    def __init__(self, *, words: int = 13) -> None:
        if words < 1:
            raise invalid_input(f"{words} words are compared, and at least one has to be.", field="words")
        self._words = words
        self._shortest = min(words, _LEAST_WORDS)
        self._places: list[tuple[str, int]] = []
        self._taken: dict[int, list[tuple[Hashes, Ints]]] = {}
        self._runs: Mapping[int, _Runs] | None = None
        self.left_out = 0

    def add(self, texts: pl.Series | Sequence[str | None], *, file: str, lines: Sequence[int] | None = None) -> None:
        """Take in texts of a benchmark, and the line of each, from 1; one a line where left out."""
        self._runs = None
        series = as_series(texts)
        first = len(self._places)
        self._places += [(file, line) for line in lines or range(1, len(series) + 1)]
        for block in text_blocks(series):
            words = hash_words(block, has_marks=False)
            counts = words.counts
            self.left_out += int(((counts < self._shortest) & ~words.is_null).sum())
            self._take(words, self._words, np.ones(len(block), np.bool_), first)
            for length in range(self._shortest, self._words):
                if (counts == length).any():
                    self._take(words, length, counts == length, first)
            first += len(block)

    def find(self, texts: pl.Series | Sequence[str | None]) -> dict[int, Overlap]:
        """Return the longest overlap of every text that is contaminated, by its place."""
        runs = self._sorted()
        series = as_series(texts)
        found: dict[int, Overlap] = {}
        first = 0
        for block in text_blocks(series):
            words = hash_words(block, has_marks=False)
            longest: dict[int, _Span] = {}
            for length, known in runs.items():
                _add_longer(longest, _spans(words, length, known))
            texts_of = words_in(block.gather(list(longest)), has_marks=False)
            for (text, span), told in zip(longest.items(), texts_of, strict=True):
                file, line = self._places[span.entry]
                run = " ".join(told[span.begin : span.begin + span.words])
                found[first + text] = Overlap(file=file, line=line, words=span.words, span=run)
            first += len(block)
        return found

    def _take(self, words: HashedWords, length: int, among: npt.NDArray[np.bool_], first: int) -> None:
        firsts, hashes = words.runs(length)
        entries = np.searchsorted(words.offsets, firsts, side="right") - 1
        taken = among[entries]
        self._taken.setdefault(length, []).append((hashes[taken], first + entries[taken]))

    def _sorted(self) -> Mapping[int, _Runs]:
        if self._runs is None:
            self._runs = {length: found for length, parts in self._taken.items() if (found := _runs_of(parts))}
        return self._runs


def _runs_of(parts: list[tuple[Hashes, Ints]]) -> _Runs | None:
    hashes = np.concatenate([part for part, _ in parts])
    if not len(hashes):
        return None
    unique, firsts = np.unique(hashes, return_index=True)
    marks = np.zeros(1 << _MARKED_BITS, np.bool_)
    marks[(unique & _MARKED).astype(np.int64)] = True
    return _Runs(unique, np.concatenate([entries for _, entries in parts])[firsts], marks)


def _spans(words: HashedWords, length: int, known: _Runs) -> Iterator[_Span]:
    """Yield the runs of known runs of a length, as long as they go on in the text and in what it is from."""
    firsts, hashes = words.runs(length)
    hits, entries = known.entries_of(hashes)
    places = firsts[hits]
    texts = np.searchsorted(words.offsets, places, side="right") - 1
    goes_on = (np.diff(places) == 1) & (np.diff(texts) == 0) & (np.diff(entries) == 0)
    begins = np.flatnonzero(np.concatenate((np.ones(min(len(hits), 1), np.bool_), ~goes_on)))
    sizes = np.diff(np.append(begins, len(places))) + length - 1
    before = places[begins] - words.offsets[texts[begins]]
    for each in zip(texts[begins].tolist(), before.tolist(), sizes.tolist(), entries[begins].tolist(), strict=True):
        yield _Span(*each)


def _add_longer(longest: dict[int, _Span], spans: Iterator[_Span]) -> None:
    for span in spans:
        known = longest.get(span.text)
        if known is None or span.words > known.words:
            longest[span.text] = span
