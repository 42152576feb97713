"""How many documents of about 100 words a second do the checks of texts look at?

Documents are made of words by their frequency, with a tenth of them spoilt in one way or another. Prints the rate of
each check alone and of all together, in one process; `--processes 2` divides the documents between two.
"""

import argparse
import multiprocessing
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from pydantic import TypeAdapter

from textnlp.domain.validation.checks import Check
from textnlp.domain.validation.row_checks import RowChecks

DOCUMENTS = 20_000
BATCH = 2_000
CHECKS: list[dict[str, Any]] = [
    {"kind": "length", "min_words": 5, "max_characters": 5_000},
    {"kind": "words", "none_of": ["lorem", "casino", "viagra"]},
    {"kind": "language", "languages": ["en"]},
    {"kind": "readability", "low": -200},
    {"kind": "repetition"},
    {"kind": "prose"},
    {"kind": "markup"},
    {"kind": "complete"},
    {"kind": "encoding"},
    {"kind": "refusal"},
    {"kind": "pii"},
]
_COMMON = (
    *("the", "of", "and", "to", "in", "a", "is", "that", "for", "it", "as", "was", "with", "be", "by", "on", "not"),
    *("his", "but", "at", "are", "this", "have", "from", "or", "had", "an", "they", "which", "one", "you", "were"),
    *("her", "she", "there", "would", "their", "we", "him", "been", "has", "when", "who", "will", "no", "more", "if"),
)


def documents(count: int, *, seed: int = 5) -> list[dict[str, str]]:
    """Return rows of made-up English."""
    chance = random.Random(seed)
    rare = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(4, 9))) for _ in range(4_000)]
    words, weights = [*_COMMON, *rare], [*([40] * len(_COMMON)), *([1] * len(rare))]
    rows: list[dict[str, str]] = []
    for number in range(count):
        chosen = chance.choices(words, weights=weights, k=chance.randint(80, 120))
        sentences = [" ".join(chosen[place : place + 14]).capitalize() + "." for place in range(0, len(chosen), 14)]
        text = " ".join(sentences)
        if number % 10 == 0:
            ends = (" so good" * 40, " <br>", " As an AI, I", " (and", " \ufffd")
            text += ends[number // 10 % len(ends)]
        rows.append({"text": text})
    return rows


def seconds_of(checks: list[dict[str, Any]], rows: list[dict[str, str]]) -> float:
    """Return how long the checks take."""
    adapter: TypeAdapter[Any] = TypeAdapter(Check)
    ready = RowChecks([adapter.validate_python({"column": "text", **check}) for check in checks])
    ready.look(rows[:10])
    began = time.perf_counter()
    for place in range(0, len(rows), BATCH):
        ready.look(rows[place : place + BATCH])
    return time.perf_counter() - began


def main() -> None:
    """Print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=1)
    processes: int = parser.parse_args().processes
    rows = documents(DOCUMENTS)
    for check in CHECKS:
        sys.stdout.write(f"{check['kind']:12} {len(rows) / seconds_of([check], rows):>10,.0f} documents/s\n")
    if processes == 1:
        rate = len(rows) / seconds_of(CHECKS, rows)
    else:
        parts = [rows[number::processes] for number in range(processes)]
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
            rate = len(rows) / max(pool.map(seconds_of, [CHECKS] * processes, parts))
    sys.stdout.write(f"{'all':12} {rate:>10,.0f} documents/s in {processes} process(es)\n")


if __name__ == "__main__":
    main()
