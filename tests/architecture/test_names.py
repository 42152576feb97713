import ast
import re
import sys
from pathlib import Path

from tests.architecture.source_tree import SOURCE, SourceFile, planted, python_files, require_none

_EMPTY_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "managers", "core"}
)
_EMPTY_CLASS_NAME = re.compile(r"^_?(I[A-Z][a-z]\w*|Abstract[A-Z]\w*|\w+Impl|Base[A-Z]\w*|\w+(Manager|Helper|Utils?))$")


def empty_module_names(files: list[SourceFile]) -> list[str]:
    """Return the modules and packages whose name says nothing of what is in them."""
    return [
        file.place for file in files if not _EMPTY_NAMES.isdisjoint(file.module.lower().replace("_", ".").split("."))
    ]


def borrowed_names(files: list[SourceFile]) -> list[str]:
    """Return the modules directly in a top-level package that are named like one of the standard library."""
    found: list[str] = []
    for file in files:
        parts = file.module.split(".")
        if len(parts) == 2 and parts[1] in sys.stdlib_module_names:
            found.append(file.place)
    return found


def empty_class_names(files: list[SourceFile]) -> list[str]:
    """Return the classes whose name says how they are built instead of what they are."""
    return [
        f"{file.place}:{node.name}" for file in files for node in file.classes() if _EMPTY_CLASS_NAME.match(node.name)
    ]


def relative_imports(files: list[SourceFile]) -> list[str]:
    """Return the places that import by dots."""
    return [
        f"{file.place}:{node.lineno}"
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]


_OURS = python_files(SOURCE)


def test_every_module_is_named_after_what_is_in_it() -> None:
    require_none(empty_module_names(_OURS), "name it after the noun it holds")


def test_no_module_takes_a_name_of_the_standard_library() -> None:
    require_none(borrowed_names(_OURS), "a script beside it would import the wrong one")


def test_every_class_is_named_after_what_it_is() -> None:
    require_none(empty_class_names(_OURS), "name a port by its role, an adapter by technology and role")


def test_every_import_is_absolute() -> None:
    require_none(relative_imports(_OURS), "import by the full name")


def test_an_empty_module_name_is_found_at_any_depth(tmp_path: Path) -> None:
    places = ("p/utils.py", "p/a/common/__init__.py", "p/blob_helpers.py", "p/basement.py")
    files = planted(tmp_path, dict.fromkeys(places, ""))
    assert empty_module_names(files) == ["p/a/common/__init__.py", "p/blob_helpers.py", "p/utils.py"]


def test_a_borrowed_name_is_found_only_where_it_hides_something(tmp_path: Path) -> None:
    files = planted(
        tmp_path, dict.fromkeys(("p/__init__.py", "p/platform.py", "p/queue/__init__.py", "p/a/json.py"), "")
    )
    assert borrowed_names(files) == ["p/platform.py", "p/queue/__init__.py"]


def test_an_empty_class_name_is_found(tmp_path: Path) -> None:
    names = ("IQueue", "AbstractQueue", "QueueImpl", "QueueManager", "_BaseQueue")
    good = ("Queue", "Image", "IOError2", "InMemoryQueue", "Basement", "Abstraction")
    text = "".join(f"class {name}: ...\n" for name in (*names, *good))
    assert empty_class_names(planted(tmp_path, {"a.py": text})) == [f"a.py:{name}" for name in names]


def test_a_relative_import_is_found(tmp_path: Path) -> None:
    files = planted(tmp_path, {"a.py": "from . import b\n", "b.py": "def f():\n    from .a import c\n"})
    assert relative_imports(files) == ["a.py:1", "b.py:2"]
