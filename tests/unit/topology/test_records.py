import dataclasses
import re
from importlib.resources import files

import pytest

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.row_retention import PostgresRowRetention
from textnlp.topology.records import RECORDS

UNOPENED = PostgresDatabase("postgresql://nowhere.invalid/none", clock=SystemClock())
OWNED = {
    "files": "remove_expired_files",
    "sessions": "remove_expired",
    "idempotency_keys": "remove_expired",
    "call_cache": "remove_old_calls",
    "webhook_deliveries": "WebhookDeliveries.purge",
    "spans": "TelemetryDays.sweep",
    "log_lines": "TelemetryDays.sweep",
    "figures": "TelemetryDays.sweep",
}
WITH_ANOTHER = {
    "batch_slices": "batches",
    "batch_rows": "batches",
    "dataset_events": "dataset_catalog",
    "review_items": "reviews",
}


def test_a_row_has_one_outcome_in_its_batch() -> None:
    keys = {record.name: record.key for record in RECORDS}
    assert keys["batch_rows"] == ("batch_id", "row_index")
    assert keys["batches"] == ("id",)


def test_rows_are_kept_as_long_as_their_batch() -> None:
    days = {record.name: record.retention_days for record in RECORDS}
    assert days["batch_rows"] == days["batch_slices"] == days["batches"]


def test_money_outlives_what_it_was_spent_on() -> None:
    days = {record.name: record.retention_days for record in RECORDS if record.retention_days is not None}
    assert days["usage"] > max(value for name, value in days.items() if name != "usage")


def test_every_table_of_the_database_belongs_to_one_record_which_says_how_long_it_is_kept() -> None:
    schema = files("textnlp.adapters.database.migrations").joinpath("head.sql").read_text(encoding="utf-8")
    tables = re.findall(r"create (?:unlogged )?table textnlp\.(\w+)", schema)
    kept = [table for record in RECORDS for table in record.kept_in]
    assert sorted(tables) == sorted(kept)
    assert all(record.counted_from for record in RECORDS)


def test_a_record_that_is_kept_for_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="record 'batches': retention_days is 0"):
        dataclasses.replace(RECORDS[0], retention_days=0)


def test_what_has_days_is_removed_by_somebody() -> None:
    removed = {*PostgresRowRetention(UNOPENED).records, *OWNED, *WITH_ANOTHER}
    assert {record.name for record in RECORDS if record.retention_days is not None} == removed
