import asyncio
import errno
import json
import math
import os
import tempfile
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any, cast

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.datasets import KEY, facts_of, names_in, pages_of, row_of, rows_of, written
from textnlp.adapters.dataset_files.local_folder import LocalDatasetFiles
from textnlp.adapters.dataset_files.reader import find_row
from textnlp.adapters.dataset_files.verifier import verify_version
from textnlp.adapters.reports.quality_page import render_report
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.model import DatasetRow, RowFate
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.output import Export, Output

_SCALARS = (
    st.none() | st.booleans() | st.integers(-(1 << 70), 1 << 70) | st.floats() | st.text(st.characters(codec=None))
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab") | st.text(max_size=2), inner),
    max_leaves=8,
)
_ROWS = st.lists(
    st.tuples(st.sampled_from(RowFate), st.dictionaries(st.sampled_from(["id", "a", "b", "c"]), _VALUES)), max_size=12
)


def table(path: Path) -> list[dict[str, Any]]:
    parquet: Any = pq
    return parquet.read_table(path).to_pylist()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def in_json(value: Any) -> Any:
    """Return a value as JSON can hold it: no NaN, no halves of surrogate pairs."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [in_json(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {in_json(name): in_json(field) for name, field in cast("dict[str, Any]", value).items()}
    return value


def as_read(version: DatasetVersion, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the Parquet file with JSON text decoded."""
    kinds = {column.name: column.type for column in version.columns}
    return {
        name: json.loads(value) if kinds[name] == "JSON text" and value is not None else value
        for name, value in row.items()
    }


@settings(max_examples=60, deadline=None)
@given(_ROWS)
def test_whatever_rows_hold_is_read_back_equal(drawn: list[tuple[RowFate, dict[str, Any]]]) -> None:
    rows = [row_of(place, values, fate=fate) for place, (fate, values) in enumerate(drawn)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "v1"
        version = asyncio.run(written(folder, rows, recipe={"columns": {"a": {"kind": "text"}}}))
        accepted = [row for row in rows if row.fate is RowFate.ACCEPTED]
        wanted = [
            {"id": row.id, **{"id_" if n == "id" else n: in_json(value) for n, value in row.values.items()}}
            for row in accepted
        ]
        assert lines(folder / "data/train.jsonl") == wanted
        empty = dict.fromkeys(column.name for column in version.columns)
        assert [as_read(version, row) for row in table(folder / "data/train.parquet")] == [
            {**empty, **row} for row in wanted
        ]
        for row in rows:
            found = find_row(folder, row_id=row.id).row
            assert (found.fate, found.reasons, found.seed, found.cells) == (row.fate, row.reasons, row.seed, row.cells)
            if row.fate is not RowFate.ACCEPTED:
                assert found.values == in_json(dict(row.values))
        assert verify_version(folder) == []


async def test_rows_that_agree_have_real_types(tmp_path: Path) -> None:
    values = {
        "vector": [1, 2.5],
        "scores": {"clarity": {"score": 3, "reason": "clear"}},
        "talk": [{"role": "user", "content": "Hi"}],
        "mixed": 1,
        "big": 1 << 60,
        "none": None,
    }
    recipe = {"columns": {"vector": {"kind": "embed"}, "none": {"kind": "bernoulli"}}}
    rows = [row_of(0, values), row_of(1, {**values, "mixed": "x", "vector": [1]})]
    version = await written(tmp_path / "v1", rows, recipe=recipe)
    assert {column.name: column.type for column in version.columns} == {
        "id": "string",
        "scores": "struct<clarity: struct<score: int64, reason: string>>",
        "talk": "list<struct<role: string, content: string>>",
        "mixed": "JSON text",
        "big": "int64",
        "vector": "list<double>",
        "none": "bool",
    }
    parquet: Any = pq
    schema = parquet.read_schema(tmp_path / "v1/data/train.parquet")
    assert str(schema.field("vector").type) == "list<element: double>"
    assert [row["mixed"] for row in table(tmp_path / "v1/data/train.parquet")] == ["1", '"x"']
    assert "JSON text" in (tmp_path / "v1/README.md").read_text()


async def test_files_for_rows_of_a_fate_are_there_only_with_such_rows(tmp_path: Path) -> None:
    await written(tmp_path / "v1", [row_of(0, {"a": 1})])
    assert not any((tmp_path / "v1" / f"{fate}.jsonl").exists() for fate in RowFate)
    rows = rows_of(14)
    await written(tmp_path / "v2", rows)
    for fate in (RowFate.REJECTED, RowFate.FAILED, RowFate.SURPLUS):
        found = lines(tmp_path / "v2" / f"{fate}.jsonl")
        assert [line["id"] for line in found] == [row.id for row in rows if row.fate is fate]
        assert found[0]["reasons"] == [{"code": "length", "message": "too short", "column": "answer"}]
        assert set(found[0]["values"]) == {"stars", "question", "answer", "secret"}


async def test_many_rows_make_several_row_groups(tmp_path: Path) -> None:
    rows = rows_of(9_000)
    await written(tmp_path / "v1", rows)
    parquet: Any = pq
    assert parquet.ParquetFile(tmp_path / "v1/data/train.parquet").num_row_groups > 1
    assert parquet.ParquetFile(tmp_path / "v1/lineage.parquet").num_row_groups > 2
    assert find_row(tmp_path / "v1", row_id="3999.1").row.seed == {"index": 3999, "file": "a.txt", "page": 1}


async def test_what_a_killed_process_left_is_replaced(tmp_path: Path) -> None:
    left = tmp_path / ".v1.partial" / "data"
    left.mkdir(parents=True)
    (left / "train.jsonl").write_text("half")
    (left / "old.jsonl").write_text("old")
    await written(tmp_path / "v1", rows_of(7))
    assert names_in(tmp_path) == ["v1"]
    assert verify_version(tmp_path / "v1") == []


async def test_a_cancelled_run_leaves_nothing(tmp_path: Path) -> None:
    reached = asyncio.Event()

    async def endless() -> AsyncGenerator[Sequence[DatasetRow]]:
        yield rows_of(7)
        reached.set()
        await asyncio.Event().wait()

    writing = LocalDatasetFiles(KEY, page_of=render_report).write(
        tmp_path / "v1", facts=facts_of(rows_of(7)), output=Output(), rows=endless()
    )
    task = asyncio.create_task(writing)
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert names_in(tmp_path) == []


async def test_a_full_disk_is_unavailable_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(TextNLPError, match="No space left") as caught:
        await written(tmp_path / "v1", rows_of(7))
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert names_in(tmp_path) == []


async def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    rows = rows_of(21)
    output = Output(exports=[Export(format="csv"), Export(format="csv", columns={"q": "question"})])
    first = await written(tmp_path / "a" / "v1", rows, output=output)
    facts = facts_of(rows)
    second = await LocalDatasetFiles(KEY, page_of=render_report).write(
        tmp_path / "b" / "v1", facts=facts, output=output, rows=pages_of(rows, size=2)
    )
    assert first == second
    assert {"exports/csv/train.csv", "exports/csv-2/train.csv"} <= {file.path for file in first.files}


async def test_a_row_stays_in_its_split_when_rows_are_added(tmp_path: Path) -> None:
    output = Output(splits={"train": 0.5, "test": 0.5})
    await written(tmp_path / "v1", rows_of(70), output=output)
    await written(tmp_path / "v2", rows_of(140), output=output, version=2)
    for split in ("train", "test"):
        before = lines(tmp_path / "v1/data" / f"{split}.jsonl")
        assert lines(tmp_path / "v2/data" / f"{split}.jsonl")[: len(before)] == before
