"""A program in an answer: where it stands, and what is wrong with it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from textnlp.domain.syntax.data_syntax import json_fault, toml_fault, yaml_fault
from textnlp.domain.syntax.html_syntax import html_fault
from textnlp.domain.syntax.program_syntax import bash_fault, javascript_fault, python_fault
from textnlp.domain.syntax.sql_syntax import sql_fault

MAX_CHARACTERS = 100_000
_MAX_CHARACTERS_OF = {"bash": 32_768}
"""Where the time to find out what is wrong grows with the square of the length."""

_FAULTS: Mapping[str, Callable[[str], str | None]] = {
    "python": python_fault,
    "json": json_fault,
    "yaml": yaml_fault,
    "toml": toml_fault,
    "html": html_fault,
    "javascript": javascript_fault,
    "bash": bash_fault,
}
_FENCE_NAMES: Mapping[str, frozenset[str]] = {
    "python": frozenset({"python", "py", "python3", "py3"}),
    "sql": frozenset({"sql", "duckdb", "mysql", "pgsql", "plsql", "postgres", "postgresql", "psql", "sqlite", "tsql"}),
    "json": frozenset({"json"}),
    "yaml": frozenset({"yaml", "yml"}),
    "toml": frozenset({"toml"}),
    "html": frozenset({"html", "htm", "html5", "xhtml"}),
    "javascript": frozenset({"javascript", "js", "mjs", "cjs", "jsx", "node"}),
    "bash": frozenset({"bash", "sh", "shell", "zsh"}),
    "text": frozenset({"text", "txt", "plain", "plaintext"}),
}
_LINE_END = re.compile(r"\r?\n")
_OPENING = re.compile(r"( {0,3})(`{3,}|~{3,})[ \t]*([^\n]*)")


@dataclass(frozen=True, slots=True)
class _Fence:
    name: str
    code: str


def extract_code(text: str, *, language: str) -> str:
    """Return the program in an answer, without its Markdown fence (CommonMark 0.31, 4.5).

    That is the longest fence that names the language, else the longest fence, else the whole text without the empty
    lines around it. In prose, as which the language `text` counts, only a fence around all of it is taken away.
    """
    fences = list(_fences(text))
    if language == "text" and _is_more_than_fence(text):
        fences = []
    named = [fence for fence in fences if fence.name in _FENCE_NAMES.get(language, frozenset({language}))]
    if fences:
        return max(named or fences, key=lambda fence: len(fence.code)).code
    return re.sub(r"\A(?:[ \t]*\r?\n)+", "", text).rstrip()


def syntax_fault(code: str, *, language: str, dialect: str | None = None) -> str | None:
    """Return the first syntax error, as a sentence with line and column where they are known; None where there is none.

    A program of `text` has none; one of another language has one where it is empty or longer than 100,000 characters,
    32,768 for Bash. What Python allows is what the running Python allows. Raises `INVALID_INPUT` for a dialect of SQL
    that there is not, with `dialect` as field.
    """
    if language == "text":
        return None
    if not code.strip():
        return "There is nothing in it."
    most = _MAX_CHARACTERS_OF.get(language, MAX_CHARACTERS)
    if len(code) > most:
        return f"It has {len(code):,} characters; more than {most:,} are not read."
    if language == "sql":
        return sql_fault(code, dialect)
    return _FAULTS[language](code)


def _fences(text: str) -> Iterator[_Fence]:
    """Yield the fenced blocks; one that is not closed goes on to the end."""
    lines = iter(_LINE_END.split(text.removesuffix("\n")))
    for line in lines:
        opening = _OPENING.fullmatch(line)
        if opening is None or (opening[2].startswith("`") and "`" in opening[3]):
            continue
        closing = re.compile(rf" {{0,3}}{re.escape(opening[2])}{opening[2][0]}*[ \t]*")
        indent = len(opening[1])
        code: list[str] = []
        for inner in lines:
            if closing.fullmatch(inner):
                break
            code.append(inner[min(indent, len(inner) - len(inner.lstrip(" "))) :])
        name = re.split(r"[\s{,]", opening[3].strip("{ ").removeprefix("."), maxsplit=1)[0].lower()
        yield _Fence(name, "\n".join(code))


def _is_more_than_fence(text: str) -> bool:
    lines = _LINE_END.split(text.strip())
    opening = _OPENING.fullmatch(lines[0])
    return opening is None or sum(1 for _ in _fences(text)) > 1 or not lines[-1].startswith(opening[2])
