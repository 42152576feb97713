import hashlib
import io
import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest
from pyarrow import parquet

from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.adapters.result_files.writer import BlobResultFiles
from textnlp.domain.batches.model import RowOutcome, RowState
from textnlp.domain.batches.records import accepted_record, failed_record
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, FinishReason, Usage


def accepted(index: int) -> RowOutcome:
    completion = Completion(
        text=f"Text {index}",
        model="m",
        finish_reason=FinishReason.STOP,
        usage=Usage(prompt_tokens=2, completion_tokens=index),
    )
    record = accepted_record(f"r{index}", completion)
    return RowOutcome(row_index=index, row_id=f"r{index}", state=RowState.ACCEPTED, record=record)


def failed(index: int) -> RowOutcome:
    record = failed_record(
        row_id=f"r{index}",
        line=index + 1,
        row_index=index,
        state=RowState.FAILED,
        code=ErrorKind.TIMEOUT,
        message="Late.",
        attempts=3,
    )
    return RowOutcome(row_index=index, row_id=f"r{index}", state=RowState.FAILED, record=record)


async def paged(*pages: Sequence[RowOutcome]) -> AsyncGenerator[Sequence[RowOutcome]]:
    for page in pages:
        yield page


def table_of(data: bytes) -> dict[str, list[Any]]:
    library: Any = parquet
    return library.read_table(io.BytesIO(data)).to_pydict()


async def test_lines_and_table_hold_the_same_rows_in_order() -> None:
    blobs = memory_blob_store()
    pages = [[accepted(index) for index in range(start, start + 100)] for start in range(0, 1000, 100)]
    await BlobResultFiles(blobs).write("out/", paged(*pages))
    lines = [json.loads(line) for line in (await blobs.get("out/generations.jsonl")).splitlines()]
    table = table_of(await blobs.get("out/generations.parquet"))
    assert [line["id"] for line in lines] == [f"r{index}" for index in range(1000)]
    assert table["id"] == [line["id"] for line in lines]
    assert table["completion_tokens"] == list(range(1000))


async def test_the_facts_of_each_file_are_those_of_its_bytes() -> None:
    blobs = memory_blob_store()
    files = await BlobResultFiles(blobs).write("", paged([accepted(0), failed(1), accepted(2)]))
    assert {file.name: file.rows for file in files} == {
        "generations.jsonl": 2,
        "generations.parquet": 2,
        "errors.jsonl": 1,
    }
    for file in files:
        data = await blobs.get(file.name)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.size_bytes, file.sha256)


async def test_errors_of_an_earlier_finish_are_gone_when_there_are_none_any_more() -> None:
    blobs = memory_blob_store()
    results = BlobResultFiles(blobs)
    await results.write("", paged([failed(0)]))
    await results.write_manifest("", {"rows": 1})
    await results.write("", paged([accepted(0)]))
    names = [blob.path async for blob in blobs.entries()]
    assert names == ["generations.jsonl", "generations.parquet"]


async def test_nothing_is_visible_when_the_rows_end_in_an_error() -> None:
    blobs = memory_blob_store()

    async def broken() -> AsyncGenerator[Sequence[RowOutcome]]:
        yield [accepted(0)]
        raise TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE)

    with pytest.raises(TextNLPError, match="Away"):
        await BlobResultFiles(blobs).write("", broken())
    assert [blob async for blob in blobs.entries()] == []


async def test_a_batch_without_rows_has_an_empty_table_that_can_be_read() -> None:
    blobs = memory_blob_store()
    await BlobResultFiles(blobs).write("", paged())
    assert table_of(await blobs.get("generations.parquet"))["id"] == []
