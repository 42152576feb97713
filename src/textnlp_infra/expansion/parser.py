"""Reads the expressions of templates: `[concat(parameters('a').b[0], 'c')]`."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from textnlp.domain.errors import TextNLPError, invalid_input

_OPENING, _CLOSING = "[", ")"
_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<name>[A-Za-z_][\w-]*)|(?P<mark>[()\[\],.]))")


@dataclass(frozen=True, slots=True)
class Literal:
    """A text or a number."""

    value: str | int


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a template function."""

    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a value: a property by name, or an item by number."""

    of: "Node"
    key: "Node"


Node: TypeAlias = Literal | Call | Part


def is_expression(text: str) -> bool:
    """Whether a text of a template is to be worked out; `[[` begins one that is not."""
    return text.startswith("[") and text.endswith("]") and not text.startswith("[[")


@lru_cache(maxsize=8192)
def parse(text: str) -> Node:
    """Read an expression without the brackets around it; raise `TextNLPError` naming where it cannot be read."""
    reader = _Reader(text)
    node = reader.node()
    if reader.token is not None:
        raise reader.refused("an end")
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.token: str | None = None
        self._kind: str | None = ""
        self._advance()

    def node(self) -> Node:
        node = self._head()
        while self.token in {".", _OPENING}:
            node = Part(node, self._key())
        return node

    def refused(self, wanted: str) -> TextNLPError:
        return invalid_input(
            f"expression [{self._text}]: {wanted} is expected at character {self._at}, not {self.token!r}"
        )

    def _head(self) -> Node:
        token, kind = self.token, self._kind
        if token is None or kind == "mark":
            raise self.refused("a value")
        self._advance()
        if kind == "text":
            return Literal(token[1:-1].replace("''", "'"))
        if kind == "number":
            return Literal(int(token))
        self._take("(")
        arguments: list[Node] = []
        while self.token != _CLOSING:
            if arguments:
                self._take(",")
            arguments.append(self.node())
        self._take(_CLOSING)
        return Call(token, tuple(arguments))

    def _key(self) -> Node:
        if self.token == _OPENING:
            self._take(_OPENING)
            key = self.node()
            self._take("]")
            return key
        self._take(".")
        name = self.token
        if name is None or self._kind != "name":
            raise self.refused("a name")
        self._advance()
        return Literal(name)

    def _take(self, mark: str) -> None:
        if self.token != mark:
            raise self.refused(f"'{mark}'")
        self._advance()

    def _advance(self) -> None:
        if not self._text[self._at :].strip():
            self.token, self._kind = None, None
            return
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            raise invalid_input(f"expression [{self._text}]: cannot be read from character {self._at}")
        self._at = match.end()
        self.token, self._kind = match.group().strip(), match.lastgroup
