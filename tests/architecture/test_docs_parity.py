import re
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.source_tree import ROOT, require_none
from textnlp.api.app import ROUTES
from textnlp.api.openapi_document import openapi_document
from textnlp.cli.lazy_group import CommandTable, LazyCommand, LazySection
from textnlp.cli.main import COMMANDS
from textnlp.settings import Settings, variable_name


def documentation(root: Path) -> str:
    """Return the pages in which everything that users can name must be found."""
    pages = [root / "README.md", *sorted((root / "docs" / "reference").rglob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def command_names(table: CommandTable, *, words: str = "textnlp") -> list[str]:
    """Return every command as it is typed."""
    names: list[str] = []
    for name, entry in table.items():
        names.append(f"{words} {name}")
        if isinstance(entry, LazySection):
            names += command_names(entry.commands, words=f"{words} {name}")
    return names


def undocumented(names: Iterable[str], text: str) -> list[str]:
    """Return the names that stand nowhere in `text` as words of their own."""
    return [name for name in names if not re.search(rf"(?<![\w/-]){re.escape(name)}(?![\w/-])", text)]


def test_every_command_is_documented() -> None:
    require_none(undocumented(command_names(COMMANDS), documentation(ROOT)), "describe it, or: make reference")


def test_every_setting_is_documented() -> None:
    variables = [variable_name(field) for field in Settings.model_fields]
    require_none(undocumented(variables, documentation(ROOT)), "describe it, or: make reference")


def test_every_route_is_documented() -> None:
    routes = [f"{method} {path}" for path, methods in openapi_document(ROUTES)["paths"].items() for method in methods]
    assert routes
    text = documentation(ROOT).replace("`", "").lower()
    require_none([route for route in routes if f"## {route.lower()}\n" not in text], "describe it, or: make reference")


def test_what_is_described_nowhere_is_found() -> None:
    text = "`textnlp batch run-all` TEXTNLP_DATA_DIRECTORY /api/v1/batches/{id} `textnlp up`"
    assert undocumented(["textnlp batch run", "TEXTNLP_DATA_DIR", "/api/v1/batches", "textnlp up"], text) == [
        "textnlp batch run",
        "TEXTNLP_DATA_DIR",
        "/api/v1/batches",
    ]


def test_a_command_of_a_section_is_typed_after_its_first_word() -> None:
    command = LazyCommand("a:b", "Does.")
    inner = LazySection("Does.", {"set": command})
    table = {"up": command, "batch": LazySection("Does.", {"run": command, "limit": inner})}
    assert command_names(table) == [
        *("textnlp up", "textnlp batch", "textnlp batch run", "textnlp batch limit", "textnlp batch limit set"),
    ]
