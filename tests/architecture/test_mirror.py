from pathlib import Path

from tests.architecture.source_tree import SOURCE, TESTS, SourceFile, planted, python_files, require_none, unneeded

_SMALLEST_TESTED = 30

_UNTESTED: dict[str, str] = {}
"""Modules without a test file of their name, each with the file that tests them; it only ever shrinks."""


def untested(files: list[SourceFile], tests: list[SourceFile]) -> set[str]:
    """Return the modules of more than thirty lines that no test file is named after."""
    names = {test.path.name for test in tests}
    return {
        file.place
        for file in files
        if file.line_count > _SMALLEST_TESTED
        and not file.path.name.startswith("__")
        and f"test_{file.path.name.lstrip('_')}" not in names
    }


def misplaced(files: list[SourceFile], unit_tests: list[SourceFile]) -> list[str]:
    """Return the unit tests that do not lie where their module lies: `a/test_b.py` for `a/b.py` or package `a/b`."""
    places = {file.module.partition(".")[2].replace(".", "/") for file in files}
    found: list[str] = []
    for test in unit_tests:
        if test.path.name.startswith("test_"):
            place = (Path(test.place).parent / test.path.stem.removeprefix("test_")).as_posix()
            private = (Path(test.place).parent / f"_{test.path.stem.removeprefix('test_')}").as_posix()
            if place not in places and private not in places:
                found.append(test.place)
    return found


_OURS = python_files(SOURCE)


def test_every_module_has_a_test_file_of_its_name() -> None:
    found = untested(_OURS, python_files(TESTS))
    require_none(found - set(_UNTESTED), "write tests/unit/<same path>/test_<module>.py, or a contract of that name")
    require_none(unneeded(_UNTESTED, found), "these have a test of their name: take them off the list")


def test_every_unit_test_lies_where_its_module_lies() -> None:
    require_none(misplaced(_OURS, python_files(TESTS / "unit")), "move it to the path of what it tests")


def test_an_untested_module_is_found(tmp_path: Path) -> None:
    long = "\n" * 31
    files = planted(tmp_path / "src", {"p/a.py": long, "p/_b.py": long, "p/c.py": "\n" * 30, "p/d.py": long})
    tests = planted(tmp_path / "tests", {"unit/test_a.py": "", "contract/test_b.py": ""})
    assert untested(files, tests) == {"p/d.py"}


def test_a_misplaced_unit_test_is_found(tmp_path: Path) -> None:
    files = planted(tmp_path / "src", {"p/domain/a.py": "", "p/domain/b/__init__.py": "", "p/domain/_c.py": ""})
    places = ("domain/test_a.py", "domain/test_b.py", "domain/test_c.py", "test_a.py", "domain/test_gone.py")
    tests = planted(tmp_path / "unit", dict.fromkeys((*places, "domain/__init__.py"), ""))
    assert misplaced(files, tests) == ["domain/test_gone.py", "test_a.py"]
