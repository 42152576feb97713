"""Estimates in JSON's own types."""

from typing import Any

from textnlp.domain.recipes.estimate.band import EstimateBand
from textnlp.domain.recipes.estimate.model import ColumnEstimate, ModelEstimate, RecipeEstimate
from textnlp.domain.recipes.estimate.notes import remarks

_MONEY_PLACES = 6
_SHARE_PLACES = 4


def estimate_document(estimate: RecipeEstimate) -> dict[str, Any]:
    """Return an estimate for programs; every band is an object with `low`, `expected` and `high`.

    Calls and tokens are whole numbers, money is in US dollars, null where a price is not known.
    """
    return {
        "rows": estimate.rows,
        "probe_rows": estimate.probe_rows,
        "pass_rate": _band(estimate.pass_rate, _SHARE_PLACES),
        "candidates": _band(estimate.candidates, 0),
        "calls": _band(estimate.calls, 0),
        "prompt_tokens": _band(estimate.prompt_tokens, 0),
        "completion_tokens": _band(estimate.completion_tokens, 0),
        "cost": _money(estimate.cost),
        "known_cost": _money(estimate.known_cost),
        "unpriced": list(estimate.unpriced),
        "seconds": _band(estimate.seconds, 1),
        "columns": [_column(each) for each in estimate.columns],
        "models": [_model(each) for each in estimate.models],
        "notes": list(remarks(estimate)),
    }


def _column(column: ColumnEstimate) -> dict[str, Any]:
    return {
        "column": column.column,
        "part": column.part,
        "kind": column.kind,
        "alias": column.alias,
        "is_batch": column.is_batch,
        **_amounts(column),
        "seconds": _band(column.work_seconds, 1),
    }


def _model(model: ModelEstimate) -> dict[str, Any]:
    return _amounts(model)


def _amounts(of: ColumnEstimate | ModelEstimate) -> dict[str, Any]:
    return {
        "model": of.model,
        "calls": _band(of.calls, 0),
        "prompt_tokens": _band(of.prompt_tokens, 0),
        "completion_tokens": _band(of.completion_tokens, 0),
        "cost": _money(of.cost),
    }


def _band(band: EstimateBand, places: int) -> dict[str, float]:
    numbers = (("low", band.low), ("expected", band.expected), ("high", band.high))
    return {name: round(number, places) if places else round(number) for name, number in numbers}


def _money(band: EstimateBand | None) -> dict[str, float] | None:
    return None if band is None else _band(band, _MONEY_PLACES)
