"""What is wrong with the syntax of a text in SQL."""

import difflib
import functools
import logging
import re
from types import ModuleType

from textnlp.domain.errors import invalid_input
from textnlp.domain.syntax.data_syntax import TOO_DEEP, fault_at

_ALIASES = {"postgresql": "postgres", "mssql": "tsql", "sqlserver": "tsql", "mariadb": "mysql"}
_TOKEN = re.compile(r"<Token token_type: TokenType\.(\w+), text: (.*?), line: .*?>", re.DOTALL)
_INCOMPLETE = re.compile(r"Required keyword: '\w+' missing for <class '[\w.]*?(\w+)'>")
_UNCLOSED = re.compile(r"Missing (.+) from \d+:\d+")


def require_dialect(dialect: str | None, *, field: str = "dialect") -> str:
    """Return a dialect of SQL as the parser names it; where none is given, what most dialects have, as empty text.

    Raises `INVALID_INPUT` for one that there is not, with the nearest one that there is.
    """
    name = (dialect or "").strip().lower()
    name = _ALIASES.get(name, name)
    known = sorted(each.value for each in _parser().Dialects)
    if name in known:
        return name
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(filter(None, known))}."
    raise invalid_input(f"There is no SQL dialect {dialect!r}; {hint}", field=field)


def sql_fault(text: str, dialect: str | None = None) -> str | None:
    """Return what makes a text no sequence of statements in a dialect; raises as `require_dialect` does.

    Statements that the parser does not know, such as those that only administer, pass unread.
    """
    sqlglot = _parser()
    name = require_dialect(dialect)
    try:
        statements = [each for each in sqlglot.parse(text, read=name or None) if each is not None]
    except sqlglot.errors.ParseError as exc:
        return _told(exc.errors[0] if exc.errors else {}, otherwise=str(exc))
    except sqlglot.errors.SqlglotError as exc:
        opened = _UNCLOSED.match(str(exc.__cause__))
        what = f"what {opened[1]} opens" if opened else "a comment or a quoted text"
        return f"{what[:1].upper()}{what[1:]} is not closed."
    except RecursionError:
        return TOO_DEEP
    if not statements:
        return "There is no statement in it."
    for number, each in enumerate(statements, start=1):
        if isinstance(each, sqlglot.exp.Condition | sqlglot.exp.Alias):
            return f"Statement {number} is no statement but an expression."
    return None


def _told(error: dict[str, object], *, otherwise: str) -> str:
    message = str(error.get("description") or otherwise)
    near = str(error.get("highlight") or "")
    found = _INCOMPLETE.match(message)
    if found:
        message = f"{near} is incomplete" if near.upper() == found[1].upper() else f"unexpected {near!r}"
    message = _TOKEN.sub(lambda token: "the end" if token[1] == "SENTINEL" else repr(token[2]), message)
    line, column = error.get("line"), error.get("col")
    if not isinstance(line, int) or not isinstance(column, int):
        return f"{message.rstrip('.')}."
    start = column - len(near) + 1
    return fault_at(message, line=line, column=max(1, start))


@functools.cache
def _parser() -> ModuleType:
    """Return the parser, which takes a quarter of a second to load; what it says of unknown statements is not heard."""
    import sqlglot  # noqa: PLC0415  see above

    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    return sqlglot
