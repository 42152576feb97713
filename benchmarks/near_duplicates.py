"""How fast are near-duplicates found among many texts, how well, and how much memory do the texts take?

    python benchmarks/near_duplicates.py [--texts 100000]

Every text has about 100 words of a vocabulary of 50,000 by Zipf's law; one in five repeats an earlier one with a few
words changed. Recall and precision are told against all pairs of a repeated text and its source whose true Jaccard
similarity reaches the threshold. `make bench-peers` gives such texts to others.
"""

import argparse
import random
import sys
import time
from dataclasses import dataclass

import numpy as np
import psutil

from textnlp.domain.duplicates.near_duplicates import NearDuplicates

VOCABULARY = 50_000
REPEATED = 0.2
AT_ONCE = 2_000


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Texts, and for each that repeats an earlier one which."""

    texts: list[str]
    sources: list[int | None]


def make_texts(count: int) -> Texts:
    """Return texts by their number."""
    chance = random.Random(1)
    rng = np.random.default_rng(1)
    weights = 1 / np.arange(1, VOCABULARY + 1)
    drawn = rng.choice(VOCABULARY, size=count * 100, p=weights / weights.sum())
    texts: list[str] = []
    sources: list[int | None] = []
    originals: list[int] = []
    for number in range(count):
        source = chance.choice(originals) if originals and chance.random() < REPEATED else None
        if source is None:
            words = [f"word{each}" for each in drawn[number * 100 : number * 100 + chance.randint(80, 100)]]
            originals.append(number)
        else:
            words = texts[source].split()
            for place in chance.sample(range(len(words)), chance.randint(0, 3)):
                words[place] = f"changed{chance.randrange(1_000)}"
        texts.append(" ".join(words))
        sources.append(source)
    return Texts(texts=texts, sources=sources)


def jaccard(one: str, other: str) -> float:
    """Return the similarity of the sets of three-word runs, in the plainest way."""
    first, second = (
        {tuple(words[at : at + 3]) for at in range(len(words) - 2)} for words in (one.split(), other.split())
    )
    return len(first & second) / len(first | second)


def told(name: str, made: Texts, found: list[int | None], seconds: float, threshold: float) -> str:
    """Return a line: speed, recall of repeated texts that reach the threshold, precision of what was found."""
    texts = made.texts
    pairs = [(number, source) for number, source in enumerate(made.sources) if source is not None]
    wanted = [number for number, source in pairs if jaccard(texts[number], texts[source]) >= threshold]
    caught = sum(found[number] is not None for number in wanted)
    twins = [(number, twin) for number, twin in enumerate(found) if twin is not None]
    right = sum(jaccard(texts[number], texts[twin]) >= threshold for number, twin in twins)
    return (
        f"{name:10} threshold {threshold:<4g} {len(texts) / seconds:>9,.0f} texts/s  "
        f"recall {caught / max(1, len(wanted)):.4f} of {len(wanted):,}  precision {right / max(1, len(twins)):.4f}"
    )


def measure(made: Texts, threshold: float) -> None:
    """Print the figures of one threshold."""
    process = psutil.Process()
    before = process.memory_info().rss
    seen = NearDuplicates(threshold=threshold)
    found: list[int | None] = []
    began = time.perf_counter()
    for first in range(0, len(made.texts), AT_ONCE):
        for number, key in enumerate(seen.keys(made.texts[first : first + AT_ONCE]), first):
            twin = seen.find_key(key)
            found.append(twin)
            if twin is None:
                seen.add_key(key, number)
    seconds = time.perf_counter() - began
    grown = (process.memory_info().rss - before) / 1e6
    sys.stdout.write(f"{told('textnlp', made, found, seconds, threshold)}  {grown:,.0f} MB\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=100_000)
    arguments = parser.parse_args()
    those = make_texts(arguments.texts)
    for each in (1.0, 0.9, 0.8, 0.5):
        measure(those, each)
