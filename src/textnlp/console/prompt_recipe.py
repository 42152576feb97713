"""A recipe that asks for every row what was tried once."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import yaml

from textnlp.api.text_fields import read_object
from textnlp.console.playground_form import Try
from textnlp.domain.generation.model import Message, Role
from textnlp.domain.templates.reference import is_pinned_reference

_NAME = "from-the-playground"
_ROWS = 20


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""


def recipe_text(tried: Try, messages: Sequence[Message]) -> str:
    """Return a recipe in YAML with one column that a model writes.

    The values of a template's variables become columns of their own, to which further values can be added; turns of
    a conversation before the last one are told within the prompt.
    """
    form = tried.form
    alias: dict[str, Any] = {"model": form.model, **msgspec.to_builtins(tried.parameters)}
    alias.pop("seed")
    columns: dict[str, Any] = {}
    asked: dict[str, Any] = {"kind": "text"}
    if form.template is not None:
        columns = {name: {"kind": "category", "values": [value]} for name, value in tried.variables.items()}
        asked["template" if is_pinned_reference(form.template) else "prompt"] = form.template
        if form.system is not None:
            asked["system"] = form.system
    else:
        asked |= _told(messages)
    if form.schema is not None:
        asked |= {"kind": "structured", "schema": read_object(form.schema, field="schema")}
    alias = {name: value for name, value in alias.items() if value is not None}
    recipe = {
        "name": _NAME,
        **({"seed": form.seed} if form.seed is not None and form.seed >= 0 else {}),
        **({"models": {"default": alias}} if alias else {}),
        "columns": {**columns, "answer": asked},
        "accept": {"rows": _ROWS},
    }
    return write_recipe(recipe)


def write_recipe(document: Mapping[str, Any]) -> str:
    """Return a recipe as people write it."""
    return yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def _told(messages: Sequence[Message]) -> dict[str, str]:
    system = [each.content for each in messages if each.role is Role.SYSTEM]
    turns = [each for each in messages if each.role is not Role.SYSTEM]
    told = turns[0].content if len(turns) == 1 else "\n\n".join(f"{each.role}: {each.content}" for each in turns)
    return {**({"system": "\n\n".join(system)} if system else {}), "prompt": told}


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    writer: Any = dumper
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _write_text)
