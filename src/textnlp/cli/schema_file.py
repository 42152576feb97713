"""A JSON Schema given as a file."""

import json
from pathlib import Path
from typing import Any, cast

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input


def read_schema(path: Path | None) -> dict[str, Any] | None:
    """Read the schema; raise `INVALID_INPUT` with line and column where the file is no JSON object."""
    if path is None:
        return None
    try:
        schema: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise invalid_input(f"Cannot read {path}: {exc.strerror}.", field="schema") from exc
    except json.JSONDecodeError as exc:
        raise TextNLPError(
            f"{path} is not JSON: {exc.msg} at line {exc.lineno}, column {exc.colno}.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(field="schema", line=exc.lineno, column=exc.colno),
        ) from exc
    if not isinstance(schema, dict):
        raise invalid_input(f"{path} must hold a JSON object, the schema itself.", field="schema")
    return cast("dict[str, Any]", schema)
