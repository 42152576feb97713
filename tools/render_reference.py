"""Write the pages under docs/reference that are made from the code.

Run by `make reference`. With `--check` nothing is written; the exit code is 1 when a page is not what the code says.
"""

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, cast

from tools.markdown import escaped, table
from tools.reference_azure_coverage import azure_coverage_page
from tools.reference_client import client_page
from tools.reference_commands import commands_page
from tools.reference_errors import errors_page
from tools.reference_http import http_page
from tools.reference_licences import licences_page
from tools.reference_metrics import metrics_page
from tools.reference_models_file import models_file_page
from tools.reference_recipes import recipes_page
from tools.reference_report import report_page

from textnlp.api.docstrings import attribute_meanings, summary
from textnlp.settings import Settings, variable_name
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.metrics import Metric

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
RENEW = "make reference"

_WIDEST_TABLE = 8
_LEAST_GROUPED = 10_000
_NOTHING = "none"
_PROSE = re.compile(r"[A-Za-z][\w ,;.:'()%/-]* [\w ,;.:'()%/-]*")
"""Sentences and phrases; whatever else a text is, it is shown as code."""


def topology_page() -> str:
    """Return the page that shows every value of the declaration."""
    meanings = attribute_meanings(type(TOPOLOGY).__doc__ or "")
    lines = [
        "# Topology",
        "",
        "What the platform is, wherever it runs: the values of `textnlp.topology.catalog.TOPOLOGY`.",
        "Days, seconds and bytes are in the names.",
        "",
    ]
    singles: dict[str, Any] = {}
    for field in fields(TOPOLOGY):
        value: Any = getattr(TOPOLOGY, field.name)
        title = field.name.replace("_", " ").capitalize()
        if is_dataclass(value):
            lines += [f"## {title}", "", *_described(value), *_settings_list(value), ""]
        elif _holds_dataclasses(value):
            lines += [f"## {title}", "", *_described(value[0]), *_collection(value), ""]
        else:
            singles[field.name] = value
    lines += ["## Single values", ""]
    for name, value in singles.items():
        meaning = meanings.get(name, "")
        lines.append(f"- **{name}**: {cell(value)}{f' - {meaning}' if meaning else ''}")
    return "\n".join([*lines, ""])


def settings_page() -> str:
    """Return the page that shows every environment variable the platform reads."""
    rows: list[list[str]] = []
    for name, field in Settings.model_fields.items():
        variable, _, meaning = (field.description or "").partition(": ")
        default = "depends on the machine" if field.default_factory else cell(field.default)
        rows.append([f"`{variable_name(name)}`", default, meaning if variable == variable_name(name) else variable])
    lines = ["# Settings", "", _first_paragraph(Settings), "", *table(["variable", "default", "meaning"], rows), ""]
    return "\n".join(lines)


PAGES: Mapping[str, Callable[[], str]] = {
    "azure-coverage.md": azure_coverage_page,
    "client.md": client_page,
    "commands.md": commands_page,
    "errors.md": errors_page,
    "http.md": http_page,
    "licences.md": licences_page,
    "metrics.md": metrics_page,
    "models-file.md": models_file_page,
    "recipes.md": recipes_page,
    "report.md": report_page,
    "settings.md": settings_page,
    "topology.md": topology_page,
}
"""File name under docs/reference and what renders it."""


def rendered(name: str) -> str:
    """Return a page as it should be on disk, with the note that says where it comes from."""
    return f"<!-- Made from the code. To renew: {RENEW} -->\n\n{PAGES[name]()}"


def stale_pages(directory: Path) -> list[str]:
    """List the pages that are missing from `directory` or differ from what the code says."""
    return [
        name
        for name in PAGES
        if not (directory / name).is_file() or (directory / name).read_text(encoding="utf-8") != rendered(name)
    ]


def write_pages(directory: Path) -> None:
    """Write every page into `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in PAGES:
        (directory / name).write_text(rendered(name), encoding="utf-8")


def cell(value: Any) -> str:
    """Return a value as it stands in a table or a list."""
    if value is None or value in {"", ()}:
        return _NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_item(item) for item in cast("tuple[Any, ...]", value))
    if isinstance(value, Metric):
        return cell(value.name)
    if is_dataclass(value):
        return "; ".join(f"{field.name} {cell(getattr(value, field.name))}" for field in fields(value))
    return _scalar(value)


def _first_paragraph(kind: type) -> str:
    return summary(kind.__doc__ or "").partition("\n\n")[0]


def _scalar(value: Any) -> str:
    if isinstance(value, int | float):
        return f"{value:,}" if value >= _LEAST_GROUPED else str(value)
    if isinstance(value, date):
        return value.isoformat()
    text = escaped(str(value.value if isinstance(value, Enum) else value))
    return text if _PROSE.fullmatch(text) else f"`{text}`"


def _item(item: Any) -> str:
    """Return an item of a list: a pair as `first → second`, a value that has a name by its name."""
    if isinstance(item, tuple):
        return " → ".join(cell(part) for part in cast("tuple[Any, ...]", item))
    return _scalar(item) if isinstance(item, Enum) else cell(getattr(item, "name", item))


def _holds_dataclasses(value: Any) -> bool:
    items = cast("tuple[Any, ...]", value) if isinstance(value, tuple) else ()
    return bool(items) and is_dataclass(items[0])


def _described(value: Any) -> list[str]:
    """Return what the class of a value says of itself and of its attributes."""
    kind: type[Any] = value.__class__
    meanings = attribute_meanings(kind.__doc__ or "")
    legend = [f"- *{field.name}*: {meanings[field.name]}" for field in fields(kind) if field.name in meanings]
    return [_first_paragraph(kind), "", *legend, *([""] if legend else [])]


def _collection(values: Sequence[Any]) -> list[str]:
    """Return a table, or a section a value where a table would be too wide; then what hangs on each value."""
    names = [field.name for field in fields(values[0])]
    if len(names) > _WIDEST_TABLE:
        sections = ([f"### {_title(value)}", "", *_settings_list(value), ""] for value in values)
        lines = [line for section in sections for line in section]
    else:
        lines = table(names, ([cell(getattr(value, name)) for name in names] for value in values))
    for value in values:
        for name in names:
            inner: Any = getattr(value, name)
            if _holds_dataclasses(inner):
                title = f"### {name.capitalize()} of {_title(value)}"
                lines += ["", title, "", *_described(inner[0]), *_collection(inner)]
    return lines


def _settings_list(value: Any) -> list[str]:
    """Return one line a field."""
    return [f"- **{field.name}**: {cell(getattr(value, field.name))}" for field in fields(value)]


def _title(value: Any) -> str:
    """Return what a value is called."""
    return f"`{getattr(value, fields(value)[0].name)}`"


def main() -> int:
    """Write the pages, or look whether they are current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    if not parser.parse_args().check:
        write_pages(REFERENCE)
        return 0
    stale = stale_pages(REFERENCE)
    for name in stale:
        print(f"docs/reference/{name} is not what the code says; renew it: {RENEW}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
