"""The words of many texts, as hashes one after the other."""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.domain.matching.normalisation import normalised

Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

_STEP = 8
_LONG_BYTES = 512
_MARKS = r"[^\p{L}\p{N}\p{M}]+"
_ABOVE_ASCII, _LEAST_FIRST = 128, 0xC0
_FIRST = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xFF51AFD7ED558CCD)
_THIRD = np.uint64(0xC4CEB9FE1A85EC53)
_SHIFT, _LONG_SHIFT = np.uint64(33), np.uint64(29)
_KEPT_BITS = np.array([(1 << 8 * size) - 1 for size in range(_STEP + 1)], dtype=np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedWords:
    """The words of texts, each as 64 bits; equal words have equal hashes, on every machine and in every version.

    Attributes:
        hashes: by word, one text after the other.
        offsets: by text, where its words begin, and where those of the last end; one more than there are texts.
        lengths: by word, its characters.
        is_null: by text, whether there is none.
    """

    hashes: Hashes
    offsets: Ints
    lengths: Ints
    is_null: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.is_null)

    @property
    def counts(self) -> Ints:
        """By text, how many words it has."""
        return np.diff(self.offsets)

    def places(self) -> Ints:
        """By word, how many of its text stand before it."""
        return np.arange(len(self.hashes)) - np.repeat(self.offsets[:-1], self.counts)

    def runs(self, length: int) -> tuple[Ints, Hashes]:
        """Return the first word and the hash of every run of `length` words within one text."""
        count = max(len(self.hashes) - length + 1, 0)
        is_inside = np.ones(len(self.hashes), np.bool_)
        for back in range(1, length):
            is_inside[self.offsets[1:][self.counts >= back] - back] = False
        firsts = np.flatnonzero(is_inside[:count])
        hashes = np.zeros(count, np.uint64)
        for place in range(length):
            hashes *= _FIRST
            hashes += self.hashes[place : place + count]
        return firsts, mix(hashes[firsts])


def as_series(texts: pl.Series | Sequence[str | None]) -> pl.Series:
    """Return texts as a series; what UTF-8 cannot hold becomes a question mark."""
    if isinstance(texts, pl.Series):
        return texts
    try:
        return pl.Series(texts, dtype=pl.String)
    except UnicodeEncodeError:
        told = [None if text is None else text.encode("utf-8", "replace").decode() for text in texts]
        return pl.Series(told, dtype=pl.String)


def hash_words(texts: pl.Series | Sequence[str | None], *, has_marks: bool = True) -> HashedWords:
    """Divide texts into the words by which texts are compared: NFKC, without case.

    Without marks, words are runs of letters, digits and what stands on them, so that punctuation does not count.
    """
    series = as_series(texts)
    is_null = series.is_null().to_numpy()
    data, offsets = _utf8(_plain(series.fill_null(""), has_marks=has_marks))
    text, is_space = _folded(data, has_marks=has_marks)
    starts, ends = _borders(is_space, offsets)
    return HashedWords(
        hashes=_hashes(text, starts, ends - starts),
        offsets=np.searchsorted(starts, offsets),
        lengths=_characters(data, starts, ends),
        is_null=is_null,
    )


def words_of(text: str, *, has_marks: bool = True) -> list[str]:
    """Return the words of one text that `hash_words` hashes."""
    return words_in(as_series([text]), has_marks=has_marks)[0]


def words_in(texts: pl.Series, *, has_marks: bool = True) -> list[list[str]]:
    """Return the words of texts that `hash_words` hashes."""
    data, offsets = _utf8(_plain(texts.fill_null(""), has_marks=has_marks))
    text, is_space = _folded(data, has_marks=has_marks)
    starts, ends = _borders(is_space, offsets)
    whole = text.tobytes()
    words = [whole[start:end].decode() for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return [words[first:last] for first, last in itertools.pairwise(np.searchsorted(starts, offsets).tolist())]


def mix(hashes: Hashes) -> Hashes:
    """Spread every bit over all of them, in place; the finaliser of MurmurHash3 (Appleby 2011)."""
    hashes ^= hashes >> _SHIFT
    hashes *= _SECOND
    hashes ^= hashes >> _LONG_SHIFT
    hashes *= _THIRD
    hashes ^= hashes >> _SHIFT
    return hashes


def _plain(texts: pl.Series, *, has_marks: bool) -> pl.Series:
    """Normalise texts that are not ASCII, which Python does one by one."""
    wide = np.flatnonzero((texts.str.len_bytes() != texts.str.len_chars()).to_numpy())
    if not len(wide):
        return texts
    values: list[str] = texts.to_list()
    told = pl.Series([normalised(values[place]) for place in wide.tolist()], dtype=pl.String)
    if not has_marks:
        told = told.str.replace_all(_MARKS, " ")
    for place, value in zip(wide.tolist(), told.to_list(), strict=True):
        values[place] = value
    return pl.Series(values, dtype=pl.String)


def _utf8(texts: pl.Series) -> tuple[Bytes, Ints]:
    """Return the bytes of texts without nulls, and where each begins."""
    array = cast("Any", texts.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest()))
    _, places, data = array.buffers()
    offsets = np.frombuffer(places, np.int64)[array.offset : array.offset + len(array) + 1]
    if not len(offsets):
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    found = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return found[offsets[0] : offsets[-1]], offsets - offsets[0]


def _folded(data: Bytes, *, has_marks: bool) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """Return the bytes in lower case with eight more at the end, and which of them are between words."""
    text = np.zeros(len(data) + _STEP, np.uint8)
    folded = text[: len(data)]
    is_upper = (data - np.uint8(ord("A"))) < np.uint8(26)
    np.bitwise_or(data, is_upper.view(np.uint8) << np.uint8(5), out=folded)
    if has_marks:
        return text, ((data - np.uint8(9)) < np.uint8(5)) | ((data - np.uint8(28)) < np.uint8(5))
    is_letter = (folded - np.uint8(ord("a"))) < np.uint8(26)
    is_digit = (data - np.uint8(ord("0"))) < np.uint8(10)
    return text, ~(is_letter | is_digit | (data >= np.uint8(_ABOVE_ASCII)))


def _borders(is_space: npt.NDArray[np.bool_], offsets: Ints) -> tuple[Ints, Ints]:
    """Return where words begin, and where they end; no word goes on from one text to the next."""
    if not len(is_space):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    follows_space, precedes_space = np.empty_like(is_space), np.empty_like(is_space)
    follows_space[1:], precedes_space[:-1] = is_space[:-1], is_space[1:]
    follows_space[offsets[:-1][offsets[:-1] < len(is_space)]] = True
    precedes_space[offsets[1:][offsets[1:] > 0] - 1] = True
    is_word = ~is_space
    return np.flatnonzero(is_word & follows_space), np.flatnonzero(is_word & precedes_space) + 1


def _characters(data: Bytes, starts: Ints, ends: Ints) -> Ints:
    """Count the bytes of words that begin a character."""
    is_wide = data >= np.uint8(_ABOVE_ASCII)
    if not is_wide.any():
        return ends - starts
    follows = is_wide & (data < np.uint8(_LEAST_FIRST))
    before = np.concatenate(([0], np.cumsum(follows)))
    return ends - starts - (before[ends] - before[starts])


def _hashes(text: Bytes, starts: Ints, lengths: Ints) -> Hashes:
    """Hash words eight bytes at a time, all words at once; very long ones by BLAKE2."""
    eights = np.ndarray((max(len(text) - _STEP + 1, 0),), "<u8", buffer=text, strides=(1,))
    hashes = lengths.astype(np.uint64) * _FIRST
    if not len(starts):
        return hashes
    hashes ^= eights[starts] & _KEPT_BITS[np.minimum(lengths, _STEP)]
    mix(hashes)
    rest = np.flatnonzero(lengths > _STEP)
    at, left = starts[rest], lengths[rest]
    while len(rest):
        at, left = at + _STEP, left - _STEP
        is_long = left > _LONG_BYTES
        for place, start, size in zip(rest[is_long], at[is_long], left[is_long], strict=True):
            digest = hashlib.blake2b(text[start : start + size].tobytes(), digest_size=_STEP).digest()
            hashes[place] ^= np.uint64(int.from_bytes(digest, "little"))
        rest, at, left = rest[~is_long], at[~is_long], left[~is_long]
        hashes[rest] = mix((hashes[rest] * _FIRST) ^ (eights[at] & _KEPT_BITS[np.minimum(left, _STEP)]))
        goes_on = left > _STEP
        rest, at, left = rest[goes_on], at[goes_on], left[goes_on]
    return hashes
