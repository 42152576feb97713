"""What everything does that writes the files of datasets."""

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from tests.factories.datasets import KEY, facts_of, names_in, pages_of, row_of, rows_of
from textnlp.adapters.dataset_files.local_folder import LocalDatasetFiles
from textnlp.adapters.dataset_files.memory import MemoryDatasetFiles
from textnlp.adapters.reports.quality_page import render_report
from textnlp.domain.datasets.model import DatasetCounts, DatasetRow, RowFate
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.output import Export, Output
from textnlp.ports.dataset_files import DatasetFiles

_OUTPUT = Output(splits={"train": 0.8, "test": 0.2})


@pytest.fixture(params=["memory", "local"])
def files(request: pytest.FixtureRequest) -> DatasetFiles:
    return MemoryDatasetFiles() if request.param == "memory" else LocalDatasetFiles(KEY, page_of=render_report)


async def test_a_version_says_what_was_counted(files: DatasetFiles, tmp_path: Path) -> None:
    rows = rows_of(70)
    facts = facts_of(rows)
    version = await files.write(tmp_path / "v1", facts=facts, output=_OUTPUT, rows=pages_of(rows))
    assert (version.name, version.version, version.fingerprint) == ("kettles", 1, "1:abc")
    assert version.counts == facts.counts
    assert list(version.splits) == ["train", "test"]
    assert sum(version.splits.values()) == facts.counts.accepted
    assert min(version.splits.values()) > 0


async def test_steps_and_dropped_columns_are_no_columns(files: DatasetFiles, tmp_path: Path) -> None:
    rows = rows_of(7)
    facts = facts_of(rows)
    version = await files.write(tmp_path / "v1", facts=facts, output=_OUTPUT, rows=pages_of(rows), dropped=["question"])
    assert [column.name for column in version.columns] == ["id", "stars", "answer"]
    assert [column.type for column in version.columns] == ["string", "int64", "string"]


async def test_a_version_is_written_once(files: DatasetFiles, tmp_path: Path) -> None:
    rows = rows_of(7)
    await files.write(tmp_path / "v1", facts=facts_of(rows), output=_OUTPUT, rows=pages_of(rows))
    with pytest.raises(TextNLPError) as caught:
        await files.write(tmp_path / "v1", facts=facts_of(rows), output=_OUTPUT, rows=pages_of(rows))
    assert caught.value.kind is ErrorKind.CONFLICT


@pytest.mark.parametrize("fate", list(RowFate))
async def test_rows_that_were_not_counted_are_an_error(files: DatasetFiles, tmp_path: Path, fate: RowFate) -> None:
    rows = rows_of(7)
    facts = facts_of(rows)
    more = [*rows, row_of(99, {"answer": "x"}, fate=fate)]
    with pytest.raises(TextNLPError, match=f"2 {fate} for 1|5 {fate} for 4") as caught:
        await files.write(tmp_path / "v1", facts=facts, output=_OUTPUT, rows=pages_of(more))
    assert caught.value.kind is ErrorKind.INTERNAL
    await files.write(tmp_path / "v1", facts=facts, output=_OUTPUT, rows=pages_of(rows))


async def test_candidates_without_a_row_may_be_counted_as_rejected(files: DatasetFiles, tmp_path: Path) -> None:
    rows = [row_of(0, {"answer": "x"})]
    counts = DatasetCounts(candidates=5, accepted=1, rejected=4)
    version = await files.write(
        tmp_path / "v1", facts=facts_of(rows, counts=counts), output=_OUTPUT, rows=pages_of(rows)
    )
    assert version.counts.rejected == 4


async def test_an_export_without_its_column_is_refused(files: DatasetFiles, tmp_path: Path) -> None:
    rows = rows_of(7)
    output = Output(exports=[Export(format="dpo")])
    with pytest.raises(TextNLPError, match=r"'chosen'.*there are id, stars, question, answer") as caught:
        await files.write(tmp_path / "v1", facts=facts_of(rows), output=output, rows=pages_of(rows))
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert names_in(tmp_path) == []


async def test_rows_are_closed_when_they_fail(files: DatasetFiles, tmp_path: Path) -> None:
    closed: list[bool] = []

    async def failing() -> AsyncGenerator[Sequence[DatasetRow]]:
        try:
            yield rows_of(7)
            raise TimeoutError("the database is away")
        finally:
            closed.append(True)

    with pytest.raises(TimeoutError, match="away"):
        await files.write(tmp_path / "v1", facts=facts_of([]), output=_OUTPUT, rows=failing())
    assert closed == [True]
    assert names_in(tmp_path) == []


async def test_a_dataset_may_be_empty(files: DatasetFiles, tmp_path: Path) -> None:
    version = await files.write(tmp_path / "v1", facts=facts_of([]), output=_OUTPUT, rows=pages_of([]))
    assert version.splits == {"train": 0, "test": 0}
    assert [column.name for column in version.columns] == ["id", "stars", "question", "answer"]
