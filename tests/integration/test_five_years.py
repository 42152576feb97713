"""Retention, lifecycle, erasure and backups together, over five years of a clock that a test moves."""

import dataclasses
import json
import os
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import pytest
from psycopg import AsyncConnection, sql

from tests.doubles.clock import ManualClock
from tests.factories.backups import make_place
from tests.factories.datasets import facts_of, pages_of, row_of
from tests.factories.table_rows import add_row, whole_text
from textnlp.adapters.blobs.local_folder import local_blob_store
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.batch_ledger import PostgresBatchLedger
from textnlp.adapters.database.dataset_catalog import PostgresDatasetCatalog
from textnlp.adapters.database.dataset_store import PostgresDatasetStore
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.dataset_files.person_search import names_person
from textnlp.adapters.dataset_files.signature import public_key_text, sign
from textnlp.adapters.dataset_files.verifier import verify_version
from textnlp.adapters.key_files.dataset_key import open_dataset_key
from textnlp.application.apply_retention import RetentionPorts, apply_retention
from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.create_backup import BLOBS_TREE, BackupSources, create_backup
from textnlp.application.backups.prune_backups import prune_backups
from textnlp.application.erasure.erase_person import ErasurePorts, check_certificate, erase_person, search_person
from textnlp.application.erasure.kept_backups import find_kept_backups
from textnlp.bootstrap.dataset_wiring import dataset_files
from textnlp.bootstrap.erasure_wiring import erasable_places, is_signed
from textnlp.bootstrap.retention_wiring import retention_ports
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState, PromptRow, RowOutcome, RowState, Slice
from textnlp.domain.batches.paths import output_prefix, requests_path, upload_folder
from textnlp.domain.batches.requests import encode_request
from textnlp.domain.datasets.stored_run import RunState, RunVersion, StoredRun
from textnlp.domain.erasure.terms import read_terms
from textnlp.domain.generation.model import Message, Role
from textnlp.domain.identifiers import BatchId, RunId
from textnlp.domain.recipes.output import Output
from textnlp.ports.blob_store import BlobStore
from textnlp.settings import read_settings

pytestmark = pytest.mark.postgres

BEGIN = datetime(2026, 10, 4, 2, 30, tzinfo=UTC)
STEP, DAY = timedelta(weeks=4), timedelta(days=1)
STEPS = 70
WRITTEN_IN, ERASED_IN = 1, 4
NAME, MAIL = "Zoë Quaint", "zoe.quaint@example.org"
TERMS = read_terms([NAME, MAIL])
OUTPUT = Output.model_validate({})
KEPT_DAYS = {"batches": 365, "generations": 365, "usage_entries": 1_095}
BLOB_DAYS = {
    "generations/batch/{0}/generations.jsonl": 365,
    "validation/reports/{0}/report.html": 365,
    "prompts/quarantine/{0}/bad.csv": 90,
    "prompts/batch/{0}.csv": 365,
    "models/configs/m/{0}.json": 9_999,
}


@dataclass
class World:
    """A platform's stores, under one clock, and what was put into them."""

    clock: ManualClock
    database: PostgresDatabase
    blobs: BlobStore
    root: Path
    place: BackupPlace
    retention: RetentionPorts
    erasure: ErasurePorts
    born: dict[str, datetime] = dataclasses.field(default_factory=dict[str, datetime])
    naming_backups: set[str] = dataclasses.field(default_factory=set[str])

    async def put(self, path: str, data: bytes) -> None:
        await self.blobs.put(path, data)
        self.born[path] = self.clock.now()
        self.touch(path, self.clock.now())

    def touch(self, path: str, at: datetime) -> None:
        os.utime(self.root / path, (at.timestamp(), at.timestamp()))

    async def paths(self) -> set[str]:
        return {info.path async for info in self.blobs.entries()}

    async def live(self, step: int) -> None:
        """Do what four weeks bring."""
        now, key = self.clock.now(), f"{step:04}"
        text = f"To {NAME}".encode() if step == WRITTEN_IN else b"To nobody"
        for pattern in BLOB_DAYS:
            await self.put(pattern.format(key), b'{"text":"' + text + b'"}' if "json" in pattern else b"a,b\n1," + text)
        async with self.database.connection() as connection, connection.pipeline():
            await add_row_at(connection, "generations", key, finished_at=now)
            await add_row_at(connection, "usage_entries", key, created_at=now)
            await add_row_at(connection, "batches", key, finished_at=now)
        await self.put(f"{upload_folder(key)}in.csv", b"a\nb")

    async def back_up(self, *, names: bool) -> None:
        manifest = await create_backup(self.place, BackupSources(version="1", trees={BLOBS_TREE: self.blobs}))
        if names:
            self.naming_backups.add(manifest.id)


async def add_row_at(connection: AsyncConnection[tuple[Any, ...]], table: str, key: str, **when: datetime) -> None:
    statements: dict[str, LiteralString] = {
        "generations": "insert into generations (id, created_at, finished_at, tenant, caller, model, state)"
        " values (%s, %s, %s, 't', 'c', 'm', 'completed')",
        "usage_entries": "insert into usage_entries (id, created_at, settled_at, prompt_tokens, completion_tokens,"
        " cached_tokens, reasoning_tokens, is_rolled_up, tenant, caller, model, route, outcome)"
        " values (%s, %s, %s, 1, 1, 0, 0, true, 't', 'c', 'm', 'r', 'ok')",
        "batches": "insert into batches (id, created_at, finished_at, state, name, spec, source_sha256,"
        " requests_path, output_prefix) values (%s, %s, %s, 'completed', 'n', '{\"model\":\"m\"}', '', '', '')",
    }
    (at,) = when.values()
    await connection.execute(statements[table], (key, at, at))


@pytest.fixture
async def world(database: PostgresDatabase, tmp_path: Path) -> AsyncGenerator[World]:
    clock = ManualClock(now=BEGIN)
    settings = read_settings(data_dir=tmp_path)
    blobs = local_blob_store(settings.blobs_dir, clock=SystemClock())
    place = make_place(memory_blob_store(), clock=clock)
    key = open_dataset_key(tmp_path)
    erasure = ErasurePorts(
        places=erasable_places(settings, database, blobs, reviews=None, clock=clock),
        find_backups=lambda: find_kept_backups(place),
        sign=lambda data: sign(data, key=key).decode().rstrip(),
        is_signed=is_signed,
        public_key=public_key_text(key),
        generator="textnlp",
        clock=clock,
    )
    retention = dataclasses.replace(retention_ports(settings, database, blobs), clock=clock)
    yield World(clock, database, blobs, settings.blobs_dir, place, retention, erasure)
    await blobs.aclose()


async def name_the_person(world: World) -> None:
    """Put the person into a batch, rows of tables, and a dataset; a second row of each is about somebody else."""
    now = world.clock.now()
    ledger, batch_id = PostgresBatchLedger(world.database), BatchId("batch_00000000000000000000000009")
    prompts = [f"Write to {NAME}.", "Write to nobody.", "Who lives there?"]
    answers = ["Dear you.", "Dear nobody.", f"Ask {MAIL.upper()}."]
    rows = [
        PromptRow(index=n, id=f"r{n}", has_own_id=True, line=n + 1, messages=(Message(role=Role.USER, content=prompt),))
        for n, prompt in enumerate(prompts)
    ]
    lines = b"".join(map(encode_request, rows))
    await world.put(requests_path(batch_id), lines)
    batch = Batch(
        id=batch_id, name="in.jsonl", state=BatchState.INGESTING, spec=BatchSpec(model="m"), created_at=now,
        source=f"prompts/batch/{NAME}.csv", requests_path=requests_path(batch_id),
        output_prefix=output_prefix(batch_id), source_sha256="0",
    )  # fmt: skip
    await ledger.create(batch)
    counted = dataclasses.replace(batch, counts=dataclasses.replace(batch.counts, input=3), slice_count=1)
    only = Slice(index=0, first_row=0, row_count=3, offset=0, size_bytes=len(lines))
    await ledger.start(counted, [only], [])
    usage = {"prompt_tokens": 1, "completion_tokens": 1}
    records = [
        {"id": f"r{n}", "text": text, "model": "m", "finish_reason": "stop", "usage": usage, "attempts": 1}
        for n, text in enumerate(answers)
    ]
    outcomes = [
        RowOutcome(row_index=n, row_id=f"r{n}", state=RowState.ACCEPTED, record=json.dumps(record).encode())
        for n, record in enumerate(records)
    ]
    await ledger.record(batch_id, outcomes)
    await world.put(
        f"{output_prefix(batch_id)}generations.jsonl", b"\n".join(outcome.record for outcome in outcomes) + b"\n"
    )
    for state in (BatchState.FINALIZING, BatchState.COMPLETED):
        await ledger.set_state(batch_id, state, at=now)
    await world.put(f"prompts/batch/{NAME}.csv", f"prompt\n{prompts[0]}\n{prompts[1]}\n".encode())
    async with world.database.connection() as connection:
        await add_row(connection, "call_cache", value=json.dumps(f"Dear {NAME}").encode(), key=bytes(16))
        await add_row(connection, "generations", id="naming", message=MAIL, finished_at=now)
        await add_row(connection, "usage_entries", id="naming", caller=MAIL, created_at=now, is_rolled_up=True)
        await add_row(connection, "clients", name=NAME, id="client_1", key_prefix="p")
    await make_dataset(world)


async def make_dataset(world: World) -> None:
    data_dir = world.root.parent
    rows = [row_of(n, {"stars": 3, "question": "Who?", "answer": NAME if n == 2 else f"Nobody {n}"}) for n in range(6)]
    await dataset_files(read_settings(data_dir=data_dir)).write(
        data_dir / "datasets" / "run_1" / "v1", facts=facts_of(rows), output=OUTPUT, rows=pages_of(rows)
    )
    run = StoredRun(
        id=RunId("run_1"), name="kettles", tenant="t", caller="c", model="m", endpoint="e", rows=6,
        recipe_path="generations/batch/run_1/recipe.json", created_at=world.clock.now(), state=RunState.COMPLETED,
        ended_at=world.clock.now(), versions=(RunVersion(number=1, rows=6, written_at=world.clock.now()),),
    )  # fmt: skip
    await PostgresDatasetStore(world.database).create(run)


async def require_kept_exactly(world: World) -> None:
    """Require that nothing is past its time and nothing went before it."""
    now = world.clock.now()
    async with world.database.connection() as connection:
        for table, days in KEPT_DAYS.items():
            statement = sql.SQL("select id from {} where id ~ '^[0-9]'").format(sql.Identifier(table))
            cursor = await connection.execute(statement)
            found = {row[0] for row in await cursor.fetchall()}
            wanted = {f"{step:04}" for step in range(STEPS) if BEGIN + step * STEP <= now}
            assert found == {key for key in wanted if now - (BEGIN + int(key) * STEP) <= days * DAY}, table
    there = await world.paths()
    for pattern, days in BLOB_DAYS.items():
        for step in range(STEPS):
            path = pattern.format(f"{step:04}")
            if path in world.born:
                assert (path in there) == (now - world.born[path] < days * DAY), path
    uploads = {path.split("/")[2] for path in there if path.startswith("prompts/user-content/0")}
    assert uploads == {f"{step:04}" for step in range(STEPS) if 0 <= (now - (BEGIN + step * STEP)).days <= 365}


async def test_for_five_years_nothing_stays_past_its_time_and_nothing_goes_before_it(world: World) -> None:
    gone_by: datetime | None = None
    for step in range(STEPS):
        await world.live(step)
        if step == WRITTEN_IN:
            await name_the_person(world)
        if step == ERASED_IN:
            gone_by = await erase(world)
        await apply_retention(world.retention)
        await world.back_up(names=WRITTEN_IN <= step < ERASED_IN)
        await prune_backups(world.place)
        await require_kept_exactly(world)
        await require_backups(world, gone_by)
        await world.clock.advance(STEP.total_seconds())
    assert gone_by is not None
    assert not set(await world.place.backup_ids()) & world.naming_backups
    assert not (await search_person(world.erasure, TERMS)).counts


async def require_backups(world: World, gone_by: datetime | None) -> None:
    naming = set(await world.place.backup_ids()) & world.naming_backups
    if gone_by is not None and world.clock.now() >= gone_by:
        assert not naming


async def erase(world: World) -> datetime:
    """Erase the person, require that nothing names them, and return when the backups that do are gone."""
    before = {path: (world.root / path).stat().st_mtime for path in await world.paths()}
    found = await search_person(world.erasure, TERMS)
    signed = await erase_person(world.erasure, TERMS)
    for path, at in before.items():
        if (world.root / path).exists():  # a rewritten blob begins its time anew; here it goes on, to be compared
            os.utime(world.root / path, (at, at))
    assert signed.certificate.erased.keys() == found.counts.keys()
    assert found.counts["batch_rows"] == 2
    assert found.counts["dataset versions"] == 1
    assert {"call_cache", "generations", "usage_entries", "clients", "blobs/prompts", "blobs/prompts (names)"} <= set(
        found.counts
    )
    async with world.database.connection() as connection:
        assert not TERMS.are_in(await whole_text(connection))
    assert not names_person(world.root, TERMS)
    assert not names_person(world.root.parent / "datasets", TERMS)
    assert not verify_version(world.root.parent / "datasets" / "run_1" / "v2")
    await require_the_rest_is_there(world)
    checked = await check_certificate(world.erasure, signed, TERMS)
    assert (checked.faults, checked.found.counts) == ((), {})
    gone_by = signed.certificate.backups.gone_by
    assert gone_by is not None
    return gone_by


async def require_the_rest_is_there(world: World) -> None:
    (run,) = await PostgresDatasetStore(world.database).newest()
    assert [(version.number, version.rows) for version in run.versions] == [(1, 6), (2, 5)]
    entry = (await PostgresDatasetCatalog(world.database).entries(["run_1"]))["run_1"]
    assert [stone.version for stone in entry.tombstones] == [1]
    ledger = PostgresBatchLedger(world.database)
    (batch,) = [each for each in await ledger.newest() if each.id.startswith("batch_")]
    assert await ledger.recount(batch.id) == batch.counts
    output = await world.blobs.get(f"{batch.output_prefix}generations.jsonl")
    assert [json.loads(line)["text"] for line in output.splitlines()] == ["[erased]", "Dear nobody.", "[erased]"]
