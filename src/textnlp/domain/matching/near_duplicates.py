"""Texts that say what an earlier one says already."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import rensa

from textnlp.domain.errors import invalid_input
from textnlp.domain.matching.shingles import normalised, shingles_of

_MOST_HASHES = 128
_RECALL = 0.998
_LEAST = 1e-9
_SEED = 1
_COMPARED_AT_ONCE = 256
_DIGEST_BYTES = 16

_rensa = cast("Any", rensa)

_Hashes = npt.NDArray[np.uint64]


class NearDuplicates:
    """The texts so far, and which of them another text is nearly equal to.

    Two texts are near-duplicates where the Jaccard similarity of their sets of three-word shingles reaches the
    threshold, their resemblance after Broder ("On the resemblance and containment of documents", 1997). Candidates
    come from locality-sensitive hashing of their MinHash in bands (Indyk and Motwani 1998; Leskovec, Rajaraman and
    Ullman, "Mining of Massive Datasets", chapter 3), and every one is compared in full: none below the threshold is
    ever found; one at a threshold of 0.05 or more is found with a probability of 99.8 %, and one above it with more.
    At a threshold of 1 texts are duplicates where they are equal after normalisation.

    A text of 60 words takes about 2 kB, and 100 bytes at a threshold of 1. Raises `INVALID_INPUT` for a threshold that
    does not lie above 0 and up to 1.
    """

    def __init__(self, *, threshold: float) -> None:
        if not 0 < threshold <= 1:
            raise invalid_input(f"The threshold is {threshold:g}, and lies above 0 and up to 1.", field="threshold")
        self._index = _EqualTexts() if threshold == 1 else _SimilarTexts(threshold)

    def find(self, text: str) -> int | None:
        """Return the number of the first text added that is a near-duplicate of this one; None where there is none."""
        return self._index.find(text)

    def add(self, text: str, number: int) -> None:
        """Keep a text under a number; one that `find` was asked about just before is not worked out again."""
        self._index.add(text, number)


class _EqualTexts:
    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}

    def find(self, text: str) -> int | None:
        return self._numbers.get(_digest(text))

    def add(self, text: str, number: int) -> None:
        self._numbers.setdefault(_digest(text), number)


@dataclass(frozen=True, slots=True)
class _Sketch:
    """What is known of a text: its MinHash, and the hashes of its shingles in order, each once."""

    minhash: Any
    hashes: _Hashes


class _SimilarTexts:
    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        rows, bands = _shape_for(threshold)
        self._size = rows * bands
        self._lsh = _rensa.RMinHashLSH(threshold, self._size, bands)
        self._numbers: list[int] = []
        self._hashes: list[_Hashes] = []
        self._latest: tuple[str, _Sketch] | None = None

    def find(self, text: str) -> int | None:
        sketch = self._sketch(text)
        places: list[int] = sorted(self._lsh.query(sketch.minhash))
        similar = next(self._similar(sketch.hashes, places), None)
        return None if similar is None else self._numbers[similar]

    def add(self, text: str, number: int) -> None:
        sketch = self._sketch(text)
        self._lsh.insert(len(self._numbers), sketch.minhash)
        self._numbers.append(number)
        self._hashes.append(sketch.hashes)

    def _sketch(self, text: str) -> _Sketch:
        if self._latest is not None and self._latest[0] == text:
            return self._latest[1]
        shingles = shingles_of(text.encode("utf-8", "replace").decode())
        minhash = _rensa.RMinHash(self._size, _SEED)
        minhash.update(shingles)
        hashes = np.unique(np.array(_rensa.RMinHash.hash_token_sets([shingles])[0], dtype=np.uint64))
        sketch = _Sketch(minhash, hashes)
        self._latest = (text, sketch)
        return sketch

    def _similar(self, hashes: _Hashes, places: Sequence[int]) -> Iterator[int]:
        """Yield those of the places whose texts reach the threshold, in order."""
        for first in range(0, len(places), _COMPARED_AT_ONCE):
            compared = places[first : first + _COMPARED_AT_ONCE]
            others = [self._hashes[place] for place in compared]
            sizes = np.array([len(other) for other in others])
            flat = np.concatenate(others)
            nearest = np.minimum(np.searchsorted(hashes, flat), len(hashes) - 1)
            starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
            shared = np.add.reduceat((hashes[nearest] == flat).astype(np.int64), starts)
            reaches = shared / (len(hashes) + sizes - shared) >= self._threshold
            yield from (compared[int(place)] for place in np.flatnonzero(reaches))


def _shape_for(threshold: float) -> tuple[int, int]:
    """Return rows a band and bands that find what is at the threshold.

    The longer the bands, the fewer candidates there are, and the more bands it takes.
    """
    for rows in range(_MOST_HASHES // 2, 1, -1):
        bands = math.ceil(math.log(1 - _RECALL) / math.log1p(-max(threshold**rows, _LEAST)))
        if rows * bands <= _MOST_HASHES:
            return rows, bands
    return 1, _MOST_HASHES


def _digest(text: str) -> bytes:
    encoded = normalised(text).encode("utf-8", "replace")
    return hashlib.blake2b(encoded, digest_size=_DIGEST_BYTES).digest()
