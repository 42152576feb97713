"""How fast are the files of a dataset written, and in how much memory?

    python benchmarks/dataset_files.py [--rows 200000]

Rows of a label, a text of about 300 characters and a conversation, seven of ten accepted; prints rows a second, the
process's highest memory, and how long the version takes to verify.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from textnlp.adapters.dataset_files.local_folder import LocalDatasetFiles
from textnlp.adapters.dataset_files.verifier import verify_version
from textnlp.adapters.reports.quality_page import render_report
from textnlp.domain.datasets.model import CellRecord, DatasetCounts, DatasetFacts, DatasetRow, Reason, RowFate
from textnlp.domain.recipes.output import Output

PAGE = 1_000
WORDS = ("the", "kettle", "boils", "water", "quickly", "and", "holds", "more", "than", "it", "seems", "while", "its")
COLUMNS: dict[str, dict[str, Any]] = {
    "label": {"kind": "category", "values": [0, 1, 2, 3, 4]},
    "text": {"kind": "text"},
    "talk": {"kind": "conversation"},
}


def row(place: int) -> DatasetRow:
    text = " ".join(WORDS[(place * 7 + step * step) % len(WORDS)] for step in range(60))
    talk = [{"role": "user", "content": text[:80]}, {"role": "assistant", "content": text[80:160]}]
    is_good = place % 10 < 7
    return DatasetRow(
        candidate=place,
        item=0,
        fate=RowFate.ACCEPTED if is_good else RowFate.REJECTED,
        values={"label": place % 5, "text": text, "talk": talk},
        reasons=() if is_good else (Reason(code="length", message="too short", column="text"),),
        seed={"index": place},
        cells=tuple(CellRecord(column=name, kind=str(each["kind"]), model="stub") for name, each in COLUMNS.items()),
    )


async def pages(count: int) -> AsyncGenerator[Sequence[DatasetRow]]:
    for begin in range(0, count, PAGE):
        yield [row(place) for place in range(begin, min(begin + PAGE, count))]


async def measure(count: int) -> None:
    accepted = sum(place % 10 < 7 for place in range(count))
    facts = DatasetFacts(
        name="bench",
        version=1,
        recipe={"columns": COLUMNS},
        fingerprint="1:0",
        target=accepted,
        counts=DatasetCounts(candidates=count, accepted=accepted, rejected=count - accepted),
    )
    output = Output(splits={"train": 0.9, "test": 0.1})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "v1"
        began_at = time.perf_counter()
        files = LocalDatasetFiles(Ed25519PrivateKey.generate(), page_of=render_report)
        version = await files.write(folder, facts=facts, output=output, rows=pages(count))
        seconds = time.perf_counter() - began_at
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = sum(file.bytes for file in version.files) / 1e6
        print(f"{count:,} rows, {size:,.0f} MB: {count / seconds:,.0f} rows a second, {peak:,.0f} MB at most")
        began_at = time.perf_counter()
        assert verify_version(folder) == []
        print(f"verified in {time.perf_counter() - began_at:.1f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    asyncio.run(measure(parser.parse_args().rows))
