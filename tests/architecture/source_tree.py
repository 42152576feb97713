"""The source as the architecture tests read it: parsed, with names and places."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src"
TESTS = ROOT / "tests"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class SourceFile:
    """A Python file under `root`, where its dotted name begins."""

    path: Path
    root: Path

    @property
    def place(self) -> str:
        """Path from the root, with slashes."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def module(self) -> str:
        """Dotted name."""
        parts = self.path.relative_to(self.root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def text(self) -> str:
        """Content."""
        return self.path.read_text(encoding="utf-8")

    @property
    def line_count(self) -> int:
        """Lines, blank ones too."""
        return len(self.text.splitlines())

    @cached_property
    def tree(self) -> ast.Module:
        """Syntax tree."""
        return ast.parse(self.text, filename=str(self.path))

    def classes(self) -> Iterator[ast.ClassDef]:
        """Yield all classes, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))

    def functions(self) -> Iterator[Function]:
        """Yield all functions and methods, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def imported(self) -> Iterator[tuple[int, str]]:
        """Yield line and dotted name of everything that is imported."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def python_files(folder: Path, *, root: Path | None = None) -> list[SourceFile]:
    """Return the Python files under `folder` in order of their paths, migrations left out."""
    paths = sorted(path for path in folder.rglob("*.py") if "migrations" not in path.parts)
    return [SourceFile(path, root or folder) for path in paths]


def planted(folder: Path, files: Mapping[str, str]) -> list[SourceFile]:
    """Write a small tree of sources into `folder`, for a rule to find the mistake in."""
    for place, text in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return python_files(folder)


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for such an expression, and an empty text for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    return ""


def original_names(file: SourceFile) -> dict[str, str]:
    """Map the names that a module's imports bind to what they stand for, `now` to `datetime.datetime.now` say."""
    names: dict[str, str] = {}
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return names


def used_names(file: SourceFile) -> Iterator[tuple[int, str]]:
    """Yield line and full name of every dotted expression whose first part was imported."""
    names = original_names(file)
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute | ast.Name):
            head, _, rest = dotted(node).partition(".")
            if head in names:
                yield node.lineno, names[head] + (f".{rest}" if rest else "")


def require_none(found: Iterable[str], advice: str) -> None:
    """Fail with everything that was found, one a line, and what to do about it."""
    lines = sorted(found)
    if lines:
        raise AssertionError(f"{advice}:\n" + "\n".join(f"- {line}" for line in lines))


def unneeded(allowed: Mapping[str, str], offenders: set[str]) -> list[str]:
    """Return the entries of an allowlist that nothing needs any more; such a list only ever shrinks."""
    return sorted(set(allowed) - offenders)
