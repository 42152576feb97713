"""What is wrong with the tags of a text in HTML."""

import re
from dataclasses import dataclass

from textnlp.domain.syntax.data_syntax import fault_at
from textnlp.domain.text_place import place_of

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_LEFT_OPEN = frozenset(
    [
        *("html", "head", "body", "p", "li", "dt", "dd", "option", "optgroup", "rt", "rp"),
        *("colgroup", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"),
    ]
)
"""Elements whose end tag may be left out (HTML Living Standard, 13.1.2.4)."""
_RAW = frozenset(["script", "style", "textarea", "title"])
"""Elements in which no tag begins but their own end."""
_FOREIGN = frozenset(["svg", "math"])
"""Elements in which `/>` closes."""

_NAME = re.compile(r"</?([a-zA-Z][^\s/>]*)")
_TAG_STOP = re.compile(r"""=\s*(["'])|>""")


@dataclass(frozen=True, slots=True)
class _Open:
    name: str
    offset: int
    is_foreign: bool


def html_fault(text: str) -> str | None:
    """Return the first tag that does not end, closes nothing, or is never closed, where HTML asks for it.

    Elements without content and those whose end tag may be left out are known; a text without a tag is no HTML.
    """
    return _Tags(text).fault()


class _Tags:
    """One pass over a text, with the elements that are open."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[_Open] = []
        self._seen = False

    def fault(self) -> str | None:
        place = self._text.find("<")
        while place >= 0:
            end = self._skip(place)
            if isinstance(end, str):
                return end
            place = self._text.find("<", end)
        unclosed = next((each for each in reversed(self._open) if each.name not in _LEFT_OPEN), None)
        if unclosed is not None:
            return self._at(unclosed.offset, f"<{unclosed.name}> is never closed")
        return None if self._seen else "There is no tag in it."

    def _skip(self, place: int) -> int | str:
        """Return where what begins with `<` ends, or what is wrong with it."""
        for opening, closing in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<!", ">"), ("<?", ">")):
            if self._text.startswith(opening, place):
                end = self._text.find(closing, place + len(opening))
                self._seen = True
                return end + len(closing) if end >= 0 else self._at(place, f"{opening} does not end")
        named = _NAME.match(self._text, place)
        if named is None:
            return place + 1
        self._seen = True
        end = self._end_of_tag(named.end())
        if end < 0:
            return self._at(place, f"the tag {named[0]} does not end")
        if named[0].startswith("</"):
            return self._close(named[1].lower(), place) or end
        return self._begin(named[1].lower(), place, end)

    def _end_of_tag(self, place: int) -> int:
        """Return the offset after the tag, -1 where there is none; a quote opens a value only after `=`."""
        while found := _TAG_STOP.search(self._text, place):
            if found[0] == ">":
                return found.end()
            place = self._text.find(found[1], found.end()) + 1
            if place == 0:
                break
        return -1

    def _begin(self, name: str, place: int, end: int) -> int | str:
        is_foreign = name in _FOREIGN or bool(self._open and self._open[-1].is_foreign)
        if name in _VOID or (is_foreign and self._text.endswith("/>", place, end)):
            return end
        if name in _RAW and not is_foreign:
            found = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(self._text, end)
            if found is None:
                return self._at(place, f"<{name}> is never closed")
            end = found.start()
        self._open.append(_Open(name, place, is_foreign))
        return end

    def _close(self, name: str, place: int) -> str | None:
        if name in _VOID:
            return self._at(place, f"</{name}> closes nothing, as <{name}> has no content")
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth].name == name:
                del self._open[depth:]
                return None
            if self._open[depth].name not in _LEFT_OPEN:
                opened = self._open[depth]
                line, _ = place_of(self._text, opened.offset)
                return self._at(place, f"</{name}> closes nothing; <{opened.name}> of line {line} is open")
        return self._at(place, f"</{name}> closes nothing")

    def _at(self, offset: int, message: str) -> str:
        line, column = place_of(self._text, offset)
        return fault_at(message, line=line, column=column)
