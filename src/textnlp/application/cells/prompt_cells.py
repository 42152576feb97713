"""Cells that ask a model with one prompt: texts, JSON values and programs."""

from collections.abc import Mapping
from typing import Any

from textnlp.application.cells.cell_asker import CellAsker, conversation
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Message, Role
from textnlp.domain.recipes.model_columns import (
    CodeColumn,
    PromptColumn,
    StructuredColumn,
    TextColumn,
)
from textnlp.domain.syntax.code_text import extract_code, syntax_fault
from textnlp.domain.templates.template import PromptTemplate

Row = Mapping[str, Any]


class Prompt:
    """The compiled templates of a column that asks with one prompt."""

    def __init__(self, column: PromptColumn) -> None:
        self._prompt = PromptTemplate(column.prompt or "")
        self._system = None if column.system is None else PromptTemplate(column.system)
        prefill = column.prefill if isinstance(column, TextColumn) else None
        self._prefill = None if prefill is None else PromptTemplate(prefill)

    def prefill(self, row: Row) -> str:
        """Return how the answer begins."""
        return "" if self._prefill is None else self._prefill.render(row)

    def messages(self, row: Row, *, added: str = "") -> list[Message]:
        """Return the conversation that asks for the cell, with `added` at the end of the prompt."""
        prompt = self._prompt.render(row)
        return conversation(
            f"{prompt}\n\n{added}" if added else prompt,
            system=None if self._system is None else self._system.render(row),
            prefill=self.prefill(row) or None,
        )


async def write_text(column: TextColumn, prompt: Prompt, row: Row, asker: CellAsker) -> str:
    """Return a text, which begins with the column's prefill; raises `TRUNCATED` for one that was cut off."""
    messages = prompt.messages(row)
    completion = await asker.ask(messages, alias=column.model, allow_truncated=column.allow_truncated)
    return prompt.prefill(row) + completion.text if column.prefill else completion.text


async def write_structured(column: StructuredColumn, prompt: Prompt, row: Row, asker: CellAsker) -> Any:
    """Return a JSON value that satisfies the column's schema."""
    return await asker.ask_json(prompt.messages(row), alias=column.model, schema=column.json_schema)


async def write_code(column: CodeColumn, prompt: Prompt, row: Row, asker: CellAsker) -> str:
    """Return a program without syntax errors; one with an error is sent back with it, as often as `attempts` allows.

    Raises `SCHEMA_MISMATCH` with the fault of the last one.
    """
    messages = prompt.messages(row)
    fault = ""
    for _ in range(column.attempts):
        completion = await asker.ask(messages, alias=column.model)
        code = extract_code(completion.text, language=column.language)
        found = "there is no program in it" if not code.strip() else None
        fault = found or syntax_fault(code, language=column.language, dialect=column.dialect) or ""
        if not fault:
            return code
        told = f"That program cannot be used: {fault.rstrip('.')}. Write the whole program again, corrected."
        messages = [*messages, Message(Role.ASSISTANT, completion.text), Message(Role.USER, told)]
    message = f"No {column.language} program without an error in {column.attempts} attempts: {fault.rstrip('.')}."
    raise TextNLPError(message, kind=ErrorKind.SCHEMA_MISMATCH)
