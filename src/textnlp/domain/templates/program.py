"""A tree of nodes as something to run: allowed, counted and compiled."""

import re
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import meta, nodes

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.templates.budget import RenderBudget, measure
from textnlp.domain.templates.grammar import Counting, require_grammar
from textnlp.domain.templates.sandbox import Sandbox
from textnlp.topology.limits import LIMITS

SANDBOX = Sandbox()
UNREADABLE = (SyntaxError, RecursionError, MemoryError, ValueError, OverflowError)
"""What the compiler raises, beside `TemplateSyntaxError`, for what is nested too deeply."""

_VARIABLES_FIELD = "variables"
_QUOTED = re.compile(r"'([^']+)'")
_FILE = "<template>"


class Program:
    """A template, or a condition, that is ready to run any number of times, by several threads.

    Raises `TemplateSyntaxError` for a tree with something in it that is not allowed, and one of `UNREADABLE` for one
    that cannot be compiled. The tree is changed.

    Attributes:
        names: the names that it refers to and does not set itself.
    """

    def __init__(self, tree: nodes.Template) -> None:
        require_grammar(tree)
        tree.set_environment(SANDBOX)
        self.names = frozenset(meta.find_undeclared_variables(tree) - SANDBOX.globals.keys())
        counted = Counting().visit(tree)
        counted.set_environment(SANDBOX)
        self._compiled = SANDBOX.from_string(counted)

    def context(self, variables: Mapping[str, Any], *, max_characters: int = LIMITS.max_row_bytes) -> Any:
        """Return the variables and the budget of one run; raise `INVALID_INPUT` for variables that are too long."""
        if measure(variables, at_most=LIMITS.max_row_bytes) > LIMITS.max_row_bytes:
            message = f"The variables are longer than {LIMITS.max_row_bytes:,} characters."
            raise TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=_VARIABLES_FIELD))
        context: Any = self._compiled.new_context(dict(variables))
        context.budget = RenderBudget(max_characters)
        return context

    def pieces(self, context: Any) -> Iterator[str]:
        """Run, and yield what is written; whatever goes wrong is raised as it comes."""
        return self._compiled.root_render_func(context)

    def line_of(self, exc: Exception) -> int | None:
        """Return the line of the text in which an error came about."""
        frames = [frame for frame in traceback.extract_tb(exc.__traceback__) if frame.filename == _FILE]
        if not frames or frames[-1].lineno is None:
            return None
        return self._compiled.get_corresponding_lineno(frames[-1].lineno)


def column_of(line: str, message: str) -> int | None:
    """Return where in a line the name stands that a message speaks of, counted from 1; None where it does not."""
    named = _QUOTED.findall(message)
    found = re.search(rf"(?<!\w){re.escape(named[-1])}(?!\w)", line) if named else None
    return found.start() + 1 if found else None
