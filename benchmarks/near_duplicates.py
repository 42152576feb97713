"""How fast are near-duplicates found among many texts, and how much memory do the texts take?

    python benchmarks/near_duplicates.py [--texts 100000]

Every text has 60 words of a vocabulary of 5,000; one in ten repeats an earlier one with one word changed, which is
found from a threshold of about 0.9 down. Texts are looked up and, where they are none, added, as in a run.
"""

import argparse
import random
import time

import psutil

from textnlp.domain.matching.near_duplicates import NearDuplicates

WORDS = 60
VOCABULARY = [f"word{number}" for number in range(5_000)]
REPEATED = 0.1


def make_texts(count: int) -> list[str]:
    rng = random.Random(1)
    texts: list[str] = []
    for _ in range(count):
        if texts and rng.random() < REPEATED:
            words = rng.choice(texts).split()
            words[rng.randrange(WORDS)] = "changed"
        else:
            words = rng.choices(VOCABULARY, k=WORDS)
        texts.append(" ".join(words))
    return texts


def measure(texts: list[str], threshold: float) -> None:
    process = psutil.Process()
    before = process.memory_info().rss
    seen = NearDuplicates(threshold=threshold)
    found = 0
    began_at = time.perf_counter()
    for number, text in enumerate(texts):
        if seen.find(text) is None:
            seen.add(text, number)
        else:
            found += 1
    seconds = time.perf_counter() - began_at
    grown = (process.memory_info().rss - before) / 1e6
    print(f"threshold {threshold:<4g}  {len(texts) / seconds:>9,.0f} texts/s  {found:>7,} found  {grown:>6,.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=100_000)
    arguments = parser.parse_args()
    made = make_texts(arguments.texts)
    for each in (1.0, 0.9, 0.8, 0.5):
        measure(made, each)
