from pathlib import Path

import msgspec
import pytest

from tests.factories.datasets import rows_of, written
from textnlp.application.read_dataset_rows import read_dataset_rows
from textnlp.bootstrap.dataset_wiring import find_rows
from textnlp.domain.datasets.row_query import MOST_ROWS
from textnlp.domain.errors import ErrorKind, TextNLPError


async def test_the_accepted_rows_of_a_version_are_read_with_their_ids(tmp_path: Path) -> None:
    version = await written(tmp_path / "v1", rows_of(1_400))
    rows = await read_dataset_rows(tmp_path / "v1", version, find_rows=find_rows)
    assert len(rows) == version.counts.accepted > MOST_ROWS
    assert rows[0].row_id == "0"
    assert rows[0].row["question"] == "Question 0?"
    assert len({row.row_id for row in rows}) == len(rows)


async def test_a_version_with_too_many_rows_is_refused_before_it_is_read(tmp_path: Path) -> None:
    version = await written(tmp_path / "v1", rows_of(7))
    large = msgspec.structs.replace(version, splits={"train": 100_001})
    with pytest.raises(TextNLPError) as caught:
        await read_dataset_rows(tmp_path / "nowhere", large, find_rows=find_rows)
    assert caught.value.kind is ErrorKind.TOO_LARGE
