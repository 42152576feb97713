from pathlib import Path

import pytest

from tests.architecture.source_tree import (
    ROOT,
    SOURCE,
    TESTS,
    Function,
    SourceFile,
    dotted,
    planted,
    python_files,
    require_none,
    unneeded,
)

_MODULE_LINES = 400
_FUNCTION_LINES = 50
_CLASS_METHODS = 15
_INHERITANCE = 2
_TEST_LINES = 600

_LONG_MODULES: dict[str, str] = {}
_LONG_FUNCTIONS: dict[str, str] = {}
_WIDE_CLASSES: dict[str, str] = {}
_DEEP_CLASSES: dict[str, str] = {}
_LONG_TESTS: dict[str, str] = {}
"""What may exceed its budget, each with its reason; an entry that is not needed any more fails the tests."""


def long_files(files: list[SourceFile], *, most: int) -> dict[str, int]:
    """Return the files with more than `most` lines, and how many they have."""
    return {file.place: file.line_count for file in files if file.line_count > most}


def long_functions(files: list[SourceFile]) -> dict[str, int]:
    """Return the functions that are longer than the budget, from `def` to their last line."""
    lengths = {f"{file.place}:{node.name}": _length(node) for file in files for node in file.functions()}
    return {name: length for name, length in lengths.items() if length > _FUNCTION_LINES}


def wide_classes(files: list[SourceFile]) -> dict[str, int]:
    """Return the classes with more methods than the budget, those of the language left out."""
    counts = {
        f"{file.place}:{node.name}": sum(isinstance(i, Function) and not i.name.startswith("__") for i in node.body)
        for file in files
        for node in file.classes()
    }
    return {name: count for name, count in counts.items() if count > _CLASS_METHODS}


def deep_classes(files: list[SourceFile]) -> dict[str, int]:
    """Return the classes that stand on a longer chain of our own classes than the budget, themselves counted."""
    bases = {node.name: [dotted(base) for base in node.bases] for file in files for node in file.classes()}

    def depth(name: str, *, seen: frozenset[str] = frozenset()) -> int:
        if name not in bases or name in seen:
            return 0
        return 1 + max((depth(base.rpartition(".")[2], seen=seen | {name}) for base in bases[name]), default=0)

    return {name: depth(name) for name in bases if depth(name) > _INHERITANCE}


def _length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


_OURS = [*python_files(SOURCE), *python_files(ROOT / "tools", root=ROOT)]


@pytest.mark.parametrize(
    ("found", "allowed", "most", "unit"),
    [
        (long_files(_OURS, most=_MODULE_LINES), _LONG_MODULES, _MODULE_LINES, "lines"),
        (long_functions(_OURS), _LONG_FUNCTIONS, _FUNCTION_LINES, "lines"),
        (wide_classes(_OURS), _WIDE_CLASSES, _CLASS_METHODS, "methods"),
        (deep_classes(_OURS), _DEEP_CLASSES, _INHERITANCE, "classes deep"),
        (long_files(python_files(TESTS), most=_TEST_LINES), _LONG_TESTS, _TEST_LINES, "lines"),
    ],
    ids=["modules", "functions", "classes", "inheritance", "tests"],
)
def test_nothing_exceeds_its_budget(found: dict[str, int], allowed: dict[str, str], most: int, unit: str) -> None:
    above = [f"{name}: {size} {unit}, at most {most}" for name, size in found.items() if name not in allowed]
    require_none(above, "divide it by its nouns and verbs")
    require_none(unneeded(allowed, set(found)), "these keep their budget: take them off the allowlist")


def test_a_long_module_is_found(tmp_path: Path) -> None:
    files = planted(tmp_path, {"long.py": "\n" * 401, "short.py": "\n" * 400})
    assert long_files(files, most=_MODULE_LINES) == {"long.py": 401}


def test_a_long_function_is_found_wherever_it_stands(tmp_path: Path) -> None:
    body = "".join(f"        x = {i}\n" for i in range(50))
    files = planted(tmp_path, {"a.py": f"class A:\n    async def long(self):\n{body}\ndef short():\n    pass\n"})
    assert long_functions(files) == {"a.py:long": 51}


def test_a_class_of_sixteen_methods_is_found(tmp_path: Path) -> None:
    methods = "".join(f"    def m{i}(self): ...\n" for i in range(15))
    files = planted(
        tmp_path,
        {
            "wide.py": f"class Wide:\n{methods}    @property\n    def one_more(self): ...\n",
            "narrow.py": f"class Narrow:\n    def __init__(self): ...\n{methods}",
        },
    )
    assert wide_classes(files) == {"wide.py:Wide": 16}


def test_a_grandchild_is_found_across_modules(tmp_path: Path) -> None:
    files = planted(
        tmp_path,
        {
            "a.py": "class A(Protocol[T]): ...\nclass B(A): ...\n",
            "c.py": "import a\nclass C(a.B, ValueError): ...\n",
        },
    )
    assert deep_classes(files) == {"C": 3}


def test_an_allowance_that_nothing_needs_is_found() -> None:
    assert unneeded({"a.py": "because", "b.py": "because"}, {"a.py"}) == ["b.py"]
