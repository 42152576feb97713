"""Cells that are worked out from other columns, without a text model."""

import asyncio
import inspect
import math
from collections.abc import Mapping
from typing import Any

import msgspec

from textnlp.application.cells.cell_ports import ColumnFunction
from textnlp.application.cells.tallied_engine import Tally
from textnlp.domain.embedding.model import EmbeddingRequest
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, FinishReason
from textnlp.domain.recipes.step_columns import ExpressionColumn, PythonColumn
from textnlp.domain.templates.condition import Expression
from textnlp.domain.templates.template import PromptTemplate
from textnlp.ports.embedding_engine import EmbeddingEngine

Row = Mapping[str, Any]

_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "none": False, "": False}


class Worked:
    """The compiled template of an expression column.

    `value` raises `INVALID_INPUT` for a text that is not of the column's type.
    """

    def __init__(self, column: ExpressionColumn) -> None:
        self._type = column.type
        self._expression = Expression(column.value) if column.type == "json" else None
        self._template = PromptTemplate(column.value)

    def value(self, row: Row) -> Any:
        """Return the value for a row."""
        if self._expression is not None:
            return self._expression.value(row)
        text = self._template.render(row)
        match self._type:
            case "whole":
                return _whole(text)
            case "number":
                return _number(text)
            case "boolean":
                return _boolean(text)
            case _:
                return text


async def call_function(column: PythonColumn, function: ColumnFunction, row: Row) -> Any:
    """Return what a function makes of the row's inputs; a blocking one runs in a thread.

    Raises `INVALID_INPUT` naming the function where it raises, or returns what is no JSON.
    """
    inputs = {name: row.get(name) for name in column.inputs}
    try:
        if inspect.iscoroutinefunction(function):
            value = await function(inputs, **column.arguments)
        else:
            value = await asyncio.to_thread(function, inputs, **column.arguments)
        return msgspec.json.decode(msgspec.json.encode(value))
    except TextNLPError:
        raise
    except Exception as exc:
        message = f"The function {column.function} failed: {type(exc).__name__}: {exc}"
        raise TextNLPError(message, kind=ErrorKind.INVALID_INPUT) from exc


async def embed(text: str, engine: EmbeddingEngine, *, model: str, tally: Tally) -> list[float]:
    """Return the vector of a text; raises `INVALID_INPUT` for an empty one."""
    if not text.strip():
        raise TextNLPError("There is no text to embed.", kind=ErrorKind.INVALID_INPUT)
    answer = await engine.embed(EmbeddingRequest(model=model, inputs=(text,)))
    tally.add(
        Completion(
            text="",
            model=answer.model,
            finish_reason=FinishReason.STOP,
            usage=answer.usage,
            attempts=answer.attempts,
        )
    )
    return list(answer.vectors[0])


def _whole(text: str) -> int:
    number = _number(text)
    if number != int(number):
        raise _not_a("whole number", text)
    return int(number)


def _number(text: str) -> float:
    try:
        number = float(text.strip())
    except ValueError as exc:
        raise _not_a("number", text) from exc
    if not math.isfinite(number):
        raise _not_a("number", text)
    return int(number) if number.is_integer() and "." not in text and "e" not in text.lower() else number


def _boolean(text: str) -> bool:
    found = _TRUTHS.get(text.strip().lower())
    if found is None:
        raise _not_a("truth value (true or false)", text)
    return found


def _not_a(what: str, text: str) -> TextNLPError:
    return TextNLPError(f"The value is no {what}: {text.strip()[:80]!r}.", kind=ErrorKind.INVALID_INPUT)
