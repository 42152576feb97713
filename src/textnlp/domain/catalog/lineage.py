"""Where a version is from: its recipe, its seeds, the models that were asked, and the version that it goes on from."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from textnlp.domain.datasets.layout import RECIPE
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.model import ModelUse

_SEED_TEXTS = ("kind", "path", "root", "order", "first", "count", "depth", "degree")


class VersionLineage(msgspec.Struct, frozen=True, kw_only=True):
    """Where a version is from.

    Attributes:
        fingerprint: of the recipe, equal for recipes that make the same candidates.
        recipe_sha256: of the recipe's bytes as the version keeps them, in hexadecimal.
        seed: the number that everything drawn follows from.
        seeds: what rows begin with, without the rows themselves; None where they begin with nothing.
        seed_rows: rows of seeds that stand in the recipe.
        parent: the latest earlier version of the same recipe, whose rows are in this one; None for none.
        models: that were asked.
        generator: name and version of what made it.
        created: ISO 8601.
    """

    name: str
    version: int
    fingerprint: str
    recipe_sha256: str
    seed: int
    seeds: dict[str, Any] | None
    seed_rows: int | None
    parent: int | None
    models: list[ModelUse]
    generator: str
    created: str


def lineage_of(
    version: DatasetVersion, *, recipe: Mapping[str, Any], earlier: Sequence[DatasetVersion]
) -> VersionLineage:
    """Work out where a version is from; `earlier` are those of its dataset that are there still, deleted ones aside."""
    kept = version.file(RECIPE)
    seeds: Mapping[str, Any] | None = recipe.get("seeds")
    rows = None if seeds is None else seeds.get("rows")
    same = [
        each.version for each in earlier if each.version < version.version and each.fingerprint == version.fingerprint
    ]
    return VersionLineage(
        name=version.name,
        version=version.version,
        fingerprint=version.fingerprint,
        recipe_sha256="" if kept is None else kept.sha256,
        seed=recipe.get("seed", 0),
        seeds=None if seeds is None else {name: seeds[name] for name in _SEED_TEXTS if name in seeds},
        seed_rows=None if rows is None else len(rows),
        parent=max(same, default=None),
        models=version.models,
        generator=version.generator,
        created=version.created,
    )
