"""A JSON Schema that came with a request, looked at before anything is asked."""

import dataclasses
from typing import Any, cast

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.structured import output_schema

_DEEPEST = 100
_FIELD = "schema"


def require_schema(schema: dict[str, Any], *, field: str = _FIELD) -> None:
    """Return for a JSON Schema; raise `INVALID_INPUT` for what is none, or is nested deeper than 100 levels.

    `field` is where in the request it stands.
    """
    if _is_deeper(schema, _DEEPEST):
        message = f"The schema is nested deeper than {_DEEPEST} levels."
        raise TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=field))
    try:
        output_schema(schema)
    except TextNLPError as error:
        facts = dataclasses.replace(error.facts, field=field)
        raise TextNLPError(error.message, kind=error.kind, facts=facts) from error


def _is_deeper(value: object, levels: int) -> bool:
    """Walk level by level, without recursion: depth is what is doubted."""
    level: list[object] = [value]
    for _ in range(levels):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(cast("dict[str, object]", value).values())
    return cast("list[object]", value) if isinstance(value, list) else []
