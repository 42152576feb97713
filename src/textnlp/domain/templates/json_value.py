"""What a template worked out, as a JSON value."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from jinja2.exceptions import SecurityError
from jinja2.runtime import Undefined

from textnlp.domain.templates.budget import measure
from textnlp.topology.limits import LIMITS


def as_json_value(value: object) -> Any:
    """Return a copy of a value in JSON's types, tuples as lists.

    Raises `UndefinedError` for a variable that is missing, and `SecurityError` for what JSON cannot say, such as
    numbers that are not finite, and for more than fits into a row.
    """
    if measure(value, at_most=LIMITS.max_row_bytes) > LIMITS.max_row_bytes:
        raise SecurityError(f"the value is longer than {LIMITS.max_row_bytes:,} characters")
    return _copied(value)


def _copied(value: object) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise SecurityError("the value is no finite number")
        return value
    if isinstance(value, Undefined):
        return str(value)
    if isinstance(value, Mapping):
        members = cast("Mapping[object, object]", value)
        if not all(isinstance(name, str) for name in members):
            raise SecurityError("the names in an object have to be texts")
        return {str(name): _copied(each) for name, each in members.items()}
    if isinstance(value, list | tuple):
        return [_copied(each) for each in cast("Sequence[object]", value)]
    raise SecurityError(f"a {type(value).__name__} is no value; make it a list with |list")
