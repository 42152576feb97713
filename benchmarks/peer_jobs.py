"""What peers and the platform are both given, and how well each did it."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from near_duplicates import jaccard, make_texts  # noqa: E402  after the path
from tests.factories.labelled_pii import labelled_texts  # noqa: E402  as above

PROMPTS = 1_000
TEXTS = 20_000
PII_TEXTS = 2_000
THRESHOLD = 0.8
_MADE = make_texts(TEXTS)
_LABELLED = labelled_texts(PII_TEXTS, seed=11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job: `peers/NAME_textnlp.py` does it with the platform.

    Attributes:
        name: the first part of the programs' names.
        question: what is asked of all.
        write: writes the input.
        quality: what an output is worth, in words; it fails where something is missing.
        needs_model: the programs are given the address of a model that answers after 20 ms.
    """

    name: str
    question: str
    write: Callable[[Path], object]
    quality: Callable[[Path], str]
    needs_model: bool = False


def _write_prompts(place: Path) -> None:
    rows = ({"id": f"r{n}", "prompt": f"Write a short review of kettle number {n}."} for n in range(PROMPTS))
    place.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _answered(output: Path) -> str:
    answers: dict[str, str] = json.loads(output.read_text())
    right = sum(text == f"echo: {prompt}" for prompt, text in answers.items())
    assert right == PROMPTS, f"{right} of {PROMPTS} are answered"
    return "all answered"


def _told_apart(output: Path) -> str:
    """Tell how many copies are gone, and how many of the texts that are gone had one; either of the two may stay."""
    removed: set[int] = set(json.loads(output.read_text()))
    copies: dict[int, list[int]] = {}
    for number, source in enumerate(_MADE.sources):
        if source is not None:
            copies.setdefault(source, []).append(number)
    there = caught = right = 0
    for source, numbers in copies.items():
        near = [n for n in numbers if jaccard(_MADE.texts[n], _MADE.texts[source]) >= THRESHOLD]
        there += len(near)
        caught += min(len(near), len(removed & {source, *near}))
        right += min(len(numbers), len(removed & {source, *numbers}))
    return f"{caught / there:.1%} found, {right / len(removed):.1%} right"


_PII_TYPES = {"email", "phone", "card", "iban", "national_id", "ip_address", "mac_address"}


def _places(output: Path) -> str:
    found = json.loads(output.read_text())
    right = wrong = caught = there = 0
    for text, findings in zip(_LABELLED, found, strict=True):
        spans = [(start, end) for kind, start, end in text.spans if kind.value in _PII_TYPES]
        there += len(spans)
        caught += sum(any(first < end and last > start for _, first, last in findings) for start, end in spans)
        is_right = [any(first < end and last > start for _, start, end in text.spans) for _, first, last in findings]
        right, wrong = right + sum(is_right), wrong + len(is_right) - sum(is_right)
    return f"{caught / there:.1%} found, {right / (right + wrong):.1%} right"


TEXTS_JOB = Job(
    name="texts",
    question=f"{PROMPTS:,} prompts of a file to a model that answers after 20 ms, 64 at once; answers in a file",
    write=_write_prompts,
    quality=_answered,
    needs_model=True,
)
NEAR_JOB = Job(
    name="near",
    question=f"near-duplicates among {TEXTS:,} texts of 100 words, one in five a copy with up to three words changed",
    write=lambda place: place.write_text(json.dumps([_MADE.texts, THRESHOLD])),
    quality=_told_apart,
)
PII_JOB = Job(
    name="pii",
    question=f"personal data of seven types that have a form, in {PII_TEXTS:,} texts",
    write=lambda place: place.write_text(json.dumps([text.text for text in _LABELLED])),
    quality=_places,
)
