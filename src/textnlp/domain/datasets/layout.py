"""Where the files of a version of a dataset lie in its folder."""

from textnlp.domain.datasets.model import RowFate

CARD = "README.md"
CATALOG = "catalog.json"
"""Beside the versions, in the folder of their dataset."""
LINEAGE = "lineage.parquet"
MANIFEST = "manifest.json"
RECIPE = "recipe.json"
REPORT = "report.html"
REPORT_FIGURES = "report.json"
SIGNATURE = "manifest.sig"
TOMBSTONE = "tombstone.json"
"""All that is in the folder of a version that was deleted."""


def lines_path(split: str) -> str:
    """Return the accepted rows of a split, a JSON object a line."""
    return f"data/{split}.jsonl"


def table_path(split: str) -> str:
    """Return the same rows as a Parquet table."""
    return f"data/{split}.parquet"


def turned_away_path(fate: RowFate) -> str:
    """Return the rows of a fate other than accepted, a JSON object a line."""
    return f"{fate.value}.jsonl"
