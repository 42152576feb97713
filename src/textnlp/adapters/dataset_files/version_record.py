"""What the manifest of a version says, from the facts of its run."""

from collections import Counter
from collections.abc import Mapping

from textnlp.domain.datasets.column_type import ColumnType
from textnlp.domain.datasets.manifest import DatasetColumn, DatasetVersion
from textnlp.domain.datasets.model import DatasetFacts, RowFate
from textnlp.domain.datasets.written_columns import column_key
from textnlp.domain.errors import ErrorKind, TextNLPError


def version_record(
    facts: DatasetFacts,
    *,
    splits: Mapping[str, int],
    columns: Mapping[str, ColumnType],
    public_key: str,
) -> DatasetVersion:
    """Return what is said of a version before its files are known."""
    kinds = {column_key(name): str(column.get("kind")) for name, column in facts.recipe.get("columns", {}).items()}
    return DatasetVersion(
        name=facts.name,
        version=facts.version,
        fingerprint=facts.fingerprint,
        target=facts.target,
        created=facts.finished_at,
        generator=facts.generator,
        counts=facts.counts,
        splits=dict(splits),
        columns=[
            DatasetColumn(name=name, type=str(found), kind=kinds.get(name, "")) for name, found in columns.items()
        ],
        reasons=list(facts.reasons),
        models=list(facts.models),
        stopped_by=facts.stopped_by,
        extra=dict(facts.extra or {}),
        skipped={},
        files=[],
        public_key=public_key,
    )


def require_balance(facts: DatasetFacts, fates: Counter[RowFate]) -> None:
    """Raise `INTERNAL` where the rows are not those that are counted.

    Candidates that gave no row are counted as rejected, so that there may be fewer rejected rows than that.
    """
    counts = facts.counts
    wanted = {RowFate.ACCEPTED: counts.accepted, RowFate.FAILED: counts.failed, RowFate.SURPLUS: counts.surplus}
    wrong = [f"{fates[fate]:,} {fate} for {count:,}" for fate, count in wanted.items() if fates[fate] != count]
    if fates[RowFate.REJECTED] > counts.rejected:
        wrong.append(f"{fates[RowFate.REJECTED]:,} rejected for {counts.rejected:,}")
    if wrong:
        raise TextNLPError(
            f"The rows of {facts.name} v{facts.version} are not those that were counted: {', '.join(wrong)}.",
            kind=ErrorKind.INTERNAL,
        )
