"""Makes the cells of a recipe's columns."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from textnlp.application.cells.cell_asker import CellAsker
from textnlp.application.cells.cell_ports import Cell, CellPorts
from textnlp.application.cells.comparing_cells import compare_pair, rank_columns
from textnlp.application.cells.dialogue_cells import Speakers, converse
from textnlp.application.cells.judge_cells import Rubric, judge
from textnlp.application.cells.prompt_cells import (
    Prompt,
    write_code,
    write_structured,
    write_text,
)
from textnlp.application.cells.tallied_engine import Tally
from textnlp.application.cells.tool_cells import Tools, trace_calls
from textnlp.application.cells.worked_cells import Worked, call_function, embed
from textnlp.application.look_at_rows import look_at_rows
from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.judge_columns import JudgeColumn, JudgingColumn, PairwiseColumn, RankColumn
from textnlp.domain.recipes.model_columns import (
    CodeColumn,
    ConversationColumn,
    EmbedColumn,
    StructuredColumn,
    TextColumn,
    ToolCallsColumn,
)
from textnlp.domain.recipes.recipe import Column, DrawnColumn, Recipe
from textnlp.domain.recipes.sampling.single import draw_value
from textnlp.domain.recipes.step_columns import (
    ExpandStep,
    ExpressionColumn,
    FilterStep,
    PythonColumn,
    SubsampleStep,
    ValidateColumn,
)
from textnlp.domain.templates.condition import Condition
from textnlp.domain.templates.template import PromptTemplate
from textnlp.domain.validation.row_checks import RowChecks, findings

Row = Mapping[str, Any]
_Make = Callable[[Row, CellAsker, str], Awaitable[Any]]


class CellMaker:
    """Makes cells, one a call; everything that can be compiled is, once.

    Raises `INVALID_INPUT` for a template, condition or schema that is none, and `NOT_FOUND` for a function that there
    is not.

    Args:
        templates: for columns that ask with a stored template, its name and version.
    """

    def __init__(self, recipe: Recipe, ports: CellPorts, *, templates: Mapping[str, str] | None = None) -> None:
        self._recipe = recipe
        self._ports = ports
        self._templates = templates or {}
        self._kinds: dict[str, str] = {name: column.kind for name, column in recipe.columns.items()}
        self._conditions = {
            name: Condition(when)
            for name, column in recipe.columns.items()
            if (when := getattr(column, "when", None)) is not None
        }
        self._makers = {
            name: self._maker(name, column)
            for name, column in recipe.columns.items()
            if not isinstance(column, FilterStep | SubsampleStep | ExpandStep)
        }

    async def make(self, column: str, row: Row, place: str) -> Cell:
        """Return a cell, or why it could not be made; `place` tells rows apart and decides what is drawn for them."""
        tally = Tally(
            column=column,
            kind=self._kinds[column],
            keeps_messages=self._ports.keeps_messages,
            timer=self._ports.time_calls,
        )
        tally.template = self._templates.get(column)
        asker = CellAsker(self._recipe, self._ports, column=column, place=place, tally=tally)
        try:
            condition = self._conditions.get(column)
            if condition is not None and not condition.holds(row):
                return Cell(record=tally.record())
            value = await self._makers[column](row, asker, place)
        except TextNLPError as error:
            return Cell(record=tally.record(), error=error)
        return Cell(record=tally.record(), value=value)

    def _maker(self, name: str, column: Column) -> _Make:
        match column:
            case TextColumn() | StructuredColumn() | CodeColumn() | ToolCallsColumn():
                make = _prompted(column)
            case JudgeColumn() | PairwiseColumn() | RankColumn():
                make = _judging(column)
            case ConversationColumn():
                make = _conversing(column)
            case EmbedColumn():
                make = self._embedding(column)
            case ExpressionColumn():
                make = _working(column)
            case ValidateColumn():
                make = self._validating(name, column)
            case PythonColumn():
                make = self._calling(column)
            case _:
                make = self._drawing(name, column)
        return make

    def _calling(self, column: PythonColumn) -> _Make:
        function = self._ports.find_function(column.function)
        return lambda row, _asker, _place: call_function(column, function, row)

    def _validating(self, name: str, column: ValidateColumn) -> _Make:
        checks = RowChecks(column.checks, field=f"columns.{name}.checks", outside=self._ports.outside)

        async def make(row: Row, _asker: CellAsker, _place: str) -> dict[str, Any]:
            return findings((await look_at_rows(checks, [row]))[0].reasons)

        return make

    def _embedding(self, column: EmbedColumn) -> _Make:
        template = PromptTemplate(column.text)
        engine = self._ports.find_embeddings(column.model)

        async def make(row: Row, asker: CellAsker, _: str) -> list[float]:
            return await embed(template.render(row), engine, model=column.model or engine.name, tally=asker.tally)

        return make

    def _drawing(self, name: str, column: DrawnColumn | Any) -> _Make:
        seed, lists = self._recipe.seed, self._ports.lists
        return _at_once(lambda row, place: draw_value(name, column, row, seed=seed, place=place, lists=lists))


def _prompted(column: TextColumn | StructuredColumn | CodeColumn | ToolCallsColumn) -> _Make:
    prompt = Prompt(column)
    match column:
        case TextColumn():
            return lambda row, asker, _: write_text(column, prompt, row, asker)
        case StructuredColumn():
            return lambda row, asker, _: write_structured(column, prompt, row, asker)
        case CodeColumn():
            return lambda row, asker, _: write_code(column, prompt, row, asker)
        case ToolCallsColumn():
            tools = Tools(column)
            return lambda row, asker, _: trace_calls(column, prompt, tools, row, asker)


def _judging(column: JudgingColumn) -> _Make:
    prompt = Prompt(column)
    match column:
        case JudgeColumn():
            rubric = Rubric(column)
            return lambda row, asker, _: judge(column, prompt, rubric, row, asker)
        case PairwiseColumn():
            return lambda row, asker, _: compare_pair(column, prompt, row, asker)
        case RankColumn():
            return lambda row, asker, _: rank_columns(column, prompt, row, asker)


def _conversing(column: ConversationColumn) -> _Make:
    speakers = Speakers(column)
    return lambda row, asker, _: converse(column, speakers, row, asker)


def _working(column: ExpressionColumn) -> _Make:
    worked = Worked(column)
    return _at_once(lambda row, _: worked.value(row))


def _at_once(work: Callable[[Row, str], Any]) -> _Make:
    async def make(row: Row, _: CellAsker, place: str) -> Any:
        return work(row, place)

    return make
