"""What texts copy from the texts they were made from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.domain.duplicates.hashed_words import HashedWords, Hashes, Ints, as_series, hash_words, mix, words_of
from textnlp.domain.duplicates.shingle_sets import Ratios, block_sets, blocks, jaccards
from textnlp.domain.errors import invalid_input

_BASE = 0x9E3779B97F4A7C15
_INVERSE = np.uint64(pow(_BASE, -1, 1 << 64))
_BLOCK_BYTES = 8_000_000
_FIRST_TRIED = 4
_TAG_SHIFT, _DROPPED_BITS = np.uint64(55), np.uint64(9)

_Texts = pl.Series | Sequence[str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedSpans:
    """By text, the longest run of words that stands in its source as well, case and punctuation aside.

    Attributes:
        words: how many; 0 where there is none, where the text or its source is null, or either has no word.
        characters: how many, with one between words.
        begins: how many words of the text stand before it.
    """

    words: Ints
    characters: Ints
    begins: Ints


def copied_spans(texts: _Texts, sources: _Texts) -> CopiedSpans:
    """Return the longest span that `texts[i]` has from `sources[i]`.

    Runs of words are compared by hashes of any length (Karp and Rabin 1987), of which the longest common one is found
    by doubling and halving, for all texts at once. Raises `INVALID_INPUT` where there are not as many sources as texts.
    """
    pairs = _pairs(texts, sources)
    found = [_longest(hash_words(text, has_marks=False), hash_words(source, has_marks=False)) for text, source in pairs]
    words, characters, begins = (np.concatenate([np.zeros(0, np.int64), *part]) for part in _columns(found))
    return CopiedSpans(words=words, characters=characters, begins=begins)


def span_words(text: str, *, begin: int, words: int) -> str:
    """Return the words of a span of a text, as they are compared."""
    return " ".join(words_of(text, has_marks=False)[begin : begin + words])


def source_similarities(texts: _Texts, sources: _Texts) -> Ratios:
    """Return how similar `texts[i]` is to `sources[i]`: Jaccard of their three-word shingles; 0 with a null.

    Raises `INVALID_INPUT` where there are not as many sources as texts.
    """
    found = [np.zeros(0)]
    for text, source in _pairs(texts, sources):
        rows = np.arange(len(text))
        found.append(jaccards(block_sets(text), rows, block_sets(source), rows))
    return np.concatenate(found)


def find_canaries(texts: _Texts, canaries: Sequence[str]) -> dict[int, str]:
    """Return by place the first of the canaries that stands in a text, whatever its ASCII case; empty ones never do.

    A canary is a string that was put into data so that nobody trains on it unseen.
    """
    wanted = [canary for canary in canaries if canary]
    if not wanted:
        return {}
    series = as_series(texts)
    has_one = series.str.contains_any(wanted, ascii_case_insensitive=True).fill_null(value=False)
    lowered = [canary.encode().lower() for canary in wanted]
    found: dict[int, str] = {}
    for place in np.flatnonzero(has_one.to_numpy()).tolist():
        text: bytes = series[place].encode().lower()
        found[place] = next(canary for canary, low in zip(wanted, lowered, strict=True) if low in text)
    return found


def _pairs(texts: _Texts, sources: _Texts) -> list[tuple[pl.Series, pl.Series]]:
    first, second = as_series(texts), as_series(sources)
    if len(first) != len(second):
        raise invalid_input(f"There are {len(first)} texts and {len(second)} sources.")
    sizes = first.str.len_bytes().fill_null(0).to_numpy().astype(np.int64)
    sizes += second.str.len_bytes().fill_null(0).to_numpy().astype(np.int64)
    return [(first[low:high], second[low:high]) for low, high in blocks(sizes, most=_BLOCK_BYTES)]


def _columns(found: list[tuple[Ints, Ints, Ints]]) -> tuple[list[Ints], list[Ints], list[Ints]]:
    return [words for words, _, _ in found], [count for _, count, _ in found], [begin for _, _, begin in found]


class _Runs:
    """The hashes of runs of words of any length, from those of what stands before each word."""

    def __init__(self, words: HashedWords) -> None:
        self._words = words
        count = len(words.hashes)
        powers, self._inverses = _powers(np.uint64(_BASE), count), _powers(_INVERSE, count)
        self._totals = np.concatenate((np.zeros(1, np.uint64), np.cumsum(words.hashes * powers)))
        self._text_of = np.repeat(np.arange(len(words)), words.counts)
        self._left = np.repeat(words.offsets[1:], words.counts) - np.arange(count)

    def tagged(self, lengths: Ints) -> tuple[Ints, Hashes]:
        """Return the first words of all runs of as many words as `lengths` says by text, and text and hash of each.

        Texts with a length of 0 have none.
        """
        wanted = lengths[self._text_of]
        firsts = np.flatnonzero((wanted > 0) & (wanted <= self._left))
        hashes = mix((self._totals[firsts + wanted[firsts]] - self._totals[firsts]) * self._inverses[firsts])
        return firsts, (hashes >> _DROPPED_BITS) | (self._text_of[firsts].astype(np.uint64) << _TAG_SHIFT)


def _powers(base: np.uint64, count: int) -> Hashes:
    powers = np.ones(count, np.uint64)
    np.multiply.accumulate(np.full(max(count - 1, 0), base), out=powers[1:])
    return powers


def _longest(words: HashedWords, others: HashedWords) -> tuple[Ints, Ints, Ints]:
    """Return words, characters and begin of the longest common run of each text and its other."""
    runs, other_runs = _Runs(words), _Runs(others)
    low, high = np.zeros(len(words), np.int64), np.minimum(words.counts, others.counts)
    while (low < high).any():
        middle = np.where(low < high, np.minimum((low + high + 1) // 2, 2 * low + _FIRST_TRIED), 0)
        _, tagged = runs.tagged(middle)
        _, other_tagged = other_runs.tagged(middle)
        is_shared = _is_shared(tagged, other_tagged, len(words))
        low = np.where(is_shared, middle, low)
        high = np.where(is_shared | (middle == 0), high, middle - 1)
    firsts, tagged = runs.tagged(low)
    _, other_tagged = other_runs.tagged(low)
    firsts = firsts[_is_among(tagged, other_tagged)]
    begins = np.full(len(words), len(words.hashes))
    np.minimum.at(begins, np.searchsorted(words.offsets, firsts, side="right") - 1, firsts)
    begins = np.where(low > 0, begins, words.offsets[:-1])
    totals = np.concatenate(([0], np.cumsum(words.lengths)))
    characters = totals[begins + low] - totals[begins] + np.maximum(low - 1, 0)
    return low, characters, begins - words.offsets[:-1]


def _is_shared(tagged: Hashes, others: Hashes, count: int) -> npt.NDArray[np.bool_]:
    """Return of each text whether one of its runs is among those of the other."""
    both = np.concatenate((_unique(tagged), _unique(others)))
    both.sort()
    found = np.zeros(count, np.bool_)
    found[(both[1:][both[1:] == both[:-1]] >> _TAG_SHIFT).astype(np.int64)] = True
    return found


def _is_among(tagged: Hashes, others: Hashes) -> npt.NDArray[np.bool_]:
    """Return of each run whether it is among those of the other texts, which are put in order."""
    if not len(others):
        return np.zeros(len(tagged), np.bool_)
    others.sort()
    return others[np.minimum(np.searchsorted(others, tagged), len(others) - 1)] == tagged


def _unique(tagged: Hashes) -> Hashes:
    tagged.sort()
    return tagged[np.concatenate((np.ones(min(len(tagged), 1), np.bool_), tagged[1:] != tagged[:-1]))]
