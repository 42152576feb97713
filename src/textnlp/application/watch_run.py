"""What a run has done and spent, as far as this process knows."""

from collections.abc import Callable
from decimal import Decimal

from textnlp.domain.batches.model import Batch
from textnlp.domain.datasets.candidate import CandidateRecord, ColumnUse
from textnlp.domain.datasets.model import ModelUse, RowFate
from textnlp.domain.datasets.stop_rules import RunFigures, reached_limit
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Usage
from textnlp.domain.recipes.acceptance import Acceptance
from textnlp.ports.clock import Clock

CostOf = Callable[[str, Usage], Decimal | None]
"""Returns what tokens of a model cost, None where its price is not known."""


class RunWatch:
    """Counts candidates as they are made, and stops the run at its limits.

    Attributes:
        stopped_by: the limit that was reached, in a sentence; None where none was.
        passed_rows: rows that passed their checks so far, needed or not.
        columns: what each column took of each model, in the order in which columns were asked.
    """

    def __init__(self, acceptance: Acceptance, *, cost_of: CostOf, clock: Clock) -> None:
        self._acceptance = acceptance
        self._cost_of = cost_of
        self._clock = clock
        self._began = clock.monotonic()
        self.figures = RunFigures()
        self.stopped_by: str | None = None
        self.passed_rows = self.rejected_rows = self.failed_rows = 0
        self.columns: dict[tuple[str, str], ColumnUse] = {}

    @property
    def seconds(self) -> float:
        """Running time."""
        return self._clock.monotonic() - self._began

    def add(self, record: CandidateRecord) -> None:
        """Count a candidate."""
        cost: Decimal | None = Decimal(0)
        for use in record.uses:
            key = (use.column, use.model)
            self.columns[key] = self.columns[key].plus(use) if key in self.columns else use
            spent = self._cost_of(use.model, use.charged_usage)
            cost = None if cost is None or spent is None else cost + spent
        fates = [row.fate for row in record.rows]
        self.passed_rows += fates.count(RowFate.ACCEPTED)
        self.rejected_rows += fates.count(RowFate.REJECTED) + (not fates)
        self.failed_rows += fates.count(RowFate.FAILED)
        self.figures.add(
            is_passed=RowFate.ACCEPTED in fates,
            is_failed=bool(fates) and all(fate is RowFate.FAILED for fate in fates),
            cost=cost,
        )

    def on_made(self, _: Batch, record: CandidateRecord) -> None:
        """Count a candidate of a batch."""
        self.add(record)

    def reached(self) -> str | None:
        """Return the limit that is reached, in a sentence; once one is, it stays so."""
        if self.stopped_by is None:
            self.stopped_by = reached_limit(self._acceptance, self.figures, seconds=self.seconds)
        return self.stopped_by

    def require_going_on(self) -> None:
        """Raise `LIMIT_REACHED` once a limit is reached."""
        if (stopped_by := self.reached()) is not None:
            raise TextNLPError(stopped_by, kind=ErrorKind.LIMIT_REACHED)

    def model_uses(self) -> tuple[ModelUse, ...]:
        """Return what each model did and costs."""
        totals: dict[str, ColumnUse] = {}
        for use in self.columns.values():
            whole = totals.get(use.model, ColumnUse(column="", model=use.model))
            totals[use.model] = whole.plus(use)
        return tuple(self._model_use(use) for use in totals.values())

    def _model_use(self, use: ColumnUse) -> ModelUse:
        cost = self._cost_of(use.model, use.charged_usage)
        return ModelUse(
            model=use.model,
            calls=use.calls,
            reused=use.reused,
            usage=use.usage,
            cost=None if cost is None else float(cost),
        )
