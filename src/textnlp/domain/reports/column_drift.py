"""How far a column is from the same column of another dataset."""

from collections.abc import Iterator

from textnlp.domain.diversity.drift import Drift, category_drift, number_drift
from textnlp.domain.reports.column_profile import ColumnProfile
from textnlp.domain.reports.model import DriftFigures

_MOST_VALUES = 100


def column_drift(name: str, before: ColumnProfile, after: ColumnProfile) -> Iterator[DriftFigures]:
    """Yield what can be compared: values where there are few, else numbers, and lengths and languages of texts."""
    values = before.values, after.values
    if all(values) and len(values[0] | values[1]) <= _MOST_VALUES:
        yield _figures(name, "values", category_drift(*values))
        return
    if before.numbers.count and after.numbers.count:
        yield _figures(name, "numbers", number_drift(before.numbers, after.numbers))
    if before.lengths.count and after.lengths.count:
        yield _figures(name, "lengths", number_drift(before.lengths, after.lengths))
        one, other = before.diversity(), after.diversity()
        if one is not None and other is not None and len(one.languages.keys() | other.languages.keys()) > 1:
            yield _figures(name, "languages", category_drift(one.languages, other.languages))


def _figures(name: str, of: str, drift: Drift) -> DriftFigures:
    return DriftFigures(
        column=name,
        of=of,  # pyright: ignore[reportArgumentType]  one of the four above
        level=drift.level.value,
        psi=drift.psi,
        chance=drift.chance,
        jensen_shannon=drift.jensen_shannon,
        kolmogorov_smirnov=drift.kolmogorov_smirnov,
        wasserstein=drift.wasserstein,
    )
