from datetime import date
from pathlib import Path

import pytest

from textnlp.adapters.dataset_files import row_spool
from textnlp.adapters.dataset_files.row_spool import TemporaryRowSpool
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import CheckedRow


@pytest.mark.parametrize("in_memory_bytes", [1, 1 << 20])
def test_batches_come_back_as_they_were(in_memory_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_spool, "_IN_MEMORY_BYTES", in_memory_bytes)
    record = Record(number=1, file="a", line=1, values={"day": date(2026, 1, 1), "n": {"x": [1.5, None]}})
    bad = BadRecord(number=2, file="a", line=2, message="no JSON")
    checked = CheckedRow(values=record.values, reasons=[Reason(code="c", message="m")], scores={"s": 0.5})
    with TemporaryRowSpool(tmp_path) as spool:
        spool.add([record, bad], [checked])
        spool.add([bad], [])
        assert list(spool.batches()) == [([record, bad], [checked]), ([bad], [])]
        assert not list(tmp_path.iterdir())


def test_an_empty_spool_has_no_batches(tmp_path: Path) -> None:
    with TemporaryRowSpool(tmp_path) as spool:
        assert list(spool.batches()) == []
