import re
from importlib.resources import files

from textnlp.topology.records import RECORDS

PARTS_OF_RECORDS = {
    "usage": {"usage_reservations", "usage_entries", "usage_hours", "usage_budgets", "budget_counters"},
    "webhooks": {"webhook_secrets"},
}
OF_SERVICES = {
    "the queue of a laptop": {"queue_entities", "queue_messages", "queue_message_ids"},
    "identity": {"clients", "sign_ins", "one_time_secrets", "console_sessions"},
    "the store of telemetry": {"telemetry_spans", "telemetry_lines", "telemetry_rollups"},
}


def test_a_row_has_one_outcome_in_its_batch() -> None:
    keys = {record.name: record.key for record in RECORDS}
    assert keys["batch_rows"] == ("batch_id", "row_index")
    assert keys["batches"] == ("id",)


def test_rows_are_kept_as_long_as_their_batch() -> None:
    days = {record.name: record.retention_days for record in RECORDS}
    assert days["batch_rows"] == days["batch_slices"] == days["batches"]


def test_money_outlives_what_it_was_spent_on() -> None:
    days = {record.name: record.retention_days for record in RECORDS}
    assert days["usage"] > max(value for name, value in days.items() if name != "usage")


def test_every_table_is_a_record_a_part_of_one_or_kept_by_a_service() -> None:
    schema = files("textnlp.adapters.database.migrations").joinpath("head.sql").read_text(encoding="utf-8")
    tables = set(re.findall(r"create table textnlp\.(\w+)", schema))
    records = {record.name for record in RECORDS}
    known = records.union(*PARTS_OF_RECORDS.values(), *OF_SERVICES.values())
    assert tables
    assert tables <= known
    assert records - tables == {"usage"}
    assert PARTS_OF_RECORDS.keys() <= records
