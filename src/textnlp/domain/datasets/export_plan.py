"""Which column of a dataset stands for which field of a further form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.generation.model import JsonObject
from textnlp.domain.recipes.output import Export, ExportFormat

TABLE_FORMATS = frozenset({"csv", "huggingface"})
"""Forms that take any columns; the others have fields of their own."""

_GUESSES: Mapping[str, tuple[str, ...]] = {
    "messages": ("messages", "conversation", "conversations", "dialogue", "dialog", "chat", "trace"),
    "instruction": ("instruction", "prompt", "question", "query", "request", "task"),
    "input": ("input", "context"),
    "output": ("output", "response", "answer", "completion", "solution"),
    "system": ("system", "system_prompt"),
    "prompt": ("prompt", "instruction", "question", "query", "request", "task"),
    "chosen": ("chosen", "preferred"),
    "rejected": ("rejected", "dispreferred"),
}
_CONVERSATION_FIELDS = ("messages", "instruction", "output", "system")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "chatml": _CONVERSATION_FIELDS,
    "openai": _CONVERSATION_FIELDS,
    "sharegpt": _CONVERSATION_FIELDS,
    "alpaca": ("instruction", "input", "output", "system"),
    "dpo": ("prompt", "chosen", "rejected", "system"),
}
_NEEDED = {"alpaca": ("instruction", "output"), "dpo": ("prompt", "chosen", "rejected")}
_CONVERSATION_KINDS = frozenset({"conversation", "tool_calls"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlan:
    """How rows become records of a form.

    Attributes:
        sources: the column of each field; of `csv` and `huggingface`, of each column that is written.
        tools: the functions that the messages' model could call, in OpenAI's form.
    """

    format: ExportFormat
    sources: Mapping[str, str]
    tools: tuple[JsonObject, ...] = ()


def read_format(name: str) -> ExportFormat:
    """Return the form of this name; raises `INVALID_INPUT` naming all."""
    found: ExportFormat | None = next((known for known in get_args(ExportFormat) if known == name), None)
    if found is None:
        raise invalid_input(f"{name!r} is no export; there are {', '.join(get_args(ExportFormat))}.", field="format")
    return found


def plan_export(
    form: ExportFormat, *, given: Mapping[str, str], columns: Sequence[str], recipe: Mapping[str, Any]
) -> ExportPlan:
    """Find the column of each field: as given, else by the field's usual names, or by kind for conversations.

    Raises `INVALID_INPUT` for a field that the form does not have, a column that is not there, and a needed field
    without a column; the message names the field and the columns that there are.
    """
    for field, column in given.items():
        if form not in TABLE_FORMATS and field not in _FIELDS[form]:
            raise invalid_input(
                f"The export {form} has no field {field!r}; it has {', '.join(_FIELDS[form])}.", field=field
            )
        if column not in columns:
            raise invalid_input(f"There is no column {column!r} for {field!r}; {_list(columns)}.", field=field)
    if form in TABLE_FORMATS:
        return ExportPlan(format=form, sources=dict(given) or {column: column for column in columns})
    kinds = {name: str(column.get("kind")) for name, column in recipe.get("columns", {}).items()}
    sources = dict(given)
    for field in _FIELDS[form]:
        column = _guess(field, taken=set(sources.values()), columns=columns, kinds=kinds)
        if field not in sources and column is not None:
            sources[field] = column
    sources = _chosen(form, sources, given=given, columns=columns)
    messages = sources.get("messages")
    described: Mapping[str, Any] = recipe.get("columns", {}).get(messages, {}) if messages else {}
    return ExportPlan(format=form, sources=sources, tools=_tools(described.get("tools", {})))


def require_exports(exports: Sequence[Export], *, columns: Sequence[str], recipe: Mapping[str, Any]) -> None:
    """Raise what `plan_export` raises for any of them, with its place in the recipe as field."""
    for index, export in enumerate(exports):
        try:
            plan_export(export.format, given=export.columns, columns=columns, recipe=recipe)
        except TextNLPError as error:
            raise invalid_input(error.message, field=f"output.exports[{index}]") from error


def _chosen(
    form: ExportFormat, sources: dict[str, str], *, given: Mapping[str, str], columns: Sequence[str]
) -> dict[str, str]:
    """Keep what the form uses: either messages or a question with its answer, and never both."""
    needed = _NEEDED.get(form)
    if needed is None:
        asks = {"instruction", "output"} & given.keys() and "messages" not in given
        if "messages" in sources and not asks:
            return {"messages": sources["messages"]}
        sources.pop("messages", None)
        if not {"instruction", "output"} & sources.keys():
            raise _missing(form, "messages", columns)
        needed = ("instruction", "output")
    for field in needed:
        if field not in sources:
            raise _missing(form, field, columns)
    return sources


def _guess(field: str, *, taken: set[str], columns: Sequence[str], kinds: Mapping[str, str]) -> str | None:
    by_case = {column.lower(): column for column in columns if column not in taken}
    named = next((by_case[name] for name in _GUESSES[field] if name in by_case), None)
    if named is not None or field != "messages":
        return named
    talks = [column for column in columns if kinds.get(column) in _CONVERSATION_KINDS]
    return talks[0] if len(talks) == 1 else None


def _missing(form: str, field: str, columns: Sequence[str]) -> Exception:
    usual = ", ".join(_GUESSES[field])
    return invalid_input(
        f"The export {form} needs a column for {field!r}, and none is called {usual}; {_list(columns)}. "
        f"Name it: {field}=COLUMN.",
        field=field,
    )


def _list(columns: Sequence[str]) -> str:
    return f"there are {', '.join(columns)}" if columns else "there are no columns"


def _tools(described: Mapping[str, Mapping[str, Any]]) -> tuple[JsonObject, ...]:
    return tuple(
        {
            "type": "function",
            "function": {
                "name": name,
                "description": tool.get("description", ""),
                "parameters": tool.get("parameters", {}),
            },
        }
        for name, tool in described.items()
    )
