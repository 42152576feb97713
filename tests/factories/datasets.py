"""Datasets for tests: rows of every fate, the facts that count them, and a version on disk."""

from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from textnlp.adapters.dataset_files.local_folder import LocalDatasetFiles
from textnlp.adapters.reports.quality_page import render_report
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.model import (
    CellRecord,
    DatasetCounts,
    DatasetFacts,
    DatasetRow,
    ModelUse,
    Reason,
    ReasonCount,
    RowFate,
)
from textnlp.domain.generation.model import Usage
from textnlp.domain.recipes.output import Output

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RECIPE: Mapping[str, Any] = {
    "name": "kettles",
    "description": "Reviews of kettles.",
    "seed": 7,
    "columns": {
        "stars": {"kind": "category", "values": [1, 2, 3, 4, 5]},
        "question": {"kind": "text", "prompt": "Ask."},
        "answer": {"kind": "text", "prompt": "Answer {{ question }}"},
        "secret": {"kind": "text", "prompt": "Think.", "drop": True},
        "good": {"kind": "filter", "where": "stars > 1"},
    },
}
_FATES = (*[RowFate.ACCEPTED] * 4, RowFate.REJECTED, RowFate.FAILED, RowFate.SURPLUS)


def row_of(candidate: int, values: Mapping[str, Any], *, fate: RowFate = RowFate.ACCEPTED, item: int = 0) -> DatasetRow:
    """Return a row with a reason where it was turned away, and one cell that a model wrote."""
    reasons = () if fate is RowFate.ACCEPTED else (Reason(code="length", message="too short", column="answer"),)
    cell = CellRecord(
        column="answer",
        kind="text",
        model="scripted",
        template="ask@2",
        parameters={"temperature": 0.5, "seed": candidate},
        call_id=f"{candidate:04x}",
        calls=1,
        attempts=2,
        usage=Usage(prompt_tokens=10, completion_tokens=5),
    )
    seed = {"index": candidate, "file": "a.txt", "page": 1}
    return DatasetRow(
        candidate=candidate, item=item, fate=fate, values=values, reasons=reasons, seed=seed, cells=(cell,)
    )


def rows_of(count: int) -> list[DatasetRow]:
    """Return rows of every fate, four of seven accepted; every third candidate gives two."""
    rows: list[DatasetRow] = []
    for place in range(count):
        values = {
            "stars": place % 5 + 1,
            "question": f"Question {place}?",
            "answer": "word " * (place % 9 + 1),
            "secret": "hidden",
        }
        candidate, item = divmod(place, 2)
        rows.append(row_of(candidate, values, fate=_FATES[place % 7], item=item))
    return rows


def facts_of(
    rows: Sequence[DatasetRow], *, version: int = 1, recipe: Mapping[str, Any] = RECIPE, **changes: Any
) -> DatasetFacts:
    """Return the facts that count `rows`."""
    fates = Counter(row.fate for row in rows)
    counts = DatasetCounts(
        candidates=len({row.candidate for row in rows}),
        accepted=fates[RowFate.ACCEPTED],
        rejected=fates[RowFate.REJECTED],
        failed=fates[RowFate.FAILED],
        surplus=fates[RowFate.SURPLUS],
    )
    known: dict[str, Any] = {
        "name": "kettles",
        "version": version,
        "recipe": recipe,
        "fingerprint": "1:abc",
        "target": counts.accepted,
        "counts": counts,
        "reasons": (ReasonCount(code="length", count=3, example="too short"),),
        "models": (ModelUse(model="scripted", calls=9, reused=1, usage=Usage(prompt_tokens=90)),),
        "started_at": "2026-03-01T12:00:00Z",
        "finished_at": "2026-03-01T12:05:00Z",
        "generator": "textnlp 1.2.3",
    }
    return DatasetFacts(**{**known, **changes})


async def pages_of(rows: Sequence[DatasetRow], *, size: int = 5) -> AsyncGenerator[Sequence[DatasetRow]]:
    """Yield rows in pages."""
    for begin in range(0, len(rows), size):
        yield rows[begin : begin + size]


def names_in(folder: Path) -> list[str]:
    """Return the names of what is in a folder, hidden ones included."""
    return sorted(entry.name for entry in folder.iterdir())


async def written(
    folder: Path,
    rows: Sequence[DatasetRow],
    *,
    output: Output | None = None,
    recipe: Mapping[str, Any] = RECIPE,
    **changes: Any,
) -> DatasetVersion:
    """Write a version to disk, signed with `KEY`."""
    facts = facts_of(rows, recipe=recipe, **changes)
    files = LocalDatasetFiles(KEY, page_of=render_report)
    return await files.write(folder, facts=facts, output=output or Output(), rows=pages_of(rows))
