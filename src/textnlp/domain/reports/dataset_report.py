"""The report of a dataset that was made here."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.model import DatasetFacts, DatasetRow, ModelUse, RowFate
from textnlp.domain.datasets.written_columns import column_key
from textnlp.domain.reports.builder import ColumnLabel, ReportBuilder, ReportOptions, declared
from textnlp.domain.reports.cell_tally import recipe_cells, topic_figures
from textnlp.domain.reports.check_tally import HIDDEN_KINDS, check_subject
from textnlp.domain.reports.finding_figures import JudgeFigures
from textnlp.domain.reports.judged_row import JudgedRow
from textnlp.domain.reports.model import Balance, CostFigures, ModelFigures, QualityReport, ReasonFigure, Subject
from textnlp.domain.reports.notices import with_notices
from textnlp.domain.reports.shown_text import shown_text
from textnlp.domain.reports.verdict_tally import VerdictTally

_AFTER_CHECKS = frozenset({"accept", "duplicate"})
_TOPICS = "topics"


class DatasetReport:
    """Builds the report of a version while its rows are written; `recipe` is in JSON's own types."""

    def __init__(self, recipe: Mapping[str, Any]) -> None:
        subjects = declared(check_subject(check) for check in recipe.get("checks") or ())
        self._codes = frozenset(subject.code for subject in subjects) | _AFTER_CHECKS
        self._cells = recipe_cells(recipe)
        # A run keeps no flags, so that no row can be told for which personal data was flagged.
        hidden = {
            str(check.get("column"))
            for check in recipe.get("checks") or ()
            if check.get("kind") in HIDDEN_KINDS and check.get("action") == "flag"
        }
        options = ReportOptions(
            checks=subjects,
            cells=self._cells,
            hidden_columns=frozenset(hidden) | {column_key(name) for name in hidden},
            seed=int(recipe.get("seed") or 0),
        )
        self._builder = ReportBuilder(options)
        self._verdicts = VerdictTally(recipe)

    def add(self, rows: Sequence[tuple[DatasetRow, Mapping[str, Any] | None]]) -> None:
        """Count rows in, accepted ones with the columns as readers of the dataset get them."""
        self._builder.add([self._judged(row, written) for row, written in rows])
        for row, _ in rows:
            self._verdicts.add(row.values)

    def report(
        self, version: DatasetVersion, facts: DatasetFacts, *, judges: Sequence[JudgeFigures] = ()
    ) -> QualityReport:
        """Return the report of the rows so far, with what the run knows beside them."""
        labels = {column.name: ColumnLabel(type=column.type, kind=column.kind) for column in version.columns}
        report = self._builder.report(_subject(version, facts), labels=labels)
        counts = version.counts
        balance = Balance(
            rows=counts.rows,
            accepted=counts.accepted,
            rejected=counts.rejected,
            failed=counts.failed,
            surplus=counts.surplus,
            candidates=counts.candidates,
            target=version.target,
            stopped_by=version.stopped_by,
            splits=dict(version.splits),
        )
        coverage = self._cells.figures(target=version.target)
        if isinstance(topics := version.extra.get(_TOPICS), dict):
            coverage.append(topic_figures(cast("dict[str, Any]", topics)))
        reasons = [ReasonFigure(code=each.code, rows=each.count, example=each.example) for each in version.reasons]
        whole = msgspec.structs.replace(
            report,
            balance=balance,
            reasons=reasons,
            coverage=coverage,
            cost=cost_figures(version.models, accepted=counts.accepted),
            judges=list(judges),
            panels=self._verdicts.panels(),
            pairs=self._verdicts.pairs(),
            rankings=self._verdicts.rankings(),
        )
        return with_notices(whole)

    def _judged(self, row: DatasetRow, written: Mapping[str, Any] | None) -> JudgedRow:
        codes = {reason.code for reason in row.reasons}
        is_made = row.fate in {RowFate.ACCEPTED, RowFate.SURPLUS}
        return JudgedRow(
            id=row.id,
            values=row.values,
            written=written,
            fate=row.fate,
            is_checked=is_made or not codes.isdisjoint(self._codes),
            reasons=row.reasons,
        )


def cost_figures(models: list[ModelUse], *, accepted: int) -> CostFigures | None:
    """Return what the rows cost; None where no model was asked."""
    if not models:
        return None
    costs = [use.cost for use in models]
    total = None if None in costs else sum(cost for cost in costs if cost is not None)
    tokens = sum(use.usage.total_tokens for use in models)
    return CostFigures(
        total=total,
        per_accepted_row=total / accepted if total is not None and accepted else None,
        tokens_per_accepted_row=tokens / accepted if accepted else None,
        models=[
            ModelFigures(
                model=use.model,
                calls=use.calls,
                reused=use.reused,
                prompt_tokens=use.usage.prompt_tokens,
                completion_tokens=use.usage.completion_tokens,
                cost=use.cost,
                license=use.license,
            )
            for use in models
        ],
    )


def _subject(version: DatasetVersion, facts: DatasetFacts) -> Subject:
    known = {"Recipe": version.fingerprint, "Seed": str(facts.recipe.get("seed") or 0)}
    if facts.started_at:
        known["Begun"] = facts.started_at
    output: Mapping[str, Any] = facts.recipe.get("output") or {}
    if output.get("license"):
        known["Licence"] = shown_text(output["license"])
    return Subject(
        kind="dataset",
        name=version.name,
        version=version.version,
        description=shown_text(facts.recipe.get("description") or "", most=2_000),
        created=version.created,
        generator=version.generator,
        facts=known,
    )
