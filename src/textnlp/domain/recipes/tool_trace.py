"""Whether a model calls tools as they are declared."""

import difflib
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.generation.model import JsonObject
from textnlp.domain.generation.structured import OutputSchema, output_schema
from textnlp.domain.recipes.model_columns import Tool
from textnlp.domain.syntax.data_syntax import json_fault

_SHOWN_CHARACTERS = 80


class ToolBox:
    """The tools of a column, their schemas compiled.

    Raises `INVALID_INPUT` for parameters that are no JSON Schema, with `tools.<name>.parameters` as field.

    Attributes:
        definitions: the tools in OpenAI's form, as a request carries them.
    """

    def __init__(self, tools: Mapping[str, Tool]) -> None:
        self._schemas = {name: _schema_of(tool, field=f"tools.{name}.parameters") for name, tool in tools.items()}
        self.definitions: tuple[JsonObject, ...] = tuple(_definition(name, tool) for name, tool in tools.items())

    def fault(self, call: JsonObject) -> str | None:
        """Return what is wrong with a call in OpenAI's form, as a sentence; None where nothing is.

        A call is `{"function": {"name": …, "arguments": …}}`, the arguments a JSON object written as a text; no text
        counts as no arguments. Arguments that came as an object are taken as they are.
        """
        function: object = call.get("function")
        if not isinstance(function, Mapping):
            return "The call names no function."
        named = cast("Mapping[str, Any]", function)
        name, arguments = named.get("name"), named.get("arguments")
        if not isinstance(name, str):
            return "The call names no function."
        schema = self._schemas.get(name)
        if schema is None:
            close = difflib.get_close_matches(name, self._schemas, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(self._schemas)}."
            return f"There is no tool {name[:_SHOWN_CHARACTERS]!r}; {hint}"
        return _arguments_fault(name, arguments, schema)


def call_fault(name: str, arguments_text: str, *, tools: Mapping[str, Tool]) -> str | None:
    """Return what is wrong with a call of one of these tools; as `ToolBox`, which is faster for many calls."""
    return ToolBox(tools).fault({"function": {"name": name, "arguments": arguments_text}})


def _arguments_fault(name: str, arguments: object, schema: OutputSchema) -> str | None:
    if arguments is None or (isinstance(arguments, str) and not arguments.strip()):
        arguments = {}
    if isinstance(arguments, str):
        try:
            arguments = msgspec.json.decode(arguments)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as exc:
            return f"The arguments of {name} are no JSON: {json_fault(arguments) or f'{exc}.'}"
    if not isinstance(arguments, Mapping):
        return f"The arguments of {name} are no JSON object."
    mismatch = schema.mismatch(dict(cast("Mapping[str, object]", arguments)), whole="the arguments")
    return None if mismatch is None else f"The arguments of {name} do not satisfy its schema: {mismatch.message}."


def _schema_of(tool: Tool, *, field: str) -> OutputSchema:
    try:
        return output_schema(tool.parameters)
    except TextNLPError as error:
        raise invalid_input(error.message, field=field) from error


def _definition(name: str, tool: Tool) -> JsonObject:
    function = {"name": name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}
