"""HTML: the text that a reader of the page sees."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from selectolax.lexbor import LexborHTMLParser, LexborNode

from textnlp.adapters.seed_files.page import Page
from textnlp.adapters.seed_files.plain_document import read_whole

# fmt: off
_UNSEEN = frozenset({
    "audio", "canvas", "datalist", "head", "iframe", "math", "nav", "noscript", "object", "script",
    "select", "style", "svg", "template", "video",
})
_PARAGRAPHS = frozenset({
    "address", "article", "aside", "blockquote", "details", "dialog", "div", "dl", "fieldset", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup",
    "hr", "main", "ol", "p", "pre", "section", "table", "ul",
})
_LINES = frozenset({
    "caption", "dd", "dt", "figcaption", "legend", "li", "option", "summary", "tr",
})
# fmt: on
_CELLS = frozenset({"td", "th"})

_SPACES = re.compile(r"[ \t\r\n\f]+")
_CELLS_BETWEEN = " | "


def read_html(file: BinaryIO, name: str) -> Iterator[Page]:
    """Yield the text of the body as one page: a blank line between paragraphs, a line an item or row of a table.

    Scripts, styles, navigation and what else is not running text are left out. White space is that which a browser
    shows, in `pre` that of the source.
    """
    body = LexborHTMLParser(read_whole(file, name)).body
    yield Page(text="" if body is None else _text_of(body))


class _Writing:
    """Text that is put together from the left, whose breaks wait for what comes after them."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._line_ends = 0

    def add(self, text: str, *, is_kept: bool) -> None:
        """Append a text, its white space as it is where `is_kept`."""
        if not is_kept:
            text = _SPACES.sub(" ", text)
            if self._line_ends or not self._parts or self._parts[-1].endswith((" ", "\n")):
                text = text.lstrip(" ")
        if not text:
            return
        if self._line_ends and self._parts:
            self._parts[-1] = self._parts[-1].rstrip(" ")
            self._parts.append("\n" * self._line_ends)
        self._line_ends = 0
        self._parts.append(text)

    def end_lines(self, count: int) -> None:
        """Let `count` line ends stand before the next text."""
        self._line_ends = max(self._line_ends, count)

    def break_line(self) -> None:
        """End the line, and the paragraph where the line was ended before."""
        self._line_ends = min(self._line_ends + 1, 2)

    def begin_cell(self) -> None:
        """Divide a cell from the one before it in its line."""
        if not self._line_ends:
            self.add(_CELLS_BETWEEN, is_kept=True)

    def text(self) -> str:
        """Return everything."""
        return "".join(self._parts)


def _text_of(body: LexborNode) -> str:
    """Put the texts of a page together; without recursion, because elements can be nested without bound."""
    writing = _Writing()
    for node, is_kept, is_end in _walk(body):
        if node.is_text_node:
            writing.add(node.text_content or "", is_kept=is_kept)
        elif node.tag in _PARAGRAPHS:
            writing.end_lines(2)
        elif node.tag in _LINES:
            writing.end_lines(1)
        elif node.tag == "br" and not is_end:
            writing.break_line()
        elif node.tag in _CELLS and not is_end:
            writing.begin_cell()
    return writing.text()


def _walk(body: LexborNode) -> Iterator[tuple[LexborNode, bool, bool]]:
    """Yield texts, and elements at their beginning and end, with whether white space is kept and whether it ends."""
    waiting = [(body, False, False)]
    while waiting:
        node, is_kept, is_end = waiting.pop()
        if is_end or node.is_text_node:
            yield node, is_kept, is_end
        elif node.is_element_node and node.tag not in _UNSEEN:
            yield node, is_kept, False
            waiting.append((node, is_kept, True))
            child = node.last_child
            while child is not None:
                waiting.append((child, is_kept or node.tag == "pre", False))
                child = child.prev
