"""Write the version of a dataset that a run has come to."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textnlp.application.run_dataset import CollectedRows, DatasetRunner
from textnlp.application.watch_run import RunWatch
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.model import DatasetFacts
from textnlp.domain.datasets.run import DatasetRun
from textnlp.domain.datasets.written_columns import dropped_columns
from textnlp.domain.generation.model import JsonObject
from textnlp.ports.clock import Clock
from textnlp.ports.dataset_files import DatasetFiles


async def finish_dataset(
    files: DatasetFiles,
    runner: DatasetRunner,
    collected: CollectedRows,
    *,
    run: DatasetRun,
    document: Mapping[str, Any],
    watch: RunWatch,
    folder: Path,
    version: int,
    generator: str,
    clock: Clock,
    extra: JsonObject | None = None,
) -> DatasetVersion:
    """Write `folder` as version `version` of the dataset, from the rows in the ledger; raises what `write` raises.

    `document` is the recipe in JSON's own types, as the version keeps it.
    """
    facts = DatasetFacts(
        name=run.recipe.name,
        version=version,
        recipe=document,
        fingerprint=run.recipe.fingerprint,
        target=run.recipe.accept.rows,
        counts=collected.selection.counts,
        reasons=collected.selection.reasons(),
        models=watch.model_uses(),
        stopped_by=collected.stopped_by,
        started_at=run.created_at.isoformat(),
        finished_at=clock.now().isoformat(),
        generator=generator,
        extra=extra,
    )
    return await files.write(
        folder,
        facts=facts,
        output=run.recipe.output,
        rows=runner.rows(collected.rounds),
        dropped=dropped_columns(document),
    )
