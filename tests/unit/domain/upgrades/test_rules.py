from datetime import UTC, datetime, timedelta

import pytest

from textnlp.domain.errors import TextNLPError
from textnlp.domain.inspection.model import Schema
from textnlp.domain.upgrades.model import Migration
from textnlp.domain.upgrades.rules import OLDEST_BACKUP, backup_faults, migration_faults, read_version, revision_faults

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def migration(*takes_away: str, unused_since: str | None = None) -> Migration:
    return Migration(revision="0042", summary="A step", takes_away=takes_away, unused_since=unused_since)


def test_only_a_database_of_a_later_version_is_refused() -> None:
    assert revision_faults(Schema(revision="0042", known="0042")) == []
    assert revision_faults(Schema(revision="0041", known="0042")) == []
    assert revision_faults(Schema(revision=None, known="0042")) == []
    (fault,) = revision_faults(Schema(revision="0043", known="0042"))
    assert "0043" in fault.told


@pytest.mark.parametrize(
    ("pending", "oldest_running", "is_refused"),
    [
        (migration(), None, False),
        (migration("drops a column"), None, True),
        (migration("drops a column"), "9.0", True),
        (migration("drops a column", unused_since="0.10.0"), None, True),
        (migration("drops a column", unused_since="0.10.0"), "0.9.0", True),
        (migration("drops a column", unused_since="0.10.0"), "0.10.0", False),
        (migration("drops a column", unused_since="0.10.0"), "1.0.0", False),
    ],
)
def test_what_is_taken_away_waits_for_the_last_process_that_uses_it(
    pending: Migration, oldest_running: str | None, *, is_refused: bool
) -> None:
    oldest = None if oldest_running is None else read_version(oldest_running)
    faults = migration_faults([pending], oldest_running=oldest)
    assert bool(faults) == is_refused
    for fault in faults:
        assert fault.place == "migration 0042"
        assert "0.10.0" in fault.advice or "Stop every process" in fault.advice


def test_what_is_no_version_is_refused() -> None:
    with pytest.raises(TextNLPError, match="'newest' is no version"):
        read_version("newest")


def test_a_backup_of_last_night_is_there_to_go_back_to() -> None:
    assert backup_faults(NOW - OLDEST_BACKUP, now=NOW) == []
    assert "no backup" in backup_faults(None, now=NOW)[0].told
    (fault,) = backup_faults(NOW - timedelta(days=3, hours=2), now=NOW)
    assert "3 days and 2 hours" in fault.told
