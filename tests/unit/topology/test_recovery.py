from typing import Any

import pytest

from textnlp.topology.database import DATABASE_SERVER
from textnlp.topology.recovery import BACKUP_POLICIES, REPLICATIONS, Retention

_BY_PROTECTED = {policy.protects: policy for policy in BACKUP_POLICIES}


def test_the_database_is_saved_at_two_and_kept_by_generations() -> None:
    policy = _BY_PROTECTED["database"]
    assert policy.starts_at == "02:00"
    assert policy.retention == Retention(daily=7, weekly=4, monthly=12, yearly=5)
    assert policy.point_in_time_days == DATABASE_SERVER.point_in_time_days


def test_blobs_go_back_to_any_moment_of_thirty_days_without_a_schedule() -> None:
    policy = _BY_PROTECTED["blobs"]
    assert policy.point_in_time_days == 30
    assert policy.starts_at is None
    assert policy.retention is None


def test_the_database_has_a_replica_and_no_replication_of_another_product() -> None:
    methods = {replication.service: replication.method for replication in REPLICATIONS}
    assert "read replica" in methods["database"]
    assert "geo-replication" in methods["cache"]
    assert "RA-GZRS" in methods["blobs"]


@pytest.mark.parametrize("counts", [{"daily": 0}, {"weekly": -1}])
def test_a_retention_that_keeps_nothing_is_refused(counts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="retention"):
        Retention(**{"daily": 7, "weekly": 4, "monthly": 12, "yearly": 5, **counts})
