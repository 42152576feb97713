from datetime import UTC, datetime

from textnlp.domain.datasets.paths import recipe_path, seeds_prefix
from textnlp.domain.identifiers import new_run_id
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.workloads import API, BATCH_WORKER

RUN = new_run_id(datetime(2026, 1, 1, tzinfo=UTC))
PROCESSES = {process.name: process for process in TOPOLOGY.processes}


def prefix_of(path: str) -> str:
    return next(prefix for prefix in TOPOLOGY.prefixes() if path.startswith(f"{prefix}/"))


def test_the_worker_of_a_round_may_read_the_recipe_that_the_api_has_written() -> None:
    assert prefix_of(recipe_path(RUN)) in PROCESSES[API].writes
    assert prefix_of(recipe_path(RUN)) in PROCESSES[BATCH_WORKER].reads


def test_the_api_may_read_seeds() -> None:
    assert prefix_of(seeds_prefix("acme")) in PROCESSES[API].reads


def test_two_runs_share_no_blob_and_two_tenants_no_seeds() -> None:
    other = new_run_id(datetime(2026, 1, 2, tzinfo=UTC))
    assert recipe_path(RUN) != recipe_path(other)
    assert not seeds_prefix("acme-2").startswith(seeds_prefix("acme"))
