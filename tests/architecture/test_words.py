import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, SourceFile, planted, python_files, require_none

_UNFINISHED = re.compile(
    r"\b(TODO|FIXME|XXX|HACK|WIP|for now|placeholder|not (yet )?implemented|in a real|previously)\b",
    re.IGNORECASE,
)
_MACHINE = re.compile(r"(/work/|/root/|/home/\w|/tmp/\w|C:\\Users|pypi\.org|pythonhosted|registry\.npmjs)")
_CODE = ("src", "tests", "tools", "benchmarks")
_PAGES = ("*.md", "docs/**/*.md", "changelog.d/*.md", "Makefile", ".ci/run")


def prose_of(file: SourceFile) -> Iterator[tuple[int, str]]:
    """Yield line and text of every comment and docstring of a module."""
    for token in tokenize.generate_tokens(io.StringIO(file.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from enumerate(node.value.value.splitlines(), node.lineno)


def words_in_code(files: list[SourceFile], pattern: re.Pattern[str]) -> list[str]:
    """Return the comments and docstrings in which `pattern` is found."""
    return [
        f"{file.place}:{line}: {match.group()}"
        for file in files
        if pattern.search(file.text)  # much quicker than taking a module apart
        for line, text in prose_of(file)
        if (match := pattern.search(text))
    ]


def words_in_pages(pages: list[Path], pattern: re.Pattern[str], *, root: Path) -> list[str]:
    """Return the lines of pages in which `pattern` is found."""
    return [
        f"{page.relative_to(root)}:{line}: {match.group()}"
        for page in pages
        for line, text in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
        if (match := pattern.search(text))
    ]


def _code() -> list[SourceFile]:
    return [file for folder in _CODE for file in python_files(ROOT / folder, root=ROOT)]


def _pages() -> list[Path]:
    return sorted({page for pattern in _PAGES for page in ROOT.glob(pattern)})


@pytest.mark.parametrize("pattern", [_UNFINISHED, _MACHINE], ids=["unfinished", "machine"])
def test_no_comment_or_page_speaks_of_unfinished_work_or_of_one_machine(pattern: re.Pattern[str]) -> None:
    found = words_in_code(_code(), pattern) + words_in_pages(_pages(), pattern, root=ROOT)
    require_none(found, "finish it, or say what holds instead")


def test_unfinished_work_is_found_in_comments_and_docstrings_but_not_in_data(tmp_path: Path) -> None:
    words = "for" + " now"
    text = f'"""Does\n\nthis {words}."""\nx = 1  # TO' + f'DO mend\ny = "{words}"\n\n\ndef f():\n    """Is fine."""\n'
    assert words_in_code(planted(tmp_path, {"a.py": text}), _UNFINISHED) == ["a.py:4: TODO", f"a.py:3: {words}"]


def test_unfinished_work_and_machines_are_found_in_pages(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text("Fine.\nFIX" + "ME later\nSee /work" + "/main.\n", encoding="utf-8")
    assert words_in_pages([page], _UNFINISHED, root=tmp_path) == ["a.md:2: FIXME"]
    assert words_in_pages([page], _MACHINE, root=tmp_path) == ["a.md:3: /work/"]
