"""A JSON object given as a file."""

import json
from pathlib import Path
from typing import Any, cast

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input


def read_json_object(path: Path, *, field: str) -> dict[str, Any]:
    """Read the object; raise `INVALID_INPUT` with `field`, and line and column where the file is no JSON."""
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise invalid_input(f"Cannot read {path}: {exc.strerror}.", field=field) from exc
    except json.JSONDecodeError as exc:
        raise TextNLPError(
            f"{path} is not JSON: {exc.msg} at line {exc.lineno}, column {exc.colno}.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(field=field, line=exc.lineno, column=exc.colno),
        ) from exc
    except (UnicodeDecodeError, RecursionError) as exc:
        raise invalid_input(f"{path} is not JSON: {exc}.", field=field) from exc
    if not isinstance(content, dict):
        raise invalid_input(f"{path} must hold a JSON object.", field=field)
    return cast("dict[str, Any]", content)
