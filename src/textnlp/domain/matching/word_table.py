"""The words of many texts in flat arrays."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.domain.matching.normalisation import UNSPACED

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Ratios = npt.NDArray[np.float64]

_WORD_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class WordTable:
    """Words of texts, one after the other; a word is what stands between spaces.

    Attributes:
        size: how many texts there are.
        words: the words in lower case.
        text_of: by word, the text that it is from.
        lengths: by word, its characters.
        counts: by text, its words.
        hashes: by word, 64 bits.
    """

    size: int
    words: pl.Series
    text_of: Ints
    lengths: Ints
    counts: Ints
    hashes: Hashes

    @classmethod
    def of(cls, texts: pl.Series) -> "WordTable":
        """Divide texts into words; a null has none."""
        plain = texts.fill_null("").str.to_lowercase()
        if plain.str.contains(UNSPACED).any():
            plain = plain.str.replace_all(UNSPACED, " ${1} ")
        lists = plain.str.extract_all(r"\S+")
        counts = lists.list.len().to_numpy().astype(np.int64)
        words = lists.explode(empty_as_null=False) if counts.any() else pl.Series([], dtype=pl.String)
        return cls(
            size=len(texts),
            words=words,
            text_of=np.repeat(np.arange(len(texts)), counts),
            lengths=words.str.len_chars().to_numpy().astype(np.int64),
            counts=counts,
            hashes=cast("Hashes", words.hash(seed=7).to_numpy()),
        )

    def totals(self, values: npt.NDArray[Any]) -> Ratios:
        """Add up by text what is given by word."""
        return np.bincount(self.text_of, weights=values.astype(np.float64), minlength=self.size).astype(np.float64)

    def grams(self, length: int, among: npt.NDArray[np.bool_] | None = None) -> tuple[Ints, Hashes]:
        """Return the first word and the hash of every run of `length` words within one text.

        `among` leaves out texts, by number.
        """
        last = len(self.hashes) - length + 1
        if last <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.uint64)
        inside = self.text_of[:last] == self.text_of[length - 1 :]
        if among is not None:
            inside &= among[self.text_of[:last]]
        starts = np.flatnonzero(inside)
        hashes = self.hashes[starts]
        for place in range(1, length):
            hashes = hashes * _WORD_MIX + self.hashes[starts + place]
        return starts, hashes


def share(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> Ratios:
    """Divide, with 0 where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros(len(whole), np.float64), where=np.asarray(whole) > 0)
