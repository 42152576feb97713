"""Write the version of a dataset that a run has come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from textnlp.application.run_dataset import CollectedRows, DatasetRunner
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.model import DatasetFacts
from textnlp.domain.datasets.written_columns import dropped_columns
from textnlp.domain.generation.model import JsonObject
from textnlp.ports.dataset_files import DatasetFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPlace:
    """Which version is written, and what it says of itself.

    Attributes:
        document: the recipe in JSON's own types, as the version keeps it.
        generator: name and version of what made it.
        at: when the run ended.
        extra: further facts, such as how rows cover a tree of topics.
    """

    folder: Path
    version: int
    document: Mapping[str, Any]
    generator: str
    at: datetime
    extra: JsonObject | None = None


async def finish_dataset(
    files: DatasetFiles,
    runner: DatasetRunner,
    collected: CollectedRows,
    place: VersionPlace,
) -> DatasetVersion:
    """Write the version from the rows in the ledger; raises what `write` raises."""
    run = runner.run
    facts = DatasetFacts(
        name=run.recipe.name,
        version=place.version,
        recipe=place.document,
        fingerprint=run.recipe.fingerprint,
        target=run.recipe.accept.rows,
        counts=collected.selection.counts,
        reasons=collected.selection.reasons(),
        models=runner.watch.model_uses(),
        stopped_by=collected.stopped_by,
        started_at=run.created_at.isoformat(),
        finished_at=place.at.isoformat(),
        generator=place.generator,
        extra=place.extra,
    )
    return await files.write(
        place.folder,
        facts=facts,
        output=run.recipe.output,
        rows=runner.rows(collected.rounds),
        dropped=dropped_columns(place.document),
    )
