"""Structured output: what a model is told about the form of its answer, and what is made of the answer."""

import dataclasses
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, cast

import jsonschema_rs
import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.coercion import Coercion
from textnlp.domain.generation.json_schema import Extent, Schema, as_plain, extent_of, resolved, types_of
from textnlp.domain.generation.json_text import find_json
from textnlp.domain.generation.model import GenerationRequest, Message, Parameters, Role

_COMPILED_SCHEMAS = 64
_MOST_SCHEMAS = 10_000
_MOST_EFFORT = 6.0
_MOST_EFFORT_AFTER = 3.0
"""Both as powers of ten: so many ways to look at a value may a schema have that refers to itself, for the first look
and for finding out what is wrong."""

_TOLD_ERRORS = 3
_TOLD_CHARACTERS = 200
_REPEATED_CHARACTERS = 4000
_SEED_STEP = 1_000_003
_SEEDS = 1 << 31


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why an answer does not satisfy its schema.

    Attributes:
        path: dotted path of the first value that is wrong; empty for the answer as a whole.
        message: what is wrong, path included, the first few places.
    """

    path: str
    message: str


class OutputSchema:
    """A JSON Schema that answers are held against, compiled once.

    Formats are checked too, and no reference leaves the document. Raises `INVALID_INPUT` for a schema that is none, or
    that unfolds to more than 10,000.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = dict(schema)
        self._loops = _measured(self._schema).loops
        self._validator = _validator(self._schema)
        self._coercion = Coercion(self._schema, fits=self._fits_branch)
        self.text = msgspec.json.encode(self._schema).decode()

    def read(self, answer: str) -> str | Mismatch:
        """Return the answer's value as compact JSON that satisfies the schema, or why there is none.

        A value that is valid stays as it is; another one is coerced, see `Coercion`. Where the schema asks for a
        string and the answer is plain text, the text is that string.
        """
        try:
            value = find_json(answer)
        except TextNLPError as error:
            if types_of(resolved(self._schema, self._schema)) != ("string",) or not answer.strip():
                return Mismatch("", error.message)
            value = answer.strip()
        effort = self._effort(value)
        if effort > _MOST_EFFORT:
            return Mismatch("", "the answer is nested too deeply for a schema that refers to itself so often")
        if not self._validator.is_valid(value):
            if effort > _MOST_EFFORT_AFTER:
                return Mismatch("", "the answer is not what the schema describes")
            value = self._coercion.apply(value)
            mismatch = self._mismatch(value)
            if mismatch is not None:
                return mismatch
        return msgspec.json.encode(value).decode()

    def mismatch(self, value: Any, *, whole: str = "the value") -> Mismatch | None:
        """Return why a decoded value does not satisfy the schema, None where it does; nothing is coerced.

        `whole` is what the value is called in the message.
        """
        effort = self._effort(value)
        if effort > _MOST_EFFORT:
            return Mismatch("", f"{whole} is nested too deeply for a schema that refers to itself so often")
        try:
            if self._validator.is_valid(value):
                return None
            if effort > _MOST_EFFORT_AFTER:
                return Mismatch("", f"{whole} is not what the schema describes")
            return self._mismatch(value, whole=whole)
        except (ValueError, RecursionError) as exc:
            return Mismatch("", f"{whole} cannot be written as JSON ({_shortened(str(exc))})")

    def _effort(self, value: Any) -> float:
        return _depth_of(value) * math.log10(max(1, self._loops))

    def _mismatch(self, value: Any, *, whole: str = "the answer") -> Mismatch | None:
        found = [
            (".".join(str(step) for step in error.instance_path), error.message)
            for error in islice(self._validator.iter_errors(value), _TOLD_ERRORS)
        ]
        if not found:
            return None
        told = "; ".join(f"{path or whole}: {_shortened(message)}" for path, message in found)
        return Mismatch(found[0][0], told)

    def _fits_branch(self, value: Any, branch: Schema) -> bool:
        """Compile a branch with the definitions that it may refer to; only answers that are not valid come here."""
        shared = {name: self._schema[name] for name in ("$schema", "$defs", "definitions") if name in self._schema}
        try:
            return _validator({**shared, **branch}).is_valid(value)
        except TextNLPError:
            return False


def output_schema(schema: Mapping[str, Any]) -> OutputSchema:
    """Return the compiled form of a schema, the same one for equal schemas asked about again."""
    try:
        encoded = msgspec.json.encode(schema, enc_hook=as_plain)
    except (TypeError, UnicodeEncodeError, RecursionError) as exc:
        raise _no_schema(f"it cannot be written as JSON ({exc})") from exc
    return _compiled(encoded)


def ask_in_prompt(request: GenerationRequest, schema: OutputSchema) -> GenerationRequest:
    """Move the schema into the conversation, for engines that do not constrain their answers themselves."""
    told = (
        "Answer with one JSON value that satisfies the JSON Schema below, and with nothing else: no explanation, no "
        f"code fence.\n{schema.text}"
    )
    messages = request.messages
    if messages and messages[0].role is Role.SYSTEM:
        first = Message(Role.SYSTEM, f"{messages[0].content}\n\n{told}")
        messages = (first, *messages[1:])
    else:
        messages = (Message(Role.SYSTEM, told), *messages)
    return dataclasses.replace(request, messages=messages, response_schema=None)


def ask_for_repair(request: GenerationRequest, *, answer: str, mismatch: Mismatch) -> GenerationRequest:
    """Continue the conversation with the wrong answer and what is wrong with it."""
    shown = answer if len(answer) <= _REPEATED_CHARACTERS else answer[:_REPEATED_CHARACTERS] + "…"
    told = f"That answer does not satisfy the schema: {mismatch.message}. Answer again with the whole JSON, corrected."
    messages = (*request.messages, Message(Role.ASSISTANT, shown), Message(Role.USER, told))
    return dataclasses.replace(request, messages=messages)


def reseed(parameters: Parameters, *, attempt: int) -> Parameters:
    """Return the parameters with a seed of its own for each attempt; without a seed the engine draws anyway."""
    if parameters.seed is None or attempt == 0:
        return parameters
    return dataclasses.replace(parameters, seed=(parameters.seed + attempt * _SEED_STEP) % _SEEDS)


@lru_cache(maxsize=_COMPILED_SCHEMAS)
def _compiled(encoded: bytes) -> OutputSchema:
    return OutputSchema(msgspec.json.decode(encoded))


def _measured(schema: Schema) -> Extent:
    try:
        extent = extent_of(schema)
    except RecursionError as exc:
        raise _no_schema("its references are nested too deeply") from exc
    if extent.size > _MOST_SCHEMAS:
        raise _no_schema(f"its references unfold to more than {_MOST_SCHEMAS:,} schemas")
    return extent


def _depth_of(value: object) -> int:
    """Return how many lists and objects lie within each other at most."""
    depth, level = 0, [value]
    while level := [inner for outer in level for inner in _inside(outer)]:
        depth += 1
    return depth


def _inside(value: object) -> Collection[object]:
    if isinstance(value, dict):
        return cast("dict[str, object]", value).values()
    return cast("list[object]", value) if isinstance(value, list) else ()


def _validator(schema: dict[str, Any]) -> jsonschema_rs.Validator:
    try:
        return jsonschema_rs.validator_for(schema, validate_formats=True, offline=True)
    except jsonschema_rs.ValidationError as exc:
        place = ".".join(str(step) for step in exc.instance_path)
        raise _no_schema(f"{place + ': ' if place else ''}{_shortened(exc.message)}") from exc
    except (jsonschema_rs.ReferencingError, ValueError) as exc:
        raise _no_schema(_shortened(str(exc))) from exc


def _no_schema(why: str) -> TextNLPError:
    return TextNLPError(
        f"The schema is no JSON Schema: {why}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(field="response_schema"),
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _TOLD_CHARACTERS else text[:_TOLD_CHARACTERS] + "…"
