"""Pipelines of Azure DevOps as its server sees them: with their templates put in and their expressions worked out.

What it knows of the template language is what the pipelines here use; anything else is an error. After
learn.microsoft.com/azure/devops/pipelines/process/template-expressions.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from tests.architecture.source_tree import ROOT

_EXPRESSION = re.compile(r"\$\{\{((?:(?!\}\}).)*)\}\}")
_EACH = re.compile(r"\$\{\{\s*each (\w+) in (.+?)\s*\}\}")
_JOIN = re.compile(r"join\('([^']*)', (.+)\)")
_PATH = re.compile(r"\w+(?:\.\w+)*")

Scope = Mapping[str, Any]


def expanded(path: Path, given: Scope | None = None) -> dict[str, Any]:
    """Return the pipeline or template in a file, with its own parameters taken out.

    Raises `ValueError` for a parameter that is unknown, is missing, or is none of its declared values, and for an
    expression that this does not know.
    """
    entries = dict(document(path))
    scope = {"parameters": _parameters(path, entries.pop("parameters", []), given or {})}
    return {key: _expand(value, scope, path) for key, value in entries.items()}


class _Loader(yaml.SafeLoader):
    """Takes `on` for a word, as YAML 1.2 does and both services do."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def document(path: Path) -> dict[str, Any]:
    """Return what stands in a file."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  a safe loader


def _parameters(path: Path, declared: list[dict[str, Any]], given: Scope) -> dict[str, Any]:
    known = {each["name"]: each for each in declared}
    unknown = set(given) - set(known)
    missing = [name for name, each in known.items() if name not in given and "default" not in each]
    if unknown or missing:
        raise ValueError(f"{path.name}: unknown {sorted(unknown)}, missing {missing}")
    values = {name: given.get(name, each.get("default")) for name, each in known.items()}
    for name, each in known.items():
        if "values" in each and values[name] not in each["values"]:
            raise ValueError(f"{path.name}: {name} '{values[name]}' is none of {each['values']}")
    return values


def _expand(value: Any, scope: Scope, path: Path) -> Any:
    if isinstance(value, str):
        return _text(value, scope, path)
    if isinstance(value, list):
        return [item for each in cast("list[Any]", value) for item in _items(each, scope, path)]
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        return {_text(key, scope, path): _expand(inner, scope, path) for key, inner in entries.items()}
    return value


def _items(value: Any, scope: Scope, path: Path) -> Iterator[Any]:
    """Yield what an item of a sequence stands for: those of a template, of a loop, or itself."""
    if not isinstance(value, dict):
        yield _expand(value, scope, path)
        return
    entries = cast("dict[str, Any]", value)
    loop = _EACH.fullmatch(next(iter(entries)))
    if loop:
        (inner,) = entries.values()
        for each in _value(loop[2], scope, path):
            yield from _expand(inner, {**scope, loop[1]: each}, path)
    elif "template" in entries:
        there = (path.parent / _text(entries["template"], scope, path)).resolve()
        (content,) = expanded(there, _expand(entries.get("parameters", {}), scope, path)).values()
        if isinstance(content, dict):
            content = [{"name": name, "value": text} for name, text in cast("dict[str, Any]", content).items()]
        yield from content
    else:
        yield _expand(value, scope, path)


def _text(text: str, scope: Scope, path: Path) -> Any:
    whole = _EXPRESSION.fullmatch(text)
    if whole:
        return _value(whole[1], scope, path)
    return _EXPRESSION.sub(lambda match: str(_value(match[1], scope, path)), text)


def _value(expression: str, scope: Scope, path: Path) -> Any:
    words = expression.strip()
    join = _JOIN.fullmatch(words)
    if join:
        return join[1].join(_value(join[2], scope, path))
    if not _PATH.fullmatch(words):
        raise ValueError(f"{path.name}: does not know the expression '{words}'")
    value: Any = scope
    for step in words.split("."):
        if not isinstance(value, Mapping) or step not in value:
            raise ValueError(f"{path.name}: '{words}' names nothing")
        value = cast("Scope", value)[step]
    return value


PIPELINES = {
    "azure-pipelines.yml": expanded(ROOT / "azure-pipelines.yml"),
    "pipelines/drift.yml": expanded(ROOT / "pipelines" / "drift.yml"),
    **{
        f"pipelines/rollback.yml {environment}": expanded(
            ROOT / "pipelines" / "rollback.yml", {"environment": environment, "revision": "0" * 40}
        )
        for environment in ("dev", "prod")
    },
}
"""The pipelines, the last one for each of its environments."""


def mappings(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping of a document, the outermost first."""
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        yield entries
        for inner in entries.values():
            yield from mappings(inner)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from mappings(inner)


def scripts(pipeline: Any) -> Iterator[str]:
    """Yield every script of a pipeline."""
    for each in mappings(pipeline):
        if "script" in each:
            yield each["script"]
        elif "run" in each and isinstance(each["run"], str):
            yield each["run"]
        elif each.get("task") == "AzureCLI@2":
            yield each["inputs"]["inlineScript"]
