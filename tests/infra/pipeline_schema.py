"""Checks pipelines against the schema that Azure DevOps publishes; it refuses what it does not know."""

import json
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
import pytest

from tests.infra.azure_types import SCHEMAS, WHERE

_FILE: Path = SCHEMAS / "azure-pipelines" / "service-schema.json"
_SCALARS = {"boolean": ["true", "false"]}

PUBLISHED = pytest.mark.skipif(
    not _FILE.is_file(),
    reason=f"set {WHERE} to a folder with azure-pipelines/service-schema.json, of microsoft/azure-pipelines-vscode",
)


def pipeline_faults(pipeline: Any) -> list[str]:
    """Return what the schema refuses, each with its place; of alternatives the ones that come nearest."""
    return [_told(error) for error in _validator().iter_errors(_as_texts(pipeline))]


@cache
def _validator() -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(_of_texts(json.loads(_FILE.read_text(encoding="utf-8"))))


def _told(error: jsonschema_rs.ValidationError) -> str:
    return f"{'/'.join(str(step) for step in error.instance_path)}: {error.message[-300:]}"


def _as_texts(value: Any) -> Any:
    """Return the document as its service reads it: scalars are texts."""
    if isinstance(value, dict):
        return {key: _as_texts(inner) for key, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_as_texts(inner) for inner in cast("list[Any]", value)]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_texts(schema: Any) -> Any:
    """Let the schema take the text of a truth value where tasks have one."""
    if isinstance(schema, list):
        return [_of_texts(each) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    entries = {key: _of_texts(inner) for key, inner in cast("dict[str, Any]", schema).items()}
    kind = entries.get("type")
    if isinstance(kind, str) and kind in _SCALARS:
        del entries["type"]
        entries["enum"] = _SCALARS[kind]
    return entries
