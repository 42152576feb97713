"""Cells that ask a model with one prompt: texts, JSON values, programs and judgements."""

from collections.abc import Mapping
from typing import Any

from textnlp.application.cells.cell_asker import CellAsker, conversation
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Message, Role
from textnlp.domain.recipes.model_columns import (
    CodeColumn,
    JudgeColumn,
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


class Rubric:
    """What a judge is told and how it answers.

    The reason comes before the mark, so that the mark follows from it (G-Eval, Liu et al. 2023, arXiv 2303.16634, has
    the judge think first).
    """

    def __init__(self, column: JudgeColumn) -> None:
        self._scores = {name: (PromptTemplate(score.description), score.scale) for name, score in column.scores.items()}
        self.schema: dict[str, Any] = {
            "type": "object",
            "properties": {name: _verdict(sorted(scale)) for name, (_, scale) in self._scores.items()},
            "required": list(self._scores),
            "additionalProperties": False,
        }

    def text(self, row: Row) -> str:
        """Return the rubrics in words."""
        told = ["Judge by these rubrics. For each give a short reason first, then the mark."]
        for name, (description, scale) in self._scores.items():
            marks = "; ".join(f"{mark} = {scale[mark]}" for mark in sorted(scale))
            told.append(f"- {name}: {description.render(row)} Marks: {marks}.")
        return "\n".join(told)


async def judge(column: JudgeColumn, prompt: Prompt, rubric: Rubric, row: Row, asker: CellAsker) -> Any:
    """Return `{score, reason}` for every score of the column."""
    messages = prompt.messages(row, added=rubric.text(row))
    return await asker.ask_json(messages, alias=column.model, schema=rubric.schema)


def _verdict(marks: list[int]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "reason": {"type": "string", "minLength": 1, "maxLength": 500},
            "score": {"type": "integer", "enum": marks},
        },
        "required": ["reason", "score"],
        "additionalProperties": False,
    }
