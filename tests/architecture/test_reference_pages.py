import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.markdown import escaped
from tools.render_reference import PAGES, REFERENCE, RENEW, cell, stale_pages, write_pages

from tests.architecture.source_tree import require_none
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.document import Document, as_document

_TOPOLOGY_PAGE = REFERENCE / "topology.md"


def _leaves(document: Document) -> Iterator[str | int | float]:
    """Yield every text and number of a document; its switches and its gaps are words on every page."""
    if isinstance(document, dict):
        for value in document.values():
            yield from _leaves(value)
    elif isinstance(document, list):
        for value in document:
            yield from _leaves(value)
    elif document is not None and not isinstance(document, bool):
        yield document


def _shown(value: str | float) -> str:
    if isinstance(value, str):
        return escaped(value)
    return f"{value:,}" if value >= 10_000 else str(value)


def _missing(document: Document, page: str) -> list[str]:
    """Return the values of a document that stand nowhere on a page as words of their own."""
    shown = {_shown(value) for value in _leaves(document) if value != ""}
    return sorted(text for text in shown if not re.search(rf"(?<![\w,.]){re.escape(text)}(?![\w])", page))


def test_the_reference_is_what_the_code_says() -> None:
    require_none(stale_pages(REFERENCE), f"renew them: {RENEW}")


def test_every_value_of_the_declaration_stands_in_the_reference() -> None:
    page = _TOPOLOGY_PAGE.read_text(encoding="utf-8")
    require_none(_missing(as_document(TOPOLOGY), page), "tools/render_reference.py leaves them out")


def test_a_value_that_is_left_out_is_found() -> None:
    page = "| `a` | 1,200,000 | 30 |"
    assert _missing({"name": "a", "sizes": [1_200_000], "is_on": True, "gone": None}, page) == []
    assert _missing({"name": "b", "sizes": [1_200, 3, 0.25]}, page) == ["0.25", "1200", "3", "b"]


def test_a_page_that_is_missing_or_changed_is_stale(tmp_path: Path) -> None:
    assert stale_pages(tmp_path) == list(PAGES)
    write_pages(tmp_path)
    assert stale_pages(tmp_path) == []
    first = tmp_path / next(iter(PAGES))
    first.write_text(first.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert stale_pages(tmp_path) == [first.name]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "none"),
        ((), "none"),
        (False, "no"),
        (8_000, "8000"),
        (1_209_600, "1,209,600"),
        (("a", "b"), "`a`, `b`"),
        ((("a", 80),), "`a` → 80"),
        ("A | where b == 1", "`A \\| where b == 1`"),
        ("what models are asked", "what models are asked"),
    ],
)
def test_a_value_is_shown_as_people_read_it(value: object, shown: str) -> None:
    assert cell(value) == shown
