"""What is wrong with the syntax of a program."""

import ast
import functools
import threading
import warnings
from collections.abc import Callable

import tree_sitter
import tree_sitter_bash
import tree_sitter_javascript

from textnlp.domain.syntax.data_syntax import TOO_DEEP, fault_at

_SHOWN_CHARACTERS = 40
_GRAMMARS: dict[str, Callable[[], object]] = {
    "javascript": tree_sitter_javascript.language,
    "bash": tree_sitter_bash.language,
}


_WARNINGS = threading.Lock()
"""What is said of dubious programs is silenced for the whole process, and has to be heard again afterwards."""


def python_fault(text: str) -> str | None:
    """Return what the parser of this Python says of a program.

    It refuses what is nested too deeply in several ways, one of which is `SystemError` (CPython issue 106905).
    """
    try:
        with _WARNINGS, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as exc:
        if exc.lineno is None:
            return f"{exc.msg[:1].upper()}{exc.msg[1:]}."
        return fault_at(exc.msg, line=exc.lineno, column=max(1, exc.offset or 1))
    except UnicodeEncodeError:
        return "It holds a lone surrogate, which no file can hold."
    except ValueError as exc:
        return f"It is no Python: {exc}."
    except (RecursionError, MemoryError, SystemError):
        return TOO_DEEP
    return None


def javascript_fault(text: str) -> str | None:
    """Return what keeps a text from being a JavaScript module or script, JSX included."""
    return _grammar_fault(text, "javascript")


def bash_fault(text: str) -> str | None:
    """Return what keeps a text from being a Bash script; a reserved word out of place may pass for a command."""
    return _grammar_fault(text, "bash")


def _grammar_fault(text: str, language: str) -> str | None:
    source = text.encode("utf-8", "replace")
    tree = tree_sitter.Parser(_grammar(language)).parse(source)
    if not tree.root_node.has_error:
        return None
    node = tree.root_node
    while not node.is_missing and (inside := next(filter(_is_wrong, node.children), None)):
        node = inside
    row, column = node.start_point
    before = source.split(b"\n")[row][:column].decode("utf-8", "replace")
    if node.is_missing:
        message = f"{node.type!r} is missing"
    else:
        shown = " ".join((node.text or b"").decode("utf-8", "replace").split())
        message = f"unexpected {shown[:_SHOWN_CHARACTERS] + '…' if len(shown) > _SHOWN_CHARACTERS else shown!r}"
    return fault_at(message, line=row + 1, column=len(before) + 1)


def _is_wrong(node: tree_sitter.Node) -> bool:
    return node.has_error or node.is_missing


@functools.cache
def _grammar(language: str) -> tree_sitter.Language:
    return tree_sitter.Language(_GRAMMARS[language]())
