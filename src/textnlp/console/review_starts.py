"""What the form that makes a review begins with."""

import re
from collections.abc import Sequence

from textnlp.domain.datasets.written_columns import ROW_ID

_MOST_COLUMNS = 12
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_UNNAMED = "first-review"


def start_of(columns: Sequence[str], *, name: str = "") -> str:
    """Return a document that asks two questions of rows with these columns; of a batch's rows where there are none.

    The review is called `name`, where a review may be called so.
    """
    shown = [name for name in columns if name != ROW_ID][:_MOST_COLUMNS] or ["prompt", "response"]
    listed = "".join(f"  - {_quoted(name)}\n" for name in shown)
    return (
        f"name: {name if _NAME.fullmatch(name) else _UNNAMED}\n"
        "guidelines: |\n"
        "  Read the whole row before you answer.\n"
        "columns:\n"
        f"{listed}"
        "questions:\n"
        "  quality:\n"
        "    kind: rating\n"
        "    title: How good is it?\n"
        "    low: 1\n"
        "    high: 5\n"
        "  fault:\n"
        "    kind: label\n"
        "    title: What is wrong with it?\n"
        "    labels: [nothing, wrong facts, bad style, off topic]\n"
        "sampling:\n"
        "  kind: random\n"
        "  size: 50\n"
        "overlap: 1\n"
    )


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
