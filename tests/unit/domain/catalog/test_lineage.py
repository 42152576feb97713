from pathlib import Path
from typing import Any

import pytest

from tests.factories.datasets import RECIPE, rows_of, written
from textnlp.adapters.dataset_files.reader import read_recipe
from textnlp.domain.catalog.lineage import lineage_of


async def test_a_version_goes_on_from_the_latest_earlier_one_of_the_same_recipe(tmp_path: Path) -> None:
    marks = {1: "1:abc", 2: "1:other", 3: "1:abc", 4: "1:abc"}
    versions = [
        await written(tmp_path / f"v{number}", rows_of(7), version=number, fingerprint=mark)
        for number, mark in marks.items()
    ]
    recipe = read_recipe(tmp_path / "v4")

    parents = [lineage_of(each, recipe=recipe, earlier=versions).parent for each in versions]

    assert parents == [None, None, 1, 3]
    found = lineage_of(versions[3], recipe=recipe, earlier=[versions[0]])
    assert (found.parent, found.seed, found.seeds, found.generator) == (1, 7, None, "textnlp 1.2.3")
    kept = versions[3].file("recipe.json")
    assert kept is not None
    assert found.recipe_sha256 == kept.sha256
    assert [use.model for use in found.models] == ["scripted"]


@pytest.mark.parametrize(
    ("seeds", "shown", "rows"),
    [
        ({"kind": "rows", "rows": [{"a": 1}, {"a": 2}]}, {"kind": "rows"}, 2),
        ({"kind": "documents", "path": "books", "order": "shuffled"}, None, None),
    ],
)
async def test_seeds_are_said_without_their_rows(
    tmp_path: Path, seeds: dict[str, Any], shown: dict[str, Any] | None, rows: int | None
) -> None:
    version = await written(tmp_path / "v1", rows_of(7), recipe={**RECIPE, "seeds": seeds})
    found = lineage_of(version, recipe=read_recipe(tmp_path / "v1"), earlier=[version])
    assert (found.seeds, found.seed_rows) == (shown or seeds, rows)
