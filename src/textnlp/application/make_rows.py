"""Make the rows of one candidate: cell by cell, through the steps that expand, filter and thin them out."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from textnlp.application.cells.cell_maker import CellMaker
from textnlp.application.cells.cell_ports import Cell
from textnlp.application.look_at_rows import look_at_rows
from textnlp.domain.datasets.candidate import CandidateRecord, uses_of
from textnlp.domain.datasets.model import CellRecord, DatasetRow, Reason, RowFate
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import JsonObject
from textnlp.domain.recipes.plan import RecipePlan, Stage
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.recipes.sampling.seeding import derived_seed
from textnlp.domain.recipes.step_columns import ExpandStep, FilterStep, SubsampleStep
from textnlp.domain.templates.condition import Condition
from textnlp.domain.validation.operators import MakeOutside
from textnlp.domain.validation.row_checks import RowChecks

MOST_ROWS = 10_000
_REJECTING_KINDS = frozenset({ErrorKind.TRUNCATED, ErrorKind.CONTENT_FILTERED, ErrorKind.SCHEMA_MISMATCH})
"""Errors of an answer that came but is not good enough: the row is rejected, not failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the rows of a candidate begin with.

    Attributes:
        number: 0-based, the same for the same candidate of every run of the recipe.
        values: drawn columns and the fields of its seed.
        seed: where the seed is from, None where there are none.
    """

    number: int
    values: Mapping[str, Any]
    seed: JsonObject | None = None


@dataclass(slots=True)
class _Row:
    """A row that is being made."""

    place: str
    values: dict[str, Any]
    cells: list[CellRecord] = field(default_factory=list[CellRecord])
    fate: RowFate = RowFate.ACCEPTED
    reasons: list[Reason] = field(default_factory=list[Reason])

    @property
    def is_live(self) -> bool:
        """Whether anything more is made for it."""
        return self.fate is RowFate.ACCEPTED

    def end(self, fate: RowFate, *reasons: Reason) -> None:
        """Let nothing more be made for the row."""
        self.fate = fate
        self.reasons.extend(reasons)


class RowMaker:
    """Makes the rows of candidates of one recipe.

    A row that fails, or that a filter or check turns away, does not stop the candidate's others. An error that every
    row would meet (of `stopping`) is raised.
    """

    def __init__(
        self,
        recipe: Recipe,
        plan: RecipePlan,
        cells: CellMaker,
        *,
        stopping: frozenset[ErrorKind] = frozenset(),
        outside: MakeOutside | None = None,
    ) -> None:
        self._recipe = recipe
        self._plan = plan
        self._cells = cells
        self._stopping = stopping
        self._checks = RowChecks(recipe.checks, outside=outside)
        self._accepted = None if recipe.accept.where is None else Condition(recipe.accept.where)
        self._filters = {
            name: Condition(column.where) for name, column in recipe.columns.items() if isinstance(column, FilterStep)
        }

    async def make(self, candidate: Candidate) -> CandidateRecord:
        """Return the candidate's rows, each with its fate: accepted, rejected or failed."""
        rows = [_Row(place=str(candidate.number), values=dict(candidate.values))]
        asked: list[CellRecord] = []
        for stage in self._plan.stages:
            await self._run_waves(stage, rows, asked)
            if stage.step is not None:
                rows = self._step(stage.step, rows)
        for row in rows:
            if row.is_live:
                await self._judge(row)
        return CandidateRecord(
            rows=tuple(
                DatasetRow(
                    candidate=candidate.number,
                    item=item,
                    fate=row.fate,
                    values=row.values,
                    reasons=tuple(row.reasons),
                    seed=candidate.seed,
                    cells=tuple(row.cells),
                )
                for item, row in enumerate(rows)
            ),
            uses=uses_of(asked),
        )

    async def _run_waves(self, stage: Stage, rows: list[_Row], asked: list[CellRecord]) -> None:
        for wave in stage.waves:
            work = [(row, name) for row in rows if row.is_live for name in wave]
            if len(work) == 1:
                made = [await self._cells.make(work[0][1], work[0][0].values, work[0][0].place)]
            else:
                made = await asyncio.gather(*(self._cells.make(name, row.values, row.place) for row, name in work))
            for (row, name), cell in zip(work, made, strict=True):
                asked.append(cell.record)
                self._put(row, name, cell)

    def _put(self, row: _Row, name: str, cell: Cell) -> None:
        row.cells.append(cell.record)
        error = cell.error
        if error is None:
            row.values[name] = cell.value
            return
        if error.kind in self._stopping:
            raise error
        is_rejected = error.kind in _REJECTING_KINDS
        if row.is_live:
            fate = RowFate.REJECTED if is_rejected else RowFate.FAILED
            row.end(fate, Reason(code=error.kind.value, message=error.full_text, column=name))

    def _step(self, name: str, rows: list[_Row]) -> list[_Row]:
        match self._recipe.columns[name]:
            case FilterStep():
                for row in rows:
                    if row.is_live:
                        self._filter(name, row)
                return rows
            case SubsampleStep() as step:
                return self._thinned(name, step, rows)
            case ExpandStep() as step:
                return [grown for row in rows for grown in _expanded(name, step, row)][:MOST_ROWS]
            case _:
                raise TextNLPError(f"{name!r} is no step.", kind=ErrorKind.INTERNAL)

    def _filter(self, name: str, row: _Row) -> None:
        condition = self._filters[name]
        try:
            holds = condition.holds(row.values)
        except TextNLPError as error:
            row.end(RowFate.FAILED, Reason(code=error.kind.value, message=error.message, column=name))
            return
        if not holds:
            row.end(RowFate.REJECTED, Reason(code=f"filter:{name}", message="The filter's condition does not hold."))

    def _thinned(self, name: str, step: SubsampleStep, rows: list[_Row]) -> list[_Row]:
        """Leave rows out at random, always the same ones; rows that were turned away already stay."""
        live = [row for row in rows if row.is_live]
        draw = random.Random(derived_seed(self._recipe.seed, name, rows[0].place if rows else ""))  # noqa: S311
        if step.rows is not None:
            kept = set(draw.sample(range(len(live)), min(step.rows, len(live))))
        else:
            fraction = 1.0 if step.fraction is None else step.fraction
            kept = {place for place in range(len(live)) if draw.random() < fraction}
        dropped = {id(row) for place, row in enumerate(live) if place not in kept}
        return [row for row in rows if id(row) not in dropped]

    async def _judge(self, row: _Row) -> None:
        """Reject a row that does not pass the checks or the condition of acceptance."""
        try:
            checked = (await look_at_rows(self._checks, [row.values]))[0]
            row.values, reasons = dict(checked.values), checked.reasons
            if not reasons and self._accepted is not None and not self._accepted.holds(row.values):
                message = f"It is not accepted: {self._recipe.accept.where} does not hold."
                reasons = [Reason(code="accept", message=message)]
        except TextNLPError as error:
            row.end(RowFate.FAILED, Reason(code=error.kind.value, message=error.message))
            return
        if reasons:
            row.end(RowFate.REJECTED, *reasons)


def _expanded(name: str, step: ExpandStep, row: _Row) -> list[_Row]:
    """Return a row for each item of the list that the step names; no list, no row."""
    if not row.is_live:
        return [row]
    items = row.values.get(step.column)
    if items is None:
        return []
    if not isinstance(items, list):
        message = f"{step.column!r} is no list, so that it cannot be expanded."
        row.end(RowFate.FAILED, Reason(code=ErrorKind.INVALID_INPUT.value, message=message, column=name))
        return [row]
    return [
        _Row(
            place=f"{row.place}.{place}",
            values={**row.values, name: item},
            cells=[*row.cells, CellRecord(column=name, kind=step.kind)],
        )
        for place, item in enumerate(cast("list[Any]", items)[: step.limit])
    ]
