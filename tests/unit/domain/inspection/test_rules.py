import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from textnlp.domain.batches.model import BatchState, LedgerCounts
from textnlp.domain.identifiers import BatchId
from textnlp.domain.inspection.model import (
    Balance,
    BatchFacts,
    BlobReference,
    CallSums,
    Leftover,
    LeftoverKind,
    Schema,
)
from textnlp.domain.inspection.rules import (
    balance_faults,
    batch_faults,
    blob_faults,
    charge_faults,
    is_kept,
    leftover_fault,
    schema_faults,
)
from textnlp.topology.containers import LIFECYCLE_RULES

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
COUNTS = LedgerCounts(input=10, accepted=6, rejected=1, failed=1)
SOUND = BatchFacts(
    id=BatchId("batch_1"),
    state=BatchState.RUNNING,
    is_charged=True,
    kept=COUNTS,
    counted=COUNTS,
    stray_rows=0,
    kept_usage=CallSums(prompt_tokens=60, completion_tokens=30),
    row_usage=CallSums(calls=6, prompt_tokens=60, completion_tokens=30),
    charged=CallSums(calls=8, prompt_tokens=80, completion_tokens=40),
)
BLOB = BlobReference(path="generations/batch/b/x.jsonl", owner="batch b", since=NOON, size_bytes=3, sha256="aa")


def test_a_batch_that_adds_up_has_no_fault_however_often_its_rows_were_asked() -> None:
    assert batch_faults(SOUND) == []
    assert charge_faults(SOUND) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"counted": LedgerCounts(input=10, accepted=7, rejected=1, failed=1)}, "its rows say"),
        ({"stray_rows": 2}, "2 rows lie outside its input"),
        ({"state": BatchState.COMPLETED}, "It is completed with 2 rows pending"),
        ({"kept": LedgerCounts(input=1, accepted=2)}, "more rows have an outcome"),
        ({"kept_usage": CallSums(prompt_tokens=61, completion_tokens=30)}, "tokens"),
    ],
)
def test_a_batch_that_does_not_add_up_is_named_with_what_is_wrong(changes: dict[str, object], told: str) -> None:
    (fault,) = batch_faults(dataclasses.replace(SOUND, **changes))  # pyright: ignore[reportArgumentType]
    assert told.lower() in fault.told.lower()
    assert fault.place == "batch_1"
    assert fault.advice


@pytest.mark.parametrize(
    "charged",
    [
        CallSums(calls=5, prompt_tokens=80, completion_tokens=40),
        CallSums(calls=8, prompt_tokens=59, completion_tokens=40),
        CallSums(calls=8, prompt_tokens=80, completion_tokens=29),
        CallSums(),
    ],
)
def test_rows_that_nobody_was_charged_for_are_a_fault(charged: CallSums) -> None:
    (fault,) = charge_faults(dataclasses.replace(SOUND, charged=charged))
    assert "6 answered rows" in fault.told


def test_a_command_that_ran_a_batch_by_itself_charges_nobody() -> None:
    assert charge_faults(dataclasses.replace(SOUND, is_charged=False, charged=CallSums())) == []


def test_numbers_that_do_not_add_up_are_a_fault() -> None:
    sound = Balance(place="validation v", total=3, parts=(("accepted", 2), ("rejected", 1)))
    assert balance_faults(sound) == []
    (fault,) = balance_faults(dataclasses.replace(sound, total=4))
    assert fault.told == "4 rows are not 2 accepted + 1 rejected."


def test_a_database_of_another_revision_is_a_fault_and_an_empty_one_is_none() -> None:
    assert schema_faults(Schema(revision=None, known="0016")) == []
    assert schema_faults(Schema(revision="0016", known="0016")) == []
    (older,) = schema_faults(Schema(revision="0015", known="0016"))
    (later,) = schema_faults(Schema(revision="0017", known="0016"))
    (index,) = schema_faults(Schema(revision="0016", known="0016", broken_indexes=("files_by_expiry",)))
    assert "Start the platform" in older.advice
    assert "Update TextNLP" in later.advice
    assert "reindex index concurrently textnlp.files_by_expiry" in index.advice


@pytest.mark.parametrize("kind", LeftoverKind)
def test_every_leftover_says_how_many_since_when_and_what_to_do(kind: LeftoverKind) -> None:
    fault = leftover_fault(Leftover(kind=kind, place="there", count=1200, since=NOON))
    assert fault.told.startswith("1,200 ")
    assert fault.told.endswith(", since 2026-03-01 12:00 UTC.")
    assert fault.advice


def test_a_blob_that_is_missing_cut_or_changed_is_a_fault() -> None:
    assert blob_faults(BLOB, size_bytes=3, sha256="aa") == []
    assert blob_faults(BLOB, size_bytes=3, sha256=None) == []
    (missing,), (cut,), (changed,) = (
        blob_faults(BLOB, size_bytes=None, sha256=None),
        blob_faults(BLOB, size_bytes=2, sha256=None),
        blob_faults(BLOB, size_bytes=3, sha256="bb"),
    )
    assert "not there" in missing.told
    assert "3 bytes, it has 2" in cut.told
    assert "SHA-256" in changed.told


def test_a_blob_is_not_missed_once_a_rule_may_have_deleted_it() -> None:
    assert is_kept(BLOB, now=NOON + timedelta(days=364), rules=LIFECYCLE_RULES)
    assert not is_kept(BLOB, now=NOON + timedelta(days=365), rules=LIFECYCLE_RULES)
