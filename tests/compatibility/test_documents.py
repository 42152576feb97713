"""Datasets, recipes, files of prompts and names of earlier releases are what they were."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tools.changelog import CHANGELOG
from tools.release_surface import fingerprints, row_hashes, surface

from tests.architecture.source_tree import require_none
from tests.compatibility.recorded import FOLDERS, NAMES, lost, surface_of
from tests.unit.cli.commands.test_dataset import document, run

releases = pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)

_RETIRED: dict[str, str] = {}
"""Names that an earlier release had and this one has not, each with the changelog fragment that says so."""


@releases
def test_a_dataset_of_a_release_verifies_and_is_shown_compared_and_exported(folder: Path, tmp_path: Path) -> None:
    dataset = folder / "dataset"
    assert run("verify", dataset).exit_code == 0
    manifest: dict[str, Any] = json.loads((dataset / "v1" / "manifest.json").read_bytes())
    assert lost(manifest, document("show", dataset)) == []
    (listed,) = document("list", dataset)
    assert (listed["version"], listed["fingerprint"]) == (1, manifest["fingerprint"])
    same = document("diff", dataset, dataset)
    assert {name: same["rows"][name] for name in ("added", "removed", "changed")} == {
        "added": 0,
        "removed": 0,
        "changed": 0,
    }
    assert run("export", dataset, "--format", "csv", "--out", tmp_path / "csv").exit_code == 0
    turned_away: dict[str, Any] = json.loads((dataset / "v1" / "rejected.jsonl").read_text().splitlines()[0])
    assert document("show", dataset, "--row", turned_away["id"])["fate"] == "rejected"


@releases
def test_a_recipe_of_a_release_has_the_fingerprint_by_which_its_run_goes_on(folder: Path) -> None:
    recorded = json.loads((folder / "recipes" / "fingerprints.json").read_text())
    assert fingerprints(folder / "recipes") == recorded


@releases
def test_a_row_of_a_file_has_the_hash_by_which_its_result_is_found_again(folder: Path) -> None:
    assert row_hashes(folder / "inputs") == json.loads((folder / "inputs" / "rows.json").read_text())


def gone(before: Iterable[str], now: Iterable[str]) -> set[str]:
    return set(before) - set(now) - set(_RETIRED)


@releases
def test_commands_options_settings_and_routes_of_a_release_are_there(folder: Path) -> None:
    recorded, present = surface_of(folder), surface()
    require_none(gone(recorded.settings, present.settings), "keep it, or name its fragment under _RETIRED")
    require_none(gone(recorded.routes, present.routes), "keep it, or name its fragment under _RETIRED")
    options = [f"{command} {each}" for command, taken in recorded.commands.items() for each in ("", *taken)]
    known = [f"{command} {each}" for command, taken in present.commands.items() for each in ("", *taken)]
    require_none(gone(options, known), "keep it, or name its fragment under _RETIRED")


def test_the_newest_version_that_is_out_is_recorded() -> None:
    text = CHANGELOG.read_text(encoding="utf-8") if CHANGELOG.exists() else ""
    released = re.findall(r"^## (\S+) \(", text, re.MULTILINE)
    assert set(released[:1]) <= set(NAMES), "make record-release"
