from pathlib import Path

import psycopg
import pytest

from textnlp.process_runtime import serve
from textnlp.topology.catalog import TOPOLOGY

pytestmark = pytest.mark.postgres


def test_every_job_does_its_work_and_ends(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    monkeypatch.setenv("TEXTNLP_DATA_DIR", str(tmp_path))
    for job in TOPOLOGY.one_off_jobs:
        serve(job.command[-1])
    assert capsys.readouterr().out == "migrations done\n"
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("select count(*) from textnlp.alembic_version").fetchone() == (1,)
