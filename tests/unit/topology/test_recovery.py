from typing import Any

import pytest

from textnlp.topology.database import DATABASE_SERVER
from textnlp.topology.recovery import BACKUP_POLICIES, Retention

_BY_PROTECTED = {policy.protects: policy for policy in BACKUP_POLICIES}


def test_the_database_is_saved_at_two_and_kept_by_generations() -> None:
    policy = _BY_PROTECTED["database"]
    assert policy.starts_at == "02:00"
    kept = policy.retention
    assert kept is not None
    assert (kept.daily, kept.weekly, kept.monthly, kept.yearly) == (7, 4, 12, 5)
    assert policy.point_in_time_days == DATABASE_SERVER.point_in_time_days


def test_blobs_go_back_to_any_moment_of_thirty_days_without_a_schedule() -> None:
    policy = _BY_PROTECTED["blobs"]
    assert policy.point_in_time_days == 30
    assert policy.starts_at is None
    assert policy.retention is None


@pytest.mark.parametrize("counts", [{"daily": 0}, {"weekly": -1}])
def test_a_retention_that_keeps_nothing_is_refused(counts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="retention"):
        Retention(**{"daily": 7, "weekly": 4, "monthly": 12, "yearly": 5, **counts})
