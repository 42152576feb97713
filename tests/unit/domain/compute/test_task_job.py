from typing import Any

import pytest

from textnlp.domain.compute.task_job import PoolJob, PoolTask
from textnlp.domain.errors import TextNLPError

_TASK: dict[str, Any] = {"id": "part-1", "command": ("textnlp", "validate-part"), "image": "r.example.org/v:1"}


def test_a_task_is_written_as_azure_batch_takes_it() -> None:
    document = PoolTask(**_TASK, environment={"TEXTNLP_DATA_DIR": "/data"}, max_attempts=3, max_seconds=60).document()
    assert document["commandLine"] == "textnlp validate-part"
    assert document["containerSettings"]["imageName"] == "r.example.org/v:1"
    assert document["environmentSettings"] == [{"name": "TEXTNLP_DATA_DIR", "value": "/data"}]
    assert document["constraints"]["maxTaskRetryCount"] == 2
    assert document["constraints"]["maxWallClockTime"] == "PT60S"
    assert document["userIdentity"]["autoUser"]["elevationLevel"] == "nonadmin"


def test_a_job_names_its_pool() -> None:
    assert PoolJob(id="j", pool="workers").document()["poolInfo"] == {"poolId": "workers"}


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "a b"},
        {"id": "x" * 65},
        {"command": ()},
        {"command": ("sh", "-c", "rm -rf /")},
        {"command": ("echo", '"')},
        {"image": "Not An Image"},
        {"environment": {"TEXTNLP_API_KEY": "x"}},
        {"environment": {"DB_PASSWORD": "x"}},
        {"environment": {"lower": "x"}},
        {"max_attempts": 0},
    ],
)
def test_what_the_service_would_refuse_and_secrets_are_refused_here(changes: dict[str, Any]) -> None:
    with pytest.raises(TextNLPError):
        PoolTask(**{**_TASK, **changes})


@pytest.mark.parametrize(("job", "pool"), [("", "p"), ("j", "p/q")])
def test_a_job_has_ids(job: str, pool: str) -> None:
    with pytest.raises(TextNLPError, match="is no id"):
        PoolJob(id=job, pool=pool)
