"""The commands of a pipeline's scripts, read by the grammar of the shell."""

import re
from collections.abc import Iterator
from functools import cache

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

_MACRO = re.compile(r"\$\(([A-Za-z]+(?:\.[A-Za-z]+)+)\)")
_WORDS = frozenset({"command_name", "word", "number", "string", "raw_string", "concatenation", "simple_expansion"})

Command = tuple[str, ...]


def commands(script: str, **macros: str) -> list[Command]:
    """Return the words of every command in a script, also of those within others; quotes are taken off.

    `$(Build.SourceVersion)` and the like, which the service replaces before the shell sees them, become what `macros`
    gives for the last of their words, or stay what they are. Raises `ValueError` for what is no shell script.
    """
    text = _MACRO.sub(lambda match: macros.get(match[1].rpartition(".")[2], f"@{match[1]}"), script)
    tree = _parser().parse(text.encode())
    if tree.root_node.has_error:
        raise ValueError(f"no shell script: {script}")
    return [tuple(_words(node)) for node in _nodes(tree.root_node) if node.type == "command"]


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _words(command: Node) -> Iterator[str]:
    for child in command.named_children:
        if child.type in _WORDS and child.text is not None:
            yield child.text.decode().strip("\"'")
