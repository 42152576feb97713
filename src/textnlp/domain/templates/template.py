"""A prompt with places for variables, in a safe part of Jinja's language."""

import re
import traceback
from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import meta
from jinja2.exceptions import TemplateSyntaxError

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.templates.budget import RenderBudget, measure
from textnlp.domain.templates.grammar import Counting, require_grammar
from textnlp.domain.templates.sandbox import Sandbox
from textnlp.topology.limits import LIMITS

FIELD = "template"
MAX_TEMPLATE_CHARACTERS = 65_536
_VARIABLES_FIELD = "variables"
_QUOTED = re.compile(r"'([^']+)'")
_TAG = re.compile(r"\{[{%#]")
_SANDBOX = Sandbox()


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
            tree = _SANDBOX.parse(text)
            require_grammar(tree)
            self.variables = frozenset(meta.find_undeclared_variables(tree) - _SANDBOX.globals.keys())
            counted = Counting().visit(tree)
            counted.set_environment(_SANDBOX)
            self._compiled = _SANDBOX.from_string(counted)
        except TemplateSyntaxError as exc:
            raise self._wrong(exc.message or "it cannot be read", line=exc.lineno) from exc
        except (SyntaxError, RecursionError, MemoryError, ValueError, OverflowError) as exc:
            raise self._wrong("it is nested too deeply", line=None) from exc

    def render(self, variables: Mapping[str, Any], *, max_characters: int = LIMITS.max_row_bytes) -> str:
        """Return the text with the variables in their places.

        Variables that the template does not refer to are let be. Raises `INVALID_INPUT`, with line and column, for
        one that is missing, for whatever else goes wrong, and for a template that writes more than `max_characters`
        or does more than a prompt needs.
        """
        if measure(variables, at_most=LIMITS.max_row_bytes) > LIMITS.max_row_bytes:
            message = f"The variables are longer than {LIMITS.max_row_bytes:,} characters."
            raise TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=_VARIABLES_FIELD))
        context: Any = self._compiled.new_context(dict(variables))
        context.budget = RenderBudget(max_characters)
        try:
            return _gathered(self._compiled.root_render_func(context), max_characters=max_characters)
        except TextNLPError as error:
            raise self._wrong(error.message, line=None) from error
        except Exception as exc:
            raise self._wrong(str(exc) or type(exc).__name__, line=self._line_of(exc)) from exc

    def _line_of(self, exc: Exception) -> int | None:
        frames = [frame for frame in traceback.extract_tb(exc.__traceback__) if frame.filename == "<template>"]
        if not frames or frames[-1].lineno is None:
            return None
        return self._compiled.get_corresponding_lineno(frames[-1].lineno)

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
        named = _QUOTED.findall(message)
        if named and (found := re.search(rf"(?<!\w){re.escape(named[-1])}(?!\w)", text)):
            return found.start() + 1
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
