import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, require_none

_PAGE = ROOT / "docs" / "explanation" / "threat-model.md"
_NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
_ROW = re.compile(r"^\| ([a-z]) \| .* \| (.*) \| (.*) \| .* \|$", re.MULTILINE)
_NOTHING = "\N{EN DASH}"
_CLASSES = set("stride")
_BOUNDARIES = 12


def missing_tests(text: str, *, root: Path) -> list[str]:
    """Return the tests named in `text` that do not exist."""
    return [
        f"{place}::{name}" if name else place
        for place, name in _NAMED.findall(text)
        if not (root / place).is_file() or (name and name not in _tests_of(root / place))
    ]


def _tests_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_test_that_the_threat_model_names_exists() -> None:
    require_none(missing_tests(_PAGE.read_text(encoding="utf-8"), root=ROOT), "name the test that covers the threat")


def test_every_boundary_has_threats_and_every_threat_a_class() -> None:
    boundaries = _PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    assert len(boundaries) == _BOUNDARIES
    for boundary in boundaries:
        rows = _ROW.findall(boundary)
        assert rows, boundary.splitlines()[0]
        assert {kind for kind, _, _ in rows} <= _CLASSES
        assert all(_NOTHING in {measure, test} or _NAMED.search(test) for _, measure, test in rows)


@pytest.mark.parametrize("named", ["tests/a.py::test_gone", "tests/gone.py", "tests/gone.py::test_a"])
def test_a_test_that_does_not_exist_is_found(tmp_path: Path, named: str) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "a.py").write_text("async def test_a() -> None: ...\n", encoding="utf-8")
    assert missing_tests(f"`tests/a.py::test_a`, `tests/a.py`, `{named}`", root=tmp_path) == [named]
