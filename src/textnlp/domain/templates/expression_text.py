"""Reading a text that is one expression and nothing else, and telling where it is none."""

import re
from collections.abc import Iterator

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.lexer import ignored_tokens
from jinja2.parser import Parser

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.templates.program import SANDBOX, UNREADABLE, column_of
from textnlp.domain.templates.template import MAX_TEMPLATE_CHARACTERS
from textnlp.domain.text_place import place_of

_STATE = "variable"
_POSITION = re.compile(r"(unexpected char .+) at \d+")
_END = re.compile(r"(?:unexpected|expected an expression, got) '?end of template'?", re.IGNORECASE)


def parse_expression(text: str, *, what: str) -> nodes.Expr:
    """Return the expression that a text is; raise `INVALID_INPUT` with line and column for what is none.

    `what` is what the text is called in messages, and the error's field: a condition.
    """
    if len(text) > MAX_TEMPLATE_CHARACTERS:
        raise refusal(text, f"it is longer than {MAX_TEMPLATE_CHARACTERS:,} characters", what=what)
    if not text.strip():
        raise refusal(text, "it is empty", what=what)
    parser: Parser | None = None
    try:
        parser = Parser(SANDBOX, text, state=_STATE)
        expression = parser.parse_expression()
        left = parser.stream.current
        if parser.stream.eos:
            return expression
        hint = "; equal is written ==" if left.type == "assign" else ""
        raise refusal(text, f"unexpected {left.value!r}{hint}", what=what, offset=_offset_of_fault(text, parser))
    except TemplateSyntaxError as exc:
        offset = _offset_of_fault(text, parser)
        raise refusal(text, _told(exc.message or "it cannot be read"), what=what, offset=offset) from exc
    except UNREADABLE as exc:
        raise refusal(text, "it is nested too deeply", what=what) from exc


def refusal(text: str, message: str, *, what: str, offset: int | None = None, line: int | None = None) -> TextNLPError:
    """Build the error for a text in which something is wrong at an offset, in a line, or as a whole."""
    lines = text.split("\n")
    column = None
    if offset is not None:
        line, column = place_of(text, offset)
    elif len(lines) == 1 or line is not None:
        line = min(line or 1, len(lines))
        column = column_of(lines[line - 1], message)
    is_told = column is not None or len(lines) > 1
    place = ", ".join(f"{name} {number}" for name, number in (("line", line), ("column", column)) if number and is_told)
    return TextNLPError(
        f"The {what}{', ' if place else ''}{place}: {message.rstrip('.')}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(field=what, line=line, column=column),
    )


def _told(message: str) -> str:
    return _END.sub("it ends too early", _POSITION.sub(r"\1", message))


def _offset_of_fault(text: str, parser: Parser | None) -> int:
    """Return where the token stands at which reading stopped.

    Jinja tells lines only; how many tokens are left tells which one it was.
    """
    starts: list[int] = []
    offset = 0
    try:
        for offset, length, is_ignored in _tokens(text):
            if not is_ignored:
                starts.append(offset)
            offset += length  # noqa: PLW2901  where the next one begins, should it be none
    except TemplateSyntaxError:
        return offset
    if parser is None:
        return offset
    try:
        left = sum(1 for _ in parser.stream)
    except TemplateSyntaxError:
        return offset
    return starts[-left] if 0 < left <= len(starts) else len(text)


def _tokens(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield offset and length of every token, and whether the parser never sees it."""
    offset = 0
    for _, kind, written in SANDBOX.lexer.tokeniter(text, None, state=_STATE):
        yield offset, len(written), kind in ignored_tokens
        offset += len(written)
