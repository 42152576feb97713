from collections.abc import Iterator
from typing import Any, cast

import yaml
from markdown_it import MarkdownIt

from tests.architecture.source_tree import ROOT, require_none

DOCS = ROOT / "docs"


def named_pages(nav: Any) -> Iterator[str]:
    """Yield the pages that a navigation names."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, list):
        for item in cast("list[Any]", nav):
            yield from named_pages(item)
    else:
        for item in cast("dict[str, Any]", nav).values():
            yield from named_pages(item)


def blocks_out_of_their_list(page: str) -> list[int]:
    """Return the lines of code blocks that stand in a list and are not indented by four, which the site needs."""
    lines = page.splitlines()
    tokens = MarkdownIt().parse(page)
    starts = [token.map[0] for token in tokens if token.type == "fence" and token.level and token.map]
    return [start + 1 for start in starts if (len(lines[start]) - len(lines[start].lstrip())) % 4]


def test_the_navigation_names_every_page_once() -> None:
    site: dict[str, Any] = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    named = list(named_pages(site["nav"]))
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    require_none(sorted(pages - set(named)), "name it under nav in mkdocs.yml")
    require_none(sorted(set(named) - pages), "mkdocs.yml names what is not there")
    assert len(named) == len(set(named))


def test_code_blocks_stay_in_the_lists_they_stand_in() -> None:
    found = [
        f"{page.relative_to(ROOT)}:{line}"
        for page in DOCS.rglob("*.md")
        for line in blocks_out_of_their_list(page.read_text(encoding="utf-8"))
    ]
    require_none(found, "indent it by four")


def test_a_block_that_would_leave_its_list_is_found() -> None:
    assert blocks_out_of_their_list("1. One:\n\n   ```\n   a\n   ```\n\n2. Two:\n\n    ```\n    b\n    ```\n") == [3]
