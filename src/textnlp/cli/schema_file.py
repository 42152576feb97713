"""A JSON Schema given as a file."""

from pathlib import Path
from typing import Any

from textnlp.cli.json_object import read_json_object


def read_schema(path: Path | None) -> dict[str, Any] | None:
    """Read the schema; raise `INVALID_INPUT` with line and column where the file is no JSON object."""
    return None if path is None else read_json_object(path, field="schema")
