"""What checks ask of values of any kind."""

import math
from collections.abc import Callable
from typing import Any

import msgspec

from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.generation.json_schema import resolved, types_of
from textnlp.domain.generation.structured import output_schema
from textnlp.domain.syntax.data_syntax import json_fault
from textnlp.domain.validation.checks import RangeCheck, RequiredCheck, SchemaCheck, ValuesCheck
from textnlp.domain.validation.shown_value import as_clause, kind_of, shown, shown_choice

Rule = Callable[[Any], str | None]
"""Returns what is wrong with a value that is not null, as the rest of a sentence whose subject is the column."""


def required_rule(_check: RequiredCheck, _field: str) -> Rule:
    """Return the rule of a value that has to be there; a text of white space is empty."""

    def fault(value: Any) -> str | None:
        if (isinstance(value, str) and not value.strip()) or (isinstance(value, list | tuple) and not value):
            return "is empty"
        return None

    return fault


def values_rule(check: ValuesCheck, field: str) -> Rule:
    """Return the rule of a choice; true is not 1, and 1 is 1.0."""
    if not check.values:
        raise invalid_input("There is no value that it could be.", field=f"{field}.values")
    allowed = {_identity(value) for value in check.values}
    choice = shown_choice(check.values)

    def fault(value: Any) -> str | None:
        if isinstance(value, str | int | float) and _identity(value) in allowed:
            return None
        return f"is {shown(value)}, none of {choice}"

    return fault


def range_rule(check: RangeCheck, field: str) -> Rule:
    """Return the rule of bounds, which are included."""
    low, high = check.low, check.high
    if any(bound is not None and math.isnan(bound) for bound in (low, high)):
        raise invalid_input("A bound has to be a number.", field=field)
    if low is not None and high is not None and low > high:
        raise invalid_input(f"No number lies between {low:,} and {high:,}.", field=f"{field}.low")

    def fault(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"is {kind_of(value)}, not a number"
        if isinstance(value, float) and math.isnan(value):
            return "is not a number"
        if low is not None and value < low:
            return f"is {shown(value)}, below {_plain(low)}"
        if high is not None and value > high:
            return f"is {shown(value)}, above {_plain(high)}"
        return None

    return fault


def schema_rule(check: SchemaCheck, field: str) -> Rule:
    """Return the rule of a schema; a text is read as JSON first, unless the schema asks for a text."""
    try:
        schema = output_schema(check.json_schema)
    except TextNLPError as error:
        raise invalid_input(error.message, field=f"{field}.schema") from error
    is_text = types_of(resolved(check.json_schema, check.json_schema)) == ("string",)

    def fault(value: Any) -> str | None:
        if isinstance(value, str) and not is_text:
            try:
                value = msgspec.json.decode(value)
            except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as exc:
                return f"is no JSON: {as_clause(json_fault(value) or str(exc))}"
        mismatch = schema.mismatch(value, whole="the value")
        return None if mismatch is None else f"does not satisfy the schema: {mismatch.message}"

    return fault


def _identity(value: object) -> tuple[bool, object]:
    """Tell true from 1, as JSON does and Python does not."""
    return isinstance(value, bool), value


def _plain(bound: float) -> str:
    return str(int(bound)) if bound.is_integer() else str(bound)
