"""The statements of SQL that this code has as constants, as the server prepares them."""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from typing import Any, LiteralString, cast

import psycopg

import textnlp.adapters.database
import textnlp.adapters.queues
from textnlp.adapters.database.database_address import SCHEMA

_PACKAGES = (textnlp.adapters.database, textnlp.adapters.queues)
_LEFT_OUT = (".migrations", ".alembic_runner")
_STATEMENT = re.compile(r"\s*(select|insert\s+into|update|delete\s+from|with)\s", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"%(?:%|[sbt]|\((\w+)\)[sbt])")


def statements() -> dict[str, str]:
    """Return every statement by `module.NAME` with the places of its values numbered, as the protocol has them.

    Those are the constants of the adapters' modules, also in tuples and tables; a statement that is put together where
    it is sent, such as COPY, is none of them.
    """
    found: dict[str, str] = {}
    for package in _PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in module.name for part in _LEFT_OUT):
                for name, text in _constants(importlib.import_module(module.name)):
                    found.setdefault(text, name)
    return {name: text for text, name in found.items()}


def split_prepared(url: str, known: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the statements that a database prepares, and why it does not prepare each of the others.

    Some constants are templates whose gaps are filled where they are sent, and some values have a type only there.
    """
    refused: dict[str, str] = {}
    with psycopg.connect(url, autocommit=True, options=f"-c search_path={SCHEMA}") as connection:
        for name, text in known.items():
            try:
                connection.execute(cast("LiteralString", f"prepare known as {text}"))
                connection.execute("deallocate known")
            except psycopg.ProgrammingError as exc:
                refused[name] = str(exc).splitlines()[0]
    return {name: text for name, text in known.items() if name not in refused}, refused


def as_text(known: Mapping[str, str]) -> str:
    """Return statements as a file of SQL, each below its name."""
    return "".join(f"-- {name}\n{text.strip()};\n\n" for name, text in known.items())


def of_text(text: str) -> dict[str, str]:
    """Read what `as_text` wrote."""
    parts = re.split(r"^-- ([\w.]+)\n", text, flags=re.MULTILINE)[1:]
    return {name: body.strip().removesuffix(";") for name, body in zip(parts[::2], parts[1::2], strict=True)}


def _constants(module: Any) -> Iterator[tuple[str, str]]:
    for name, value in vars(module).items():
        for place, text in _texts(value):
            if _STATEMENT.match(text):
                yield f"{module.__name__.removeprefix('textnlp.adapters.')}.{name}{place}", _numbered(text)


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """Yield a text, and the texts in a table or a tuple, with where in it they are."""
    if isinstance(value, str):
        yield "", value
        return
    parts: Any = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, tuple) else ()
    for place, each in parts:
        if isinstance(each, str):
            yield f".{place}".replace(" ", "_"), each


def _numbered(text: str) -> str:
    numbers: dict[str, int] = {}

    def place(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        return f"${numbers.setdefault(match[1] or f' {match.start()}', len(numbers) + 1)}"

    return _PLACEHOLDER.sub(place, text)
