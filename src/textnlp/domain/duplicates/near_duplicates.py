"""Texts that say what an earlier one says already."""

import hashlib
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from textnlp.domain.duplicates.hashed_words import Hashes
from textnlp.domain.duplicates.shingle_sets import shingle_sets
from textnlp.domain.errors import invalid_input
from textnlp.domain.matching.normalisation import normalised

_DIGEST_BYTES = 16
_SLACK = 1e-9
_COMPARED_AT_ONCE = 256
_LONGEST_LIST = 32
_MANY = 4
"""Once a list is longer than the first, runs that more texts than the second share are looked at last."""


class NearDuplicates:
    """The texts so far, and which of them another text is nearly equal to.

    Two texts are near-duplicates where the Jaccard similarity of their sets of three-word shingles reaches the
    threshold, their resemblance after Broder ("On the resemblance and containment of documents", 1997). Candidates are
    found by the prefix filter of Chaudhuri, Ganti and Kaushik ("A primitive operator for similarity joins", 2006) and
    Bayardo, Ma and Srikant ("Scaling up all pairs similarity search", 2007): in any one order of all runs, two sets
    that are that similar share one of the first few of each. Every candidate is compared in full, so that all
    near-duplicates are found, and nothing else. At a threshold of 1 texts are duplicates where they are equal after
    normalisation.

    A text of 100 words takes about 2 kB, and 100 bytes at a threshold of 1. Raises `INVALID_INPUT` for a threshold that
    does not lie above 0 and up to 1.
    """

    def __init__(self, *, threshold: float) -> None:
        if not 0 < threshold <= 1:
            raise invalid_input(f"The threshold is {threshold:g}, and lies above 0 and up to 1.", field="threshold")
        self._index = _EqualTexts() if threshold == 1 else _SimilarSets(threshold)
        self._latest: tuple[str, Hashes] | None = None

    def find(self, text: str) -> int | None:
        """Return the number of the first text added that is a near-duplicate of this one; None where there is none."""
        return self._index.find(self._key(text))

    def add(self, text: str, number: int) -> None:
        """Keep a text under a number; one that `find` was asked about just before is not worked out again."""
        self._index.add(self._key(text), number)

    def keys(self, texts: Sequence[str]) -> list[Hashes]:
        """Return what `find_key` and `add_key` take in the place of texts; for many at once, it costs much less."""
        return self._index.keys(texts)

    def find_key(self, key: Hashes) -> int | None:
        """Return what `find` returns for the text of a key."""
        return self._index.find(key)

    def add_key(self, key: Hashes, number: int) -> None:
        """Keep the text of a key under a number."""
        self._index.add(key, number)

    def _key(self, text: str) -> Hashes:
        if self._latest is None or self._latest[0] != text:
            self._latest = (text, self._index.keys([text])[0])
        return self._latest[1]


class _EqualTexts:
    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}

    def keys(self, texts: Sequence[str]) -> list[Hashes]:
        return [np.frombuffer(_digest(text), np.uint64) for text in texts]

    def find(self, key: Hashes) -> int | None:
        return self._numbers.get(key.tobytes())

    def add(self, key: Hashes, number: int) -> None:
        self._numbers.setdefault(key.tobytes(), number)


class _SimilarSets:
    """Sets that were added, and by each of the first few runs of a set, the sets that have it among theirs.

    The order of runs is by hash, but for those that many sets have: they come last, so that they are hardly looked up.
    Which these are is found on the way; the lists are then made anew.
    """

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._numbers: list[int] = []
        self._sets: list[Hashes] = []
        self._holders: dict[int, list[int]] = {}
        self._frequent = np.zeros(0, np.uint64)
        self._longest_list = _LONGEST_LIST
        self._latest: tuple[Hashes, list[int]] | None = None

    def keys(self, texts: Sequence[str]) -> list[Hashes]:
        sets = shingle_sets(texts)
        return np.split(sets.hashes, sets.offsets[1:-1]) if texts else []

    def find(self, key: Hashes) -> int | None:
        holders = self._holders
        found: set[int] = set()
        runs = self._first_runs(key)
        self._latest = (key, runs)
        for run in runs:
            places = holders.get(run)
            if places is not None:
                found.update(places)
        if not found:
            return None
        place = self._first_similar(key, sorted(found))
        return None if place is None else self._numbers[place]

    def add(self, key: Hashes, number: int) -> None:
        place = len(self._sets)
        self._numbers.append(number)
        self._sets.append(key)
        is_latest = self._latest is not None and self._latest[0] is key
        runs = self._latest[1] if is_latest and self._latest is not None else self._first_runs(key)
        if self._list(runs, place) > self._longest_list:
            self._put_frequent_runs_last()

    def _list(self, runs: list[int], place: int) -> int:
        """Note a set under its first runs; return the length of the longest list that it is now on."""
        holders = self._holders
        longest = 1
        for run in runs:
            places = holders.get(run)
            if places is None:
                holders[run] = [place]
            else:
                places.append(place)
                longest = max(longest, len(places))
        return longest

    def _first_runs(self, key: Hashes) -> list[int]:
        count = len(key) - max(1, math.ceil(self._threshold * len(key) - _SLACK)) + 1
        if len(self._frequent):
            is_frequent = _is_in(key, self._frequent)
            if is_frequent[:count].any():
                return np.concatenate((key[~is_frequent], key[is_frequent]))[:count].tolist()
        return key[:count].tolist()

    def _put_frequent_runs_last(self) -> None:
        """Make the lists anew, with runs that many sets have at the end of the order.

        The limit grows every time, so that the work stays in proportion to the texts; where texts are alike in most of
        what they are, nothing else tells them apart, and lists stay long.
        """
        frequent = np.array([run for run, places in self._holders.items() if len(places) > _MANY], np.uint64)
        self._frequent = np.union1d(self._frequent, frequent)
        self._longest_list *= 2
        self._holders, self._latest = {}, None
        for place, key in enumerate(self._sets):
            self._list(self._first_runs(key), place)

    def _first_similar(self, key: Hashes, places: list[int]) -> int | None:
        """Return the first of the places whose set reaches the threshold."""
        size = len(key)
        least, most = self._threshold * size - _SLACK, size / self._threshold + _SLACK
        likely = [place for place in places if least <= len(self._sets[place]) <= most]
        for first in range(0, len(likely), _COMPARED_AT_ONCE):
            compared = likely[first : first + _COMPARED_AT_ONCE]
            others = [self._sets[place] for place in compared]
            sizes = np.array([len(other) for other in others])
            begins = np.concatenate(([0], np.cumsum(sizes)[:-1]))
            shared = np.add.reduceat(_is_in(np.concatenate(others), key).astype(np.int64), begins)
            reaches = np.flatnonzero(shared / (size + sizes - shared) >= self._threshold)
            if len(reaches):
                return compared[int(reaches[0])]
        return None


def _is_in(values: Hashes, ordered: Hashes) -> npt.NDArray[np.bool_]:
    """Return by value whether it is one of some that are in order."""
    nearest = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return ordered[nearest] == values


def _digest(text: str) -> bytes:
    encoded = normalised(text).encode("utf-8", "replace")
    return hashlib.blake2b(encoded, digest_size=_DIGEST_BYTES).digest()
