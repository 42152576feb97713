"""How much of a text says again what stands in it already.

The measures are those of Rae et al., "Scaling Language Models: Methods, Analysis & Insights from Training Gopher"
(2021), appendix A1.1: the share of duplicate lines and paragraphs, of characters in the most frequent 2- to 4-gram, and
of characters in 5- to 10-grams that occur more than once.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.domain.matching.word_table import Hashes, Ints, Ratios, WordTable, share

TOP_GRAMS = (2, 3, 4)
REPEATED_GRAMS = (5, 6, 7, 8, 9, 10)


def repetition(texts: pl.Series, words: WordTable) -> Mapping[str, Ratios]:
    """Return shares from 0 to 1 by text: `lines`, `paragraphs`, `top_2_gram` to `4`, `repeated_5_gram` to `10`."""
    measures: dict[str, Ratios] = {
        "lines": _repeated_parts(texts, r"[^\n]+"),
        "paragraphs": _repeated_parts(texts, r"(?:[^\n]|\n[^\n])+"),
    }
    characters = words.totals(words.lengths)
    repeats = np.ones(words.size, np.bool_)
    for length in (*TOP_GRAMS, *REPEATED_GRAMS):
        starts, hashes = words.grams(length, among=repeats)
        counts, first = _counted(words.text_of[starts], hashes)
        # What repeats n words repeats n - 1: texts without a repeated n-gram need not be looked at again.
        repeats = np.zeros(words.size, np.bool_)
        repeats[words.text_of[starts[counts > 1]]] = True
        if length in TOP_GRAMS:
            covered = _of_the_most_frequent(words, starts, counts, first, length)
            measures[f"top_{length}_gram"] = share(covered, characters)
        else:
            covered = _covered(words, starts[counts > 1], length)
            measures[f"repeated_{length}_gram"] = share(covered, characters)
    return measures


def _repeated_parts(texts: pl.Series, pattern: str) -> Ratios:
    """Return the share of the lines, or paragraphs, of each text that stand in it before; 0 for a single one."""
    parts = texts.fill_null("").str.extract_all(pattern)
    counts = parts.list.len().to_numpy().astype(np.int64)
    several = np.flatnonzero(counts > 1)
    found = np.zeros(len(texts), np.float64)
    if len(several):
        there = parts.gather(several.tolist())
        distinct = there.list.eval(pl.element().str.strip_chars()).list.n_unique().to_numpy().astype(np.int64)
        found[several] = 1 - distinct / counts[several]
    return found


def _counted(text_of: Ints, hashes: Hashes) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Return for each gram how often it is in its text, and whether it is the first of its kind there."""
    if not len(hashes):
        return np.zeros(0, np.int64), np.zeros(0, np.bool_)
    keys = hashes ^ (text_of.astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93))
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.concatenate(([True], ordered[1:] != ordered[:-1]))
    group = np.cumsum(begins) - 1
    sizes = np.bincount(group)
    counts = np.empty(len(keys), np.int64)
    counts[order] = sizes[group]
    first = np.zeros(len(keys), np.bool_)
    first[order[begins]] = True
    return counts, first


def _of_the_most_frequent(
    words: WordTable, starts: Ints, counts: Ints, first: npt.NDArray[np.bool_], length: int
) -> Ratios:
    """Return by text the characters of its most frequent gram, as often as it occurs; 0 where none occurs twice."""
    found = np.zeros(words.size, np.float64)
    kept = first & (counts > 1)
    if kept.any():
        ends = np.concatenate(([0], np.cumsum(words.lengths)))
        begin = starts[kept]
        characters = (ends[begin + length] - ends[begin]) * counts[kept]
        texts, often = words.text_of[begin], counts[kept]
        most = np.zeros(words.size, np.int64)
        np.maximum.at(most, texts, often)
        is_top = often == most[texts]
        np.maximum.at(found, texts[is_top], characters[is_top].astype(np.float64))
    return found


def _covered(words: WordTable, starts: Ints, length: int) -> Ratios:
    """Return by text the characters of words that are in one of the grams, each once."""
    if not len(starts):
        return np.zeros(words.size, np.float64)
    edges = np.zeros(len(words.hashes) + 1, np.int64)
    np.add.at(edges, starts, 1)
    np.add.at(edges, starts + length, -1)
    inside = np.cumsum(edges[:-1]) > 0
    return words.totals(words.lengths * inside)
