"""A dataset of two versions on a served platform, with scripts in whatever people can write."""

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.factories.datasets import RECIPE, row_of, rows_of, written
from textnlp.bootstrap.dataset_runs import dataset_ports
from textnlp.bootstrap.platform import Platform
from textnlp.domain.datasets.model import DatasetRow
from textnlp.domain.datasets.stored_run import RunState, RunVersion, StoredRun
from textnlp.domain.identifiers import new_run_id
from textnlp.domain.identity.tenant import LOCAL_TENANT

SCRIPT = "<script>window.broken = true</script><img src=x onerror=window.broken=true>"
_RECIPE: Mapping[str, Any] = {**RECIPE, "description": f"Reviews of kettles. {SCRIPT}"}


async def plant_dataset(platform: Platform) -> StoredRun:
    """Write two versions, the second with more rows and another answer, and return their run."""
    hold = platform.datasets
    assert hold is not None
    now = platform.clock.now()
    run = StoredRun(
        id=new_run_id(now),
        name="kettles",
        tenant=LOCAL_TENANT,
        caller="owner",
        model="scripted",
        endpoint="scripted",
        rows=40,
        recipe_path="recipes/none.json",
        created_at=now - timedelta(hours=2),
        state=RunState.COMPLETED,
    )
    versions: list[RunVersion] = []
    for number in (1, 2):
        folder = dataset_ports(platform).folder(run.id, number)
        made = await written(folder, _rows(number), version=number, recipe=_RECIPE)
        at = now - timedelta(hours=2 - number)
        versions.append(RunVersion(number=number, rows=made.counts.accepted, written_at=at))
    await hold.store.create(run)
    with_versions = dataclasses.replace(run, versions=tuple(versions))
    assert await hold.store.save(with_versions, was=RunState.COMPLETED)
    return await hold.store.get(run.id)


def _rows(version: int) -> list[DatasetRow]:
    first = {"stars": 5, "question": f"Is it safe? {SCRIPT}", "answer": f"Quite, says version {version}.", "secret": ""}
    return [row_of(1_000, first), *rows_of(35 * version)]
