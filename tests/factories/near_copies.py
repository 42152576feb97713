"""Pairs of texts that are as similar as is asked for, and what their similarity is told by."""

import random

from textnlp.domain.matching.normalisation import normalised

_WORDS = 3


def shingles_of(text: str) -> set[str]:
    """Return the different runs of three words of a text; one of fewer words is one run."""
    words = normalised(text).split(" ")
    return {" ".join(words[place : place + _WORDS]) for place in range(max(len(words) - _WORDS, 0) + 1)}


def near_copies(rng: random.Random, *, count: int, words: int, similarity: float) -> list[tuple[str, str]]:
    """Return pairs whose Jaccard similarity of three-word shingles is the least that is not below `similarity`.

    The second text is the first with other words at its end: of n shingles each, m different, (n - m) / (n + m).
    """
    shingles = words - 2
    changed = int(shingles * (1 - similarity) / (1 + similarity) + 1e-9)
    pairs: list[tuple[str, str]] = []
    for _ in range(count):
        first = [f"{rng.getrandbits(40):x}" for _ in range(words)]
        second = first[: words - changed] + [f"{rng.getrandbits(40):x}" for _ in range(changed)]
        pairs.append((" ".join(first), " ".join(second)))
    return pairs
