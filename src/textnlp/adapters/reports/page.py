"""Pages that need nothing beside them: no script, no font, no picture, no network."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from textnlp.adapters.reports.bar import bars_of
from textnlp.adapters.reports.charts import growth_plot, histogram_plot, meter, pair_plot, stack_plot, stretches
from textnlp.adapters.reports.coverage_view import listed_cells, matrix_of
from textnlp.adapters.reports.figures import count_text, figure_text, moment_text, money_text, percent_text
from textnlp.domain.reports.column_figures import ColumnFigures

_PACKAGE = "textnlp.adapters.reports"
_MOST_VALUES = 10


def render_page(template: str, **values: Any) -> str:
    """Return a page; all values are escaped, and the page's policy lets it load and run nothing."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = _source("page.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    drawing: dict[str, Any] = {
        "style": Markup(style),  # noqa: S704  our own file, which holds no value
        "style_hash": Markup(f"sha256-{digest}"),  # noqa: S704  Base64
        "meter": meter,
        "stack_plot": stack_plot,
        "histogram_plot": histogram_plot,
        "growth_plot": growth_plot,
        "pair_plot": pair_plot,
    }
    wording: dict[str, Any] = {
        "count": count_text,
        "percent": percent_text,
        "figure": figure_text,
        "money": money_text,
        "moment": moment_text,
        "stretches": stretches,
        "matrix": matrix_of,
        "cells": listed_cells,
        "value_bars": _value_bars,
    }
    environment.globals.update(drawing)
    environment.filters.update(wording)
    return environment


def _value_bars(column: ColumnFigures) -> Any:
    counts = {value.value: value.rows for value in column.values}
    if column.other_rows:
        counts["others"] = counts.get("others", 0) + column.other_rows
    return bars_of(counts, most=_MOST_VALUES, total=column.rows)


def _source(name: str) -> str:
    return files(_PACKAGE).joinpath("templates", name).read_text(encoding="utf-8")
