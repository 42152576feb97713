"""The operators of filters under three-valued logic: a condition is True, False, or None for unknown."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from textnlp.domain.messaging.filter_tokens import Token, filter_error
from textnlp.domain.messaging.model import PropertyValue

Properties = Mapping[str, PropertyValue]
Condition = Callable[[Properties], bool | None]
Operand = Callable[[Properties], PropertyValue]
Comparison = Callable[[Any, Any], bool]

COMPARISONS: Final[Mapping[str, Comparison]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def constant(value: PropertyValue) -> Operand:
    """Make the operand that is `value` for every message."""
    return lambda _properties: value


def property_value(name: str) -> Operand:
    """Make the operand that is the value of a property, None where it is missing."""
    folded = name.casefold()

    def find(properties: Properties) -> PropertyValue:
        if name in properties:
            return properties[name]
        return next((value for key, value in properties.items() if key.casefold() == folded), None)

    return find


def compared(compare: Comparison, left: Operand, right: Operand) -> Condition:
    """Compare two operands; unknown where either is None or they are of kinds that do not compare."""
    is_equality = compare in {operator.eq, operator.ne}

    def evaluate(properties: Properties) -> bool | None:
        first, second = left(properties), right(properties)
        kind = _kind(first)
        if kind is None or kind is not _kind(second) or (kind is bool and not is_equality):
            return None
        return compare(first, second)

    return evaluate


def _kind(value: PropertyValue) -> type | None:
    """Return what a value compares with: numbers with numbers, but booleans, as in C#, only with booleans."""
    if isinstance(value, bool):
        return bool
    if isinstance(value, int | float):
        return float
    return None if value is None else str


def is_null(operand: Operand) -> Condition:
    """Tell whether a property is missing or None; never unknown."""
    return lambda properties: operand(properties) is None


def negated(condition: Condition) -> Condition:
    """Turn true and false round and leave unknown as it is."""

    def evaluate(properties: Properties) -> bool | None:
        result = condition(properties)
        return None if result is None else not result

    return evaluate


def all_of(conditions: Sequence[Condition]) -> Condition:
    """Join by AND: false beats unknown, unknown beats true."""
    return _joined(conditions, decisive=False)


def any_of(conditions: Sequence[Condition]) -> Condition:
    """Join by OR: true beats unknown, unknown beats false."""
    return _joined(conditions, decisive=True)


def _joined(conditions: Sequence[Condition], *, decisive: bool) -> Condition:
    if len(conditions) == 1:
        return conditions[0]

    def evaluate(properties: Properties) -> bool | None:
        outcome: bool | None = not decisive
        for condition in conditions:
            result = condition(properties)
            if result is decisive:
                return decisive
            if result is None:
                outcome = None
        return outcome

    return evaluate


def like(operand: Operand, pattern: Token, escape: Token | None) -> Condition:
    """Match a string as a whole against a pattern; unknown for what is no string."""
    expression = re.compile(_expression_of(pattern, escape), re.DOTALL)

    def evaluate(properties: Properties) -> bool | None:
        value = operand(properties)
        return expression.fullmatch(value) is not None if isinstance(value, str) else None

    return evaluate


def _expression_of(pattern: Token, escape: Token | None) -> str:
    """Translate `%` and `_`.

    What stands between two `%` may be taken at its first occurrence and never be looked for again, which the atomic
    groups say: without them a pattern with many `%` would take exponential time on a long string.
    """
    escape_character = "" if escape is None else str(escape.value)
    if escape is not None and len(escape_character) != 1:
        raise filter_error("ESCAPE needs a string of one character", column=escape.column)
    pieces = [""]
    characters = iter(str(pattern.value))
    for character in characters:
        if character == escape_character:
            escaped = next(characters, "")
            if not escaped or escaped not in {"%", "_", escape_character}:
                problem = f"in a pattern {character} stands before %, _ or {character} only"
                raise filter_error(problem, column=pattern.column)
            pieces[-1] += re.escape(escaped)
        elif character == "%":
            pieces.append("")
        else:
            pieces[-1] += "." if character == "_" else re.escape(character)
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    return first + "".join(f"(?>.*?{piece})" for piece in middle if piece) + ".*" + last
