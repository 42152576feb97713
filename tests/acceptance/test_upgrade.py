"""`textnlp upgrade`, on a database that an earlier version left."""

import asyncio
import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.alembic_runner import revert_migrations
from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.database.migrate import revisions
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.queues.postgres import PostgresJobQueue
from textnlp.cli.main import command_group
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import BATCH_PROCESSING_QUEUE

pytestmark = pytest.mark.postgres


@dataclass(frozen=True, slots=True)
class Machine:
    """Where commands run."""

    url: str
    data_dir: Path

    def upgrade(self, *words: str) -> tuple[int, str]:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            try:
                command_group()(["upgrade", *words], prog_name="textnlp", standalone_mode=False)
            except SystemExit as end:
                return int(end.code or 0), output.getvalue()
        return 0, output.getvalue()

    def plan(self, *words: str) -> dict[str, Any]:
        return json.loads(self.upgrade("--json", *words)[1])

    def revision(self) -> Any:
        with psycopg.connect(self.url) as connection:
            return connection.execute("select version_num from textnlp.alembic_version").fetchall()[0][0]

    async def revert(self) -> None:
        conninfo = await DatabaseAddress(self.url).conninfo()
        await asyncio.to_thread(revert_migrations, conninfo, to=revisions()[-2])

    async def send(self, body: bytes) -> None:
        address = DatabaseAddress(self.url)
        async with contextlib.aclosing(PostgresDatabase(address, clock=SystemClock())) as database:
            queue = PostgresJobQueue(
                database.connection, listen_dsn=address.conninfo, topology=TOPOLOGY, clock=SystemClock(), namespace=""
            )
            async with contextlib.aclosing(queue):
                await queue.send(BATCH_PROCESSING_QUEUE, [OutgoingMessage(body=body)])


@pytest.fixture
def machine(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TEXTNLP_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return Machine(database_url, tmp_path)


def test_a_platform_of_this_version_has_nothing_to_do(machine: Machine) -> None:
    code, shown = machine.upgrade("--check")
    assert code == 0
    assert "Nothing stands in the way." in shown
    assert machine.plan("--check")["migrations"] == []


def test_what_stands_in_the_way_is_named_with_what_to_do_and_nothing_is_changed(machine: Machine) -> None:
    asyncio.run(machine.revert())
    asyncio.run(machine.send(b'{"version": 9, "batch_id": "b"}'))
    version = machine.data_dir / "datasets" / "run_1" / "v1"
    version.mkdir(parents=True)
    (version / "manifest.json").write_text('{"format": 9}')
    code, shown = machine.upgrade()
    assert (code, machine.revision()) == (1, revisions()[-2])
    for told in ("a slice message of version 9", "no backup", str(version), f"{revisions()[-2]}, to be", "Not yet."):
        assert told in shown
    plan = machine.plan("--check")
    assert (plan["is_safe"], [each["revision"] for each in plan["migrations"]]) == (False, revisions()[-1:])
    faults = {check["subject"]: check["fault_count"] for check in plan["checks"]}
    assert faults == {
        "database revision": 0,
        "migrations beside running processes": 0,
        "waiting messages": 1,
        "formats of datasets": 1,
        "formats of backups": 0,
        "newest backup": 1,
    }


def test_a_database_that_nobody_has_used_is_brought_to_this_version(
    machine: Machine, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    fresh = Machine(empty_database_url, machine.data_dir)
    assert "no platform has used it" in fresh.upgrade("--check")[1]
    assert fresh.upgrade()[0] == 0
    assert fresh.revision() == revisions()[-1]
