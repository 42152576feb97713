from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from tests.factories.table_rows import add_row, count_rows, whole_text
from textnlp.adapters.database.erasable_tables import ErasableTables
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.erasure.terms import read_terms
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.records import BATCH_ROWS, RECORDS, ErasureRule

pytestmark = pytest.mark.postgres

TERM = "Zoë Quaint"
TERMS = read_terms([TERM])
OTHERS = [record for record in RECORDS if record.name != BATCH_ROWS]
DOCUMENT = msgspec.json.encode({"a": {"b": [f"for {TERM}, please", "other"]}, TERM: 1})

NAMING: Mapping[str, Mapping[str, Any]] = {
    "batches": {
        "name": f"{TERM}.csv",
        "caller": TERM,
        "spec": DOCUMENT.decode(),
        "source": f"prompts/batch/{TERM}.csv",
    },
    "batch_jobs": {"metadata": DOCUMENT.decode(), "caller": TERM},
    "files": {"name": f"{TERM}.csv", "blob_path": f"prompts/user-content/f/{TERM}.csv"},
    "generations": {"message": f"Refused: {TERM}", "caller": TERM},
    "usage_entries": {"caller": TERM},
    "usage_hours": {"caller": TERM},
    "usage_reservations": {"caller": TERM},
    "usage_budgets": {"value": TERM},
    "clients": {"name": TERM},
    "sign_ins": {"subject": TERM},
    "console_sessions": {"subject": TERM},
    "queue_messages": {"body": DOCUMENT},
    "webhooks": {"description": TERM},
    "webhook_deliveries": {"body": DOCUMENT},
    "idempotency_keys": {"body": DOCUMENT},
    "call_cache": {"value": DOCUMENT, "key": bytes(16)},
    "provider_batches": {"model": TERM, "hashes": b""},
    "dataset_runs": {"name": TERM, "progress": DOCUMENT.decode(), "versions": "[]"},
    "dataset_catalog": {"document": DOCUMENT.decode()},
    "dataset_events": {"document": DOCUMENT.decode()},
    "validations": {"name": TERM, "summary": DOCUMENT.decode()},
    "reviews": {"source": TERM, "document": DOCUMENT},
    "review_items": {"row_json": DOCUMENT, "said": DOCUMENT, "done_by": [TERM, "other"]},
}
PARENTS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "webhook_deliveries": ("webhooks", {"id": "some"}),
    "dataset_events": ("dataset_catalog", {"dataset_id": "some", "tenant": "some"}),
    "review_items": ("reviews", {"id": "some", "tenant": "some"}),
}
RULES = {table: record.on_erasure for record in RECORDS for table in record.kept_in}


@pytest.mark.parametrize("table", sorted(NAMING))
async def test_a_row_that_names_the_person_is_erased_by_the_rule_of_its_record_and_others_stay(
    database: PostgresDatabase, table: str
) -> None:
    async with database.connection() as connection:
        if table in PARENTS:
            parent, given = PARENTS[table]
            await add_row(connection, parent, **given)
        await add_row(connection, table, **NAMING[table])
        before = await whole_text(connection)
        places = ErasableTables(database, OTHERS, key=b"k")
        rehearsed = await places.go_through(TERMS, is_rehearsal=True)
        assert await whole_text(connection) == before
        assert await places.go_through(TERMS, is_rehearsal=False) == rehearsed
        assert rehearsed.counts == {table: 1}
        assert not TERMS.are_in(await whole_text(connection))
        assert await count_rows(connection, table) == (0 if RULES[table] is ErasureRule.ROW else 1)
        assert not (await places.go_through(TERMS, is_rehearsal=False)).counts


async def test_of_a_document_only_what_names_the_person_goes(database: PostgresDatabase) -> None:
    async with database.connection() as connection:
        await add_row(connection, "dataset_catalog", document=DOCUMENT.decode())
        await ErasableTables(database, OTHERS, key=b"k").go_through(TERMS, is_rehearsal=False)
        row = await (await connection.execute("select document from textnlp.dataset_catalog")).fetchone()
    assert row == ({"a": {"b": ["[erased]", "other"]}, "[erased]": 1},)


async def test_of_a_row_under_review_everything_goes_and_its_verdicts_stay(database: PostgresDatabase) -> None:
    async with database.connection() as connection:
        await add_row(connection, "reviews", id="some", tenant="some")
        row, said = msgspec.json.encode({"q": TERM, "a": "She lives there."}), b'{"answers":[{"label":"good"}]}'
        await add_row(connection, "review_items", row_json=row, said=said)
        await ErasableTables(database, OTHERS, key=b"k").go_through(TERMS, is_rehearsal=False)
        found = await (await connection.execute("select row_json, said from textnlp.review_items")).fetchone()
    assert found is not None
    assert msgspec.json.decode(found[0]) == {"q": "[erased]", "a": "[erased]"}
    assert found[1] == said


async def test_days_of_telemetry_lose_the_lines_that_name_the_person(database: PostgresDatabase) -> None:
    async with database.connection() as connection:
        day = "for values from ('2026-01-05') to ('2026-01-06')"
        await connection.execute(f"create table textnlp.d1 partition of textnlp.telemetry_lines {day}")  # pyright: ignore[reportArgumentType, reportCallIssue]  both are ours
        await add_row(connection, "telemetry_lines", message=f"Answered {TERM}.")
        await add_row(connection, "telemetry_lines", message="Answered.")
        found = await ErasableTables(database, OTHERS, key=b"k").go_through(TERMS, is_rehearsal=False)
        assert found.counts == {"telemetry_lines": 1}
        assert await count_rows(connection, "telemetry_lines") == 1


async def test_two_callers_who_name_the_person_stay_two_where_they_must_differ(database: PostgresDatabase) -> None:
    async with database.connection() as connection:
        for caller in (TERM, TERM.upper()):
            await add_row(connection, "usage_hours", caller=caller, calls=3)
        await ErasableTables(database, OTHERS, key=b"k").go_through(TERMS, is_rehearsal=False)
        assert await count_rows(connection, "usage_hours") == 2


async def test_paths_are_renamed_as_the_blobs_are(database: PostgresDatabase) -> None:
    path = f"prompts/user-content/f/{TERM}.csv"
    async with database.connection() as connection:
        await add_row(connection, "files", blob_path=path)
        await ErasableTables(database, OTHERS, key=b"k").go_through(TERMS, is_rehearsal=False)
        row = await (await connection.execute("select blob_path from textnlp.files")).fetchone()
    assert row == (TERMS.renamed(path, key=b"k"),)


def test_every_table_with_text_is_gone_through() -> None:
    assert set(TOPOLOGY.records) == {*OTHERS, TOPOLOGY.record(BATCH_ROWS)}
