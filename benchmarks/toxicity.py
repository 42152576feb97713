"""How much of what is toxic is found, how much of what is found is toxic, and how fast?

Texts are made from sentences that the method was not made with: half of them toxic, a third of their words disguised;
the others hard to tell from them. `--data FILE` adds labelled texts of others: a CSV file with a column of texts and
one of labels, named by `--text` and `--label`; `--toxic` is the label of those that are. `--peers PYTHON`, an
interpreter that has better-profanity and alt-profanity-check, gives them the same texts.
"""

import argparse
import csv
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import polars as pl  # noqa: E402  after the paths
from tests.factories.labelled_toxicity import LabelledText, labelled_texts  # noqa: E402  as above

from textnlp.domain.texts.toxicity.model import Category  # noqa: E402  as above
from textnlp.domain.texts.toxicity.scanner import ToxicityScanner, scores_of  # noqa: E402  as above

TEXTS = 20_000
PEER_TEXTS = 2_000
BATCH = 2_000
MAX_SCORE = 0.5
_PEERS = """
import json, sys, time
texts = json.load(sys.stdin)
answers = {}
try:
    from better_profanity import profanity
    profanity.contains_profanity(texts[0])
    began = time.perf_counter()
    found = [bool(profanity.contains_profanity(text)) for text in texts]
    answers["better-profanity"] = [found, time.perf_counter() - began]
except ImportError:
    pass
try:
    from profanity_check import predict
    predict(texts[:1])
    began = time.perf_counter()
    found = [bool(each) for each in predict(texts)]
    answers["alt-profanity-check"] = [found, time.perf_counter() - began]
except ImportError:
    pass
json.dump(answers, sys.stdout)
"""


def scan(texts: Sequence[str], categories: Sequence[Category]) -> tuple[list[dict[Category, float]], float]:
    """Return the scores of each text by category, and the seconds that it took."""
    scanner = ToxicityScanner(categories, languages=["en"])
    series = pl.Series(texts)
    scanner.scan(series[:10])
    began = time.perf_counter()
    scores: list[dict[Category, float]] = []
    for first in range(0, len(series), BATCH):
        part = series[first : first + BATCH]
        found = scanner.scan(part)
        scores += [scores_of(found.get(place, [])) for place in range(len(part))]
    return scores, time.perf_counter() - began


def told(name: str, wanted: Sequence[bool], found: Sequence[bool]) -> str:
    """Return a line with precision, recall and F1."""
    right = sum(is_wanted and is_found for is_wanted, is_found in zip(wanted, found, strict=True))
    precision, recall = right / max(1, sum(found)), right / max(1, sum(wanted))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"  {name:20} precision {precision:6.1%}  recall {recall:6.1%}  F1 {f1:6.1%}  of {sum(wanted):,}\n"


def print_made(texts: list[LabelledText]) -> None:
    """Print the figures of texts that were made, by category, and what is taken for toxic by kind."""
    scores, seconds = scan([text.text for text in texts], list(Category))
    sys.stdout.write(f"made: {len(texts):,} texts, {len(texts) / seconds:,.0f} texts/s\n")
    flagged = [max(each.values(), default=0) > MAX_SCORE for each in scores]
    sys.stdout.write(told("toxic", [text.category is not None for text in texts], flagged))
    for category in Category:
        is_found = [each.get(category, 0) > MAX_SCORE for each in scores]
        sys.stdout.write(told(category.value, [text.category is category for text in texts], is_found))
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for text, is_flagged in zip(texts, flagged, strict=True):
        if text.category is None:
            by_kind[text.kind].append(is_flagged)
    for kind, flags in sorted(by_kind.items()):
        sys.stdout.write(f"  {kind:20} taken for toxic {sum(flags) / len(flags):6.1%}  of {len(flags):,}\n")


def print_others(name: str, texts: Sequence[str], wanted: Sequence[bool], categories: Sequence[Category]) -> None:
    """Print the figures of texts that others have labelled."""
    scores, seconds = scan(texts, categories)
    sys.stdout.write(f"{name}: {len(texts):,} texts, {len(texts) / seconds:,.0f} texts/s\n")
    for most in (MAX_SCORE, 0.3):
        found = [max(each.values(), default=0) > most for each in scores]
        sys.stdout.write(told(f"max_score {most}", wanted, found))


def print_peers(interpreter: str | None, texts: Sequence[str], wanted: Sequence[bool]) -> None:
    """Print the figures of others, or that there are none."""
    if interpreter is None:
        sys.stdout.write("  peers were not asked: --peers names an interpreter that has them\n")
        return
    run = subprocess.run(
        [interpreter, "-c", _PEERS], input=json.dumps(list(texts)), text=True, capture_output=True, check=True
    )
    answers: dict[str, tuple[list[bool], float]] = json.loads(run.stdout)
    for peer in ("better-profanity", "alt-profanity-check"):
        if peer not in answers:
            sys.stdout.write(f"  {peer} is not installed\n")
            continue
        found, seconds = answers[peer]
        sys.stdout.write(told(peer, wanted, found))
        sys.stdout.write(f"  {peer:20} {len(texts) / seconds:,.0f} texts/s\n")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", help="an interpreter with better-profanity and alt-profanity-check")
    parser.add_argument("--data", type=Path, help="a CSV file of labelled texts")
    parser.add_argument("--text", default="text", help="its column of texts")
    parser.add_argument("--label", default="is_toxic", help="its column of labels")
    parser.add_argument("--toxic", default="Toxic", help="the label of those that are")
    parser.add_argument(
        "--categories", nargs="+", default=list(Category), type=Category, help="what it is labelled for"
    )
    given = parser.parse_args()
    made = labelled_texts(TEXTS, seed=11, is_held_out=True)
    print_made(made)
    some = made[:PEER_TEXTS]
    print_peers(given.peers, [text.text for text in some], [text.category is not None for text in some])
    if given.data is not None:
        with given.data.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        texts, wanted = [row[given.text] for row in rows], [row[given.label] == given.toxic for row in rows]
        print_others(given.data.stem, texts, wanted, given.categories)
        print_peers(given.peers, texts, wanted)


if __name__ == "__main__":
    main()
