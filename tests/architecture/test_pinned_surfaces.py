import ast
from pathlib import Path

import pytest

from tests.architecture.source_tree import SOURCE, Function, SourceFile, planted, python_files
from tests.snapshots import RENEW_VARIABLE, require_snapshot

_PINNED = Path(__file__).parent / "public_names.txt"
_PACKAGES = ("textnlp.topology", "textnlp.domain", "textnlp.ports")


def public_names(file: SourceFile) -> list[str]:
    """Return the names that a module defines for others, sorted; those with an underscore in front are its own."""
    names: set[str] = set()
    for node in file.tree.body:
        if isinstance(node, ast.ClassDef | Function):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return sorted(name for name in names if not name.startswith("_"))


def surface(files: list[SourceFile], *, packages: tuple[str, ...]) -> str:
    """Return one line a module with its public names."""
    lines = [
        f"{file.module}: {', '.join(names)}"
        for file in sorted(files, key=lambda file: file.module)
        if f"{file.module}.".startswith(tuple(f"{package}." for package in packages)) and (names := public_names(file))
    ]
    return "\n".join(lines) + "\n"


def test_the_public_names_of_declaration_domain_and_ports_are_as_pinned() -> None:
    require_snapshot(_PINNED, surface(python_files(SOURCE), packages=_PACKAGES))


def test_what_a_module_defines_is_its_surface_and_what_it_imports_is_not(tmp_path: Path) -> None:
    text = (
        "import os\nfrom a import B\nX, y = 1, 2\nZ: int = 1\n_W = 1\nclass C: ...\nasync def d(): ...\ndef _e(): ...\n"
    )
    files = planted(tmp_path, {"p/ports/a.py": text, "p/ports/__init__.py": "", "p/other.py": "x = 1\n"})
    assert surface(files, packages=("p.ports",)) == "p.ports.a: C, Z, d\n"


def test_a_changed_surface_fails_with_its_difference_and_how_to_renew_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(RENEW_VARIABLE, raising=False)
    pinned = tmp_path / "pinned.txt"
    pinned.write_text("a: B\n", encoding="utf-8")
    with pytest.raises(AssertionError, match=rf"-a: B\n\+a: C\n.*{RENEW_VARIABLE}=1"):
        require_snapshot(pinned, "a: C\n")
    require_snapshot(pinned, "a: B\n")


def test_renewing_writes_the_file_and_never_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RENEW_VARIABLE, "1")
    pinned = tmp_path / "pinned.txt"
    with pytest.raises(AssertionError, match=r"pinned\.txt is renewed"):
        require_snapshot(pinned, "a: C\n")
    assert pinned.read_text(encoding="utf-8") == "a: C\n"
