"""How much of the personal data in texts is found, how much of what is found is some, and how fast?

Texts are made with known places of personal data, by type and country, among sentences that only look like it. Names
are from the tables that the scanner knows, so that their figure says how well the form is found, not how many names are
known. With `--presidio PYTHON`, an interpreter that has presidio-analyzer, some of the texts are given to Presidio's
default pipeline as well. Without spaCy's `en_core_web_lg` it runs with no model, which says what its patterns find, and
with one of the same layers that nobody has trained, which says how long it takes.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import polars as pl  # noqa: E402  after the paths
from tests.factories.labelled_pii import Labelled, labelled_texts  # noqa: E402  as above

from textnlp.domain.pii.model import PiiType  # noqa: E402  as above
from textnlp.domain.pii.scanner import PiiScanner  # noqa: E402  as above

TEXTS = 20_000
PRESIDIO_TEXTS = 500
_THEIRS = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "iban",
    "US_SSN": "national_id",
    "UK_NINO": "national_id",
    "IP_ADDRESS": "ip_address",
    "MAC_ADDRESS": "mac_address",
    "PERSON": "name",
    "LOCATION": "address",
}
_PRESIDIO = """
import json, sys, time
import spacy
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine

class Given(SpacyNlpEngine):
    def __init__(self, model):
        super().__init__()
        self.nlp = {"en": model}
    def load(self):
        pass

def untrained():
    model = spacy.blank("en")
    for name, label in (("tagger", "NN"), ("parser", "nsubj"), ("ner", "EVENT")):
        model.add_pipe(name).add_label(label)
    model.initialize()
    return model

way = sys.argv[1]
if way == "default":
    engine = AnalyzerEngine()
else:
    model = untrained() if way == "untrained" else spacy.blank("en")
    engine = AnalyzerEngine(nlp_engine=Given(model), supported_languages=["en"])
texts = json.load(sys.stdin)
engine.analyze(text=texts[0], language="en")
began = time.perf_counter()
answers = [engine.analyze(text=text, language="en") for text in texts]
found = [[(each.entity_type, each.start, each.end) for each in answer] for answer in answers]
json.dump({"seconds": time.perf_counter() - began, "found": found}, sys.stdout)
"""
_HAS_MODEL = "import spacy.util, sys; sys.exit(not spacy.util.is_package('en_core_web_lg'))"
_WITHOUT_MODEL = {
    "blank": "presidio without a model of names",
    "untrained": "presidio with an untrained model, which takes its time and finds no names",
}


def measure(texts: list[Labelled], found: list[list[tuple[str, int, int]]]) -> dict[str, tuple[float, float, int]]:
    """Return by type precision, recall and how many there are; what overlaps the right place counts as found."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    there: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for text, findings in zip(texts, found, strict=True):
        for kind, start, end in text.spans:
            there[kind.value] += 1
            caught[kind.value] += any(
                name == kind.value and first < end and last > start for name, first, last in findings
            )
        for name, first, last in findings:
            is_right = any(name == kind.value and first < end and last > start for kind, start, end in text.spans)
            (right if is_right else wrong)[name] += 1
    return {
        name: (right[name] / max(1, right[name] + wrong[name]), caught[name] / max(1, there[name]), there[name])
        for name in [kind.value for kind in PiiType]
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presidio", help="an interpreter with presidio-analyzer")
    presidio: str | None = parser.parse_args().presidio
    texts = labelled_texts(TEXTS, seed=11)
    scanner = PiiScanner(PiiType)
    series = pl.Series([text.text for text in texts])
    scanner.scan(series[:10])
    began = time.perf_counter()
    scanned: dict[int, list[tuple[str, int, int]]] = {}
    for first in range(0, TEXTS, 2_000):
        for place, findings in scanner.scan(series[first : first + 2_000]).items():
            scanned[first + place] = [(each.type.value, each.start, each.end) for each in findings]
    seconds = time.perf_counter() - began
    print_figures("textnlp", texts, [scanned.get(place, []) for place in range(TEXTS)], seconds)
    if presidio is not None:
        has_model = subprocess.run([presidio, "-c", _HAS_MODEL], check=False).returncode == 0
        for way, told in ({"default": "presidio"} if has_model else _WITHOUT_MODEL).items():
            compare(presidio, way, told, texts[:PRESIDIO_TEXTS])


def compare(python: str, way: str, told: str, texts: list[Labelled]) -> None:
    """Give texts to Presidio, and print its figures."""
    run = subprocess.run(
        [python, "-c", _PRESIDIO, way],
        input=json.dumps([text.text for text in texts]),
        text=True,
        capture_output=True,
        check=True,
    )
    answer = json.loads(run.stdout)
    theirs = [[(_THEIRS.get(name, "other"), a, b) for name, a, b in each] for each in answer["found"]]
    print_figures(told, texts, theirs, answer["seconds"])


def print_figures(name: str, texts: list[Labelled], found: list[list[tuple[str, int, int]]], seconds: float) -> None:
    """Print a table."""
    sys.stdout.write(f"{name}: {len(texts):,} texts, {len(texts) / seconds:,.0f} texts/s\n")
    for kind, (precision, recall, there) in measure(texts, found).items():
        sys.stdout.write(f"  {kind:12} precision {precision:6.1%}  recall {recall:6.1%}  of {there:,}\n")


if __name__ == "__main__":
    main()
