"""What people write and call: commands with their options, settings, routes, recipes and files of prompts."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from textnlp.api.app import ROUTES
from textnlp.api.openapi_document import openapi_document
from textnlp.bootstrap.platform import open_prompts
from textnlp.bootstrap.ready_recipes import read_named_recipe, ready_recipes
from textnlp.cli.lazy_group import CommandTable, LazySection, build
from textnlp.cli.main import COMMANDS
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.batches.requests import payload_hash
from textnlp.domain.generation.model import GenerationRequest
from textnlp.settings import Settings, variable_name

ROOT = Path(__file__).resolve().parent.parent
_EXAMPLES = ("support-messages.yaml", "judged-replies.yaml")
_INPUTS = (
    "batch.json",
    "openai-batch.jsonl",
    "product-reviews.jsonl",
    "prompts.csv",
    "prompts.txt",
    "with-mistakes.jsonl",
)


class Surface(msgspec.Struct, kw_only=True):
    """The names that people have in their scripts.

    Attributes:
        commands: options and arguments by command.
        routes: methods with their paths.
        settings: environment variables.
    """

    commands: dict[str, list[str]]
    routes: list[str]
    settings: list[str]


def surface() -> Surface:
    """Return the names of this code."""
    paths: dict[str, dict[str, Any]] = openapi_document(ROUTES)["paths"]
    return Surface(
        commands=dict(_commands(COMMANDS, "")),
        routes=sorted(f"{method.upper()} {path}" for path, methods in paths.items() for method in methods),
        settings=sorted(variable_name(field) for field in Settings.model_fields),
    )


def record_recipes(folder: Path) -> None:
    """Copy recipes and what they refer to into a folder, with the fingerprint that this code gives each."""
    shelf = ready_recipes()[0].path.parent
    shutil.copytree(shelf, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for name in _EXAMPLES:
        shutil.copy(ROOT / "examples" / name, folder)
    (folder / "fingerprints.json").write_bytes(_shown(fingerprints(folder)))


def fingerprints(folder: Path) -> dict[str, str]:
    """Return the fingerprint of each recipe in a folder."""
    return {path.name: read_named_recipe(str(path), sets={})[0].fingerprint for path in sorted(folder.glob("*.yaml"))}


def record_inputs(folder: Path) -> None:
    """Copy files of prompts into a folder, with what identifies each of their rows."""
    folder.mkdir()
    for name in _INPUTS:
        shutil.copy(ROOT / "examples" / name, folder)
    (folder / "rows.json").write_bytes(_shown(row_hashes(folder)))


def row_hashes(folder: Path) -> dict[str, list[str]]:
    """Return the id of each row of the files in a folder with the hash by which its result is found again."""
    return {name: [_row(row) for row in open_prompts(folder / name).rows()] for name in _INPUTS}


def _row(row: PromptRow | BadRow) -> str:
    if isinstance(row, BadRow):
        return f"{row.id}: {row.kind.value}"
    request = GenerationRequest(model=row.model or "scripted", messages=row.messages, parameters=row.parameters)
    return f"{row.id}: {payload_hash(request).hex()}"


def _shown(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def _commands(table: CommandTable, prefix: str) -> Iterator[tuple[str, list[str]]]:
    for name, entry in table.items():
        words = f"{prefix}{name}"
        if isinstance(entry, LazySection):
            yield from _commands(entry.commands, f"{words} ")
        else:
            yield words, sorted(_takes(build(name, entry)))


def _takes(command: Any) -> Iterator[str]:
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            yield parameter.name.upper()
        else:
            yield from (*parameter.opts, *parameter.secondary_opts)
