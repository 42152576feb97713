"""How fast are duplicates found among many texts, how many of those that are there, and in how much memory?

    python benchmarks/duplicates.py [--texts 100000] [--threshold 0.8]

Texts have about 100 words, drawn as often as words are in a language (Zipf). One in five repeats an earlier original,
with a run of words changed so that the similarity is known: from the threshold to 1 for two in three of them, and below
it, down to 0.5, for the others. Pairs of a repetition and its original are true where their Jaccard similarity, worked
out on strings, reaches the threshold. Every way runs in a process of its own, on texts in a Polars series.

Two others are measured where they are installed, with as many hash values and bands: datasketch (`pip install
datasketch`; MinHashLSH, candidates verified by its own estimate) and rensa (the loop of its documentation).
"""

import argparse
import importlib
import importlib.util
import json
import math
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

import numpy as np  # noqa: E402  after the paths
import numpy.typing as npt  # noqa: E402  as above
import polars as pl  # noqa: E402  as above

from textnlp.domain.duplicates.benchmark_index import BenchmarkIndex  # noqa: E402  as above
from textnlp.domain.duplicates.copied_spans import copied_spans  # noqa: E402  as above
from textnlp.domain.duplicates.exact_duplicate_index import ExactDuplicateIndex  # noqa: E402  as above
from textnlp.domain.duplicates.near_duplicate_index import NearDuplicateIndex  # noqa: E402  as above
from textnlp.domain.duplicates.semantic_duplicate_index import SemanticDuplicateIndex  # noqa: E402  as above
from textnlp.domain.matching.normalisation import normalised  # noqa: E402  as above

Labels = npt.NDArray[Any]
VOCABULARY = 50_000
REPEATED = 0.2
BATCH = 10_000
SEMANTIC = (20_000, 384)


def shingles_of(text: str) -> set[str]:
    words = normalised(text).split()
    return set(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def make_texts(count: int, threshold: float) -> tuple[pl.Series, Labels]:
    """Return texts, and by text the original that it repeats at the threshold or above; -1 where it repeats none."""
    rng, draw = random.Random(1), np.random.default_rng(1)
    vocabulary = np.array(
        ["".join(rng.choices("etaoinshrdlucmfwypvbgkjqxz", k=rng.randint(1, 12))) for _ in range(VOCABULARY)]
    )
    shares = 1 / np.arange(10, VOCABULARY + 10)
    shares /= shares.sum()
    texts: list[str] = []
    originals: list[int] = []
    truth = np.full(count, -1)
    words: Labels = np.zeros((0, 0))
    for row in range(count):
        if row % BATCH == 0:
            words = draw.choice(vocabulary, p=shares, size=(BATCH, 130))
        drawn: list[str] = words[row % BATCH].tolist()
        if originals and rng.random() < REPEATED:
            original = rng.choice(originals)
            kept = texts[original].split()
            aim = rng.uniform(threshold, 1) if rng.random() < 2 / 3 else rng.uniform(0.5, threshold)
            changed = round((len(kept) - 2) * (1 - aim) / (1 + aim))
            texts.append(" ".join(kept[: len(kept) - changed] + drawn[:changed]))
            one, two = shingles_of(texts[original]), shingles_of(texts[row])
            if len(one & two) / len(one | two) >= threshold:
                truth[row] = original
        else:
            texts.append(" ".join(drawn[: rng.randint(70, 130)]))
            originals.append(row)
    return pl.Series(texts), truth


def ours(texts: pl.Series, threshold: float, *, threads: int) -> Labels:
    with tempfile.TemporaryFile() as spill, ThreadPoolExecutor(threads) as executor:
        index = NearDuplicateIndex(threshold=threshold, spill=spill, executor=executor if threads > 1 else None)
        for first in range(0, len(texts), BATCH):
            index.add(texts[first : first + BATCH])
        found = index.clusters()
        labels = np.arange(len(texts))
        labels[found.removed] = found.keepers
        return labels


def band_shape(threshold: float) -> tuple[int, int]:
    """Return rows a band and bands that find what is at a threshold with a probability of 99.8 %, of 128 values."""
    shapes = [(rows, math.ceil(math.log(0.002) / math.log1p(-(threshold**rows)))) for rows in range(64, 0, -1)]
    return next((rows, bands) for rows, bands in shapes if rows * bands <= 128)


def datasketch(texts: pl.Series, threshold: float) -> Labels:
    theirs: Any = importlib.import_module("datasketch")
    rows, bands = band_shape(threshold)
    lsh = theirs.MinHashLSH(num_perm=rows * bands, params=(bands, rows))
    labels = np.arange(len(texts))
    kept: list[Any] = []
    for row, text in enumerate(texts):
        minhash = theirs.MinHash(num_perm=rows * bands)
        minhash.update_batch([shingle.encode() for shingle in shingles_of(text)])
        kept.append(minhash)
        similar = [other for other in lsh.query(minhash) if kept[other].jaccard(minhash) >= threshold]
        labels[row] = labels[min(similar)] if similar else row
        lsh.insert(row, minhash)
    return labels


def rensa_loop(texts: pl.Series, threshold: float) -> Labels:
    theirs: Any = importlib.import_module("rensa")
    rows, bands = band_shape(threshold)
    lsh = theirs.RMinHashLSH(threshold=threshold, num_perm=rows * bands, num_bands=bands)
    labels = np.arange(len(texts))
    kept: list[Any] = []
    for row, text in enumerate(texts):
        minhash = theirs.RMinHash(num_perm=rows * bands, seed=1)
        minhash.update(list(shingles_of(text)))
        kept.append(minhash)
        similar = [other for other in lsh.query(minhash) if kept[other].jaccard(minhash) >= threshold]
        labels[row] = labels[min(similar)] if similar else row
        lsh.insert(row, minhash)
    return labels


def precision(texts: pl.Series, labels: Labels, threshold: float) -> float:
    """Return how many of up to 5,000 rows that were found repeat a row of their set at the threshold."""
    sets: dict[int, list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        sets.setdefault(label, []).append(row)
    found = [row for row, label in enumerate(labels.tolist()) if row != label]
    drawn = random.Random(2).sample(found, min(len(found), 5_000))
    return sum(_has_equal(texts, row, sets[int(labels[row])], threshold) for row in drawn) / max(len(drawn), 1)


def _has_equal(texts: pl.Series, row: int, others: list[int], threshold: float) -> bool:
    one = shingles_of(texts[row])
    for other in others:
        two = shingles_of(texts[other])
        if other != row and len(one & two) / len(one | two) >= threshold:
            return True
    return False


WAYS: dict[str, Callable[[pl.Series, float], Labels]] = {
    "textnlp, one thread": lambda texts, threshold: ours(texts, threshold, threads=1),
    "textnlp, two threads": lambda texts, threshold: ours(texts, threshold, threads=2),
    "datasketch": datasketch,
    "rensa, bare loop": rensa_loop,
}


def measure(way: str, count: int, threshold: float) -> None:
    """Print what one way does, as JSON."""
    texts, truth = make_texts(count, threshold)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    labels = WAYS[way](texts, threshold)
    seconds = time.perf_counter() - began
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    rows = np.flatnonzero(truth >= 0)
    recall = float((labels[rows] == labels[truth[rows]]).mean())
    told = {"per_second": count / seconds, "recall": recall, "precision": precision(texts, labels, threshold)}
    print(json.dumps({**told, "megabytes": grown / 1e3 * (1 if sys.platform == "linux" else 1e-3)}))


def compare(count: int, threshold: float) -> None:
    speeds: dict[str, float] = {}
    print(f"near-duplicates, threshold {threshold:g}")
    for way in WAYS:
        if way == "datasketch" and importlib.util.find_spec("datasketch") is None:
            print("  datasketch is not installed")
            continue
        command = [sys.executable, __file__, "--texts", str(count), "--threshold", str(threshold), "--way", way]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        speeds[way] = told["per_second"]
        print(
            f"  {way:22} {count:>9,} texts {told['per_second']:>8,.0f}/s  recall {told['recall']:.2%}  "
            f"precision {told['precision']:.2%}  {told['megabytes']:,.0f} MB more"
        )
    best = max(speed for way, speed in speeds.items() if way.startswith("textnlp"))
    for way in ("datasketch", "rensa, bare loop"):
        if way in speeds:
            print(f"  {best / speeds[way]:.1f} times as fast as {way}")


def measure_others(texts: pl.Series) -> None:
    exact = ExactDuplicateIndex()
    began = time.perf_counter()
    exact.add(texts)
    exact.clusters()
    print(f"exact duplicates             {len(texts) / (time.perf_counter() - began):>9,.0f} texts/s")
    half = len(texts) // 2
    benchmarks = BenchmarkIndex()
    benchmarks.add(texts[:half], file="benchmark")
    benchmarks.find(texts[:1])
    began = time.perf_counter()
    benchmarks.find(texts[half:])
    print(f"benchmark overlap            {half / (time.perf_counter() - began):>9,.0f} texts/s")
    began = time.perf_counter()
    copied_spans(texts[:half], texts[half : 2 * half])
    print(f"longest copied span          {half / (time.perf_counter() - began):>9,.0f} pairs/s")
    vectors = np.random.default_rng(1).normal(size=SEMANTIC).astype(np.float32)
    semantic = SemanticDuplicateIndex(threshold=0.9)
    began = time.perf_counter()
    semantic.add(vectors)
    semantic.clusters()
    told = f"{SEMANTIC[0] ** 2 / 2 / (time.perf_counter() - began) / 1e6:,.0f} million pairs/s"
    print(f"semantic, {SEMANTIC[0]:,} of {SEMANTIC[1]}      {told:>16}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--threshold", type=float, default=0.8)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        measure(arguments.way, arguments.texts, arguments.threshold)
    else:
        compare(arguments.texts, arguments.threshold)
        measure_others(make_texts(min(arguments.texts, 100_000), arguments.threshold)[0])
