"""Rows as they may be, before a model has written its columns."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import msgspec

from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.estimate.band import EstimateBand, Size
from textnlp.domain.recipes.estimate.made_values import made_text, made_value
from textnlp.domain.recipes.estimate.made_verdicts import made_verdict
from textnlp.domain.recipes.judge_columns import JudgeColumn, PairwiseColumn, RankColumn
from textnlp.domain.recipes.model_columns import (
    ConversationColumn,
    EmbedColumn,
    StructuredColumn,
    ToolCallsColumn,
)
from textnlp.domain.recipes.plan import RecipePlan
from textnlp.domain.recipes.recipe import Column, Recipe, Step
from textnlp.domain.recipes.step_columns import ExpandStep, ExpressionColumn, PythonColumn, ValidateColumn
from textnlp.domain.templates.template import PromptTemplate

_WORKED_CHARACTERS = 60


class StandIns:
    """Fills rows with made-up values for what is not drawn.

    Args:
        lengths: for columns that a model writes, the tokens of a text or message.
        characters_a_token: of the tokenizer that counts.
        compiled: reads a template, each once.
    """

    def __init__(
        self,
        recipe: Recipe,
        plan: RecipePlan,
        *,
        lengths: Mapping[str, EstimateBand],
        characters_a_token: float,
        compiled: Callable[[str], PromptTemplate],
    ) -> None:
        self._recipe = recipe
        self._lengths = lengths
        self._characters_a_token = characters_a_token
        self._compiled = compiled
        self._order = [
            name
            for stage in plan.stages
            for name in (*(name for wave in stage.waves for name in wave), *([stage.step] if stage.step else []))
        ]

    def fill(self, row: Mapping[str, Any], size: Size) -> dict[str, Any]:
        """Return a row with a value for every column; those it has already stay as they are."""
        filled = dict(row)
        for name in self._order:
            if name not in filled:
                column = self._recipe.columns[name]
                is_worked = isinstance(column, Step)
                filled[name] = self._worked(column, filled) if is_worked else self._written(name, column, size)
        return filled

    def _written(self, name: str, column: Column, size: Size) -> Any:
        match column:
            case StructuredColumn():
                return made_value(column.json_schema, size)
            case JudgeColumn() | PairwiseColumn() | RankColumn():
                reasons = len(column.scores) if isinstance(column, JudgeColumn) else 1
                return made_verdict(column, self._text(name, size, share=1 / reasons))
            case EmbedColumn():
                return [0.0, 0.5, 1.0]
            case ConversationColumn():
                turns = (1, max(1, column.max_turns // 2), column.max_turns)[size]
                return self._messages(name, size, count=2 * turns)
            case ToolCallsColumn():
                return self._messages(name, size, count=2 + 2 * (1, 1, column.max_calls)[size])
            case _:
                return self._text(name, size)

    def _worked(self, column: Column, row: Mapping[str, Any]) -> Any:
        match column:
            case ExpressionColumn():
                return self._expression(column, row)
            case ValidateColumn():
                return {"passed": True, "reasons": []}
            case ExpandStep():
                return _first_item(row.get(column.column))
            case PythonColumn():
                return made_text(_WORKED_CHARACTERS)
            case _:
                return None

    def _text(self, name: str, size: Size, *, share: float = 1.0) -> str:
        band = self._lengths.get(name)
        tokens = _WORKED_CHARACTERS / self._characters_a_token if band is None else band.at(size)
        return made_text(tokens * share * self._characters_a_token)

    def _messages(self, name: str, size: Size, *, count: int) -> list[dict[str, str]]:
        text = self._text(name, size)
        return [{"role": ("user", "assistant")[place % 2], "content": text} for place in range(count)]

    def _expression(self, column: ExpressionColumn, row: Mapping[str, Any]) -> Any:
        text = ""
        with contextlib.suppress(TextNLPError):
            text = self._compiled(column.value).render(row)
        if column.type != "text":
            with contextlib.suppress(msgspec.DecodeError):
                return msgspec.json.decode(text)
        return text


def _first_item(value: object) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return cast("Sequence[Any]", value)[0]
    return made_text(_WORKED_CHARACTERS)
