"""A prompt with places for variables, in a safe part of Jinja's language."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from jinja2.exceptions import TemplateSyntaxError

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.templates.program import SANDBOX, UNREADABLE, Program, column_of
from textnlp.topology.limits import LIMITS

FIELD = "template"
MAX_TEMPLATE_CHARACTERS = 65_536
_TAG = re.compile(r"\{[{%#]")


class PromptTemplate:
    """A template that was read; it can be rendered any number of times.

    Raises `INVALID_INPUT` with line and column for a text that is none: not Jinja, longer than 65,536 characters, or
    with something in it that is not allowed (macros, calls, other files); `field` is `template`.

    Attributes:
        variables: the names that it refers to and does not set itself.
    """

    def __init__(self, text: str) -> None:
        if len(text) > MAX_TEMPLATE_CHARACTERS:
            message = f"The template is longer than {MAX_TEMPLATE_CHARACTERS:,} characters."
            raise TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=FIELD))
        self._lines = text.split("\n")
        try:
            self._program = Program(SANDBOX.parse(text))
        except TemplateSyntaxError as exc:
            raise self._wrong(exc.message or "it cannot be read", line=exc.lineno) from exc
        except UNREADABLE as exc:
            raise self._wrong("it is nested too deeply", line=None) from exc
        self.variables = self._program.names

    def render(self, variables: Mapping[str, Any], *, max_characters: int = LIMITS.max_row_bytes) -> str:
        """Return the text with the variables in their places.

        Variables that the template does not refer to are let be. Raises `INVALID_INPUT`, with line and column, for
        one that is missing, for whatever else goes wrong, and for a template that writes more than `max_characters`
        or does more than a prompt needs.
        """
        context = self._program.context(variables, max_characters=max_characters)
        try:
            return _gathered(self._program.pieces(context), max_characters=max_characters)
        except TextNLPError as error:
            raise self._wrong(error.message, line=None) from error
        except Exception as exc:
            raise self._wrong(str(exc) or type(exc).__name__, line=self._program.line_of(exc)) from exc

    def _wrong(self, message: str, *, line: int | None) -> TextNLPError:
        column = None if line is None else self._column(line, message)
        place = "" if line is None else f", line {line}, column {column}"
        return TextNLPError(
            f"The template{place}: {message.rstrip('.')}.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(field=FIELD, line=line, column=column),
        )

    def _column(self, line: int, message: str) -> int:
        """Return where in a line the name stands that a message speaks of, or the first tag of the line."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        named = column_of(text, message)
        if named is not None:
            return named
        tag = _TAG.search(text)
        return tag.start() + 1 if tag else 1


def render(template: str, variables: Mapping[str, Any]) -> str:
    """Return a template's text with the variables in their places; raises as `PromptTemplate` does."""
    return PromptTemplate(template).render(variables)


def variables_of(template: str) -> frozenset[str]:
    """Return the names that a template refers to and does not set itself; raises as `PromptTemplate` does."""
    return PromptTemplate(template).variables


def _gathered(pieces: Iterable[str], *, max_characters: int) -> str:
    gathered: list[str] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > max_characters:
            message = f"it writes more than {max_characters:,} characters"
            raise TextNLPError(message, kind=ErrorKind.INVALID_INPUT)
        gathered.append(piece)
    return "".join(gathered)
