import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, planted

_LINTER = Path(sys.executable).with_name("lint-imports")
_PROJECT = ROOT / "pyproject.toml"
_SKELETON = {
    f"textnlp/{place}": ""
    for place in (
        "__init__.py",
        "embedded_runtime.py",
        "process_runtime.py",
        "api/__init__.py",
        "cli/__init__.py",
        "console/__init__.py",
        "functions/__init__.py",
        "workers/__init__.py",
        "bootstrap.py",
        "client/__init__.py",
        "adapters/__init__.py",
        "adapters/blobs/__init__.py",
        "adapters/queues/__init__.py",
        "settings.py",
        "application/__init__.py",
        "ports/__init__.py",
        "domain/__init__.py",
        "domain/batches/__init__.py",
        "domain/errors.py",
        "topology/__init__.py",
    )
} | {"textnlp_infra/__init__.py": ""}


def _run(python_path: Path, project: Path) -> subprocess.CompletedProcess[str]:
    """Run the import contracts of `project` over the packages under `python_path`."""
    return subprocess.run(
        [_LINTER, "--no-cache", "--no-logo", project],
        cwd=python_path,
        env={**os.environ, "PYTHONPATH": str(python_path), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def _run_planted(folder: Path, files: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    planted(folder, {**_SKELETON, **files})
    contracts = "[tool.importlinter]" + _PROJECT.read_text(encoding="utf-8").split("[tool.importlinter]", 1)[1]
    project = folder / "pyproject.toml"
    project.write_text(contracts, encoding="utf-8")
    return _run(folder, project)


def test_the_source_keeps_every_import_contract() -> None:
    result = _run(ROOT / "src", _PROJECT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_empty_house_keeps_every_contract(tmp_path: Path) -> None:
    result = _run_planted(tmp_path, {})
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("place", "imported", "contract"),
    [
        ("textnlp/domain/model.py", "textnlp.adapters.blobs", "One-way layers"),
        ("textnlp/topology/queues.py", "textnlp.domain", "One-way layers"),
        ("textnlp/ports/clock.py", "textnlp.application", "One-way layers"),
        ("textnlp/adapters/blobs/store.py", "textnlp.settings", "One-way layers"),
        ("textnlp/api/app.py", "textnlp.cli", "One-way layers"),
        ("textnlp/client/call.py", "textnlp.settings", "One-way layers"),
        ("textnlp/client/call.py", "textnlp.ports", "The client stands alone"),
        ("textnlp/client/call.py", "textnlp.domain.batches", "The client stands alone"),
        ("textnlp/utils.py", "textnlp.domain", "One-way layers"),
        ("textnlp/cli/main.py", "textnlp.adapters.blobs", "Only bootstrap names an adapter"),
        ("textnlp/adapters/queues/memory.py", "textnlp.adapters.blobs", "Adapter families do not know each other"),
        ("textnlp_infra/naming.py", "textnlp.settings", "Azure is written from the declaration"),
        ("textnlp_infra/naming.py", "textnlp.domain.batches", "Azure is written from the declaration"),
        ("textnlp/api/app.py", "textnlp_infra", "Only the command line asks for Azure"),
    ],
)
def test_a_planted_import_breaks_its_contract(tmp_path: Path, place: str, imported: str, contract: str) -> None:
    result = _run_planted(tmp_path, {place: f"import {imported}\n"})
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{contract} BROKEN" in result.stdout


def test_a_planted_circle_is_broken(tmp_path: Path) -> None:
    files = {
        "textnlp/domain/batches/__init__.py": "import textnlp.domain.usage\n",
        "textnlp/domain/usage/__init__.py": "import textnlp.domain.batches\n",
    }
    result = _run_planted(tmp_path, files)
    assert "No cycles between siblings BROKEN" in result.stdout, result.stdout + result.stderr
