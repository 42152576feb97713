"""Markdown that people wrote, as HTML that can do nothing but be read."""

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

MOST_CHARACTERS = 200_000
"""What is longer is cut there."""

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_DEEPEST = 6


def render_markdown(text: str, *, under: int = 2) -> Markup:
    """Return the HTML of a text, whose first heading level stands right under one of level `under`.

    HTML in the text stays text, pictures are left out, links lead to the web or within the page alone, and YAML front
    matter is not shown.
    """
    shown = _FRONT_MATTER.sub("", text[:MOST_CHARACTERS].replace("\r\n", "\n"))
    tokens = _parser().parse(shown)
    levels = [int(token.tag[1:]) for token in tokens if token.type == "heading_open"]
    deeper = under + 1 - min(levels, default=1)
    reached = under
    tables = 0
    for place, token in enumerate(tokens):
        token.attrs.pop("style", None)
        if token.type == "table_open":
            tables += 1
            token.meta["name"] = f"Table {tables}"
        elif token.type == "th_open" and not tokens[place + 1].content.strip():
            # A heading that says nothing is none: opening, content and end follow each other.
            token.tag = tokens[place + 2].tag = "td"
        if token.type == "heading_open":
            reached = min(int(token.tag[1:]) + deeper, reached + 1, _DEEPEST)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{reached}"
        for child in token.children or ():
            _harden(child)
    # The parser escapes all text and takes no HTML; what it returns has no other elements than its own.
    return Markup(_parser().renderer.render(tokens, _parser().options, {}))  # noqa: S704


def _harden(token: Token) -> None:
    if token.type == "link_open":
        token.attrs["rel"] = "noopener noreferrer nofollow"


@cache
def _parser() -> MarkdownIt:
    """Return CommonMark with tables; `js-default` takes no HTML and no links to scripts."""
    made = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False}).disable("image")
    made.add_render_rule("table_open", _open_table)
    made.add_render_rule("table_close", _close_table)
    return made


def _open_table(_renderer: object, tokens: Sequence[Token], place: int, *_: object) -> str:
    """Put a table into a region that can be scrolled, with the keyboard too."""
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{tokens[place].meta["name"]}"><table>\n'


def _close_table(*_: object) -> str:
    return "</table></div>\n"
