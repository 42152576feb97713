"""What the form that makes a review begins with."""

from collections.abc import Sequence

from textnlp.domain.datasets.written_columns import ROW_ID

_MOST_COLUMNS = 12


def start_of(columns: Sequence[str]) -> str:
    """Return a document that asks two questions of rows with these columns; of a batch's rows where there are none."""
    shown = [name for name in columns if name != ROW_ID][:_MOST_COLUMNS] or ["prompt", "response"]
    listed = "".join(f"  - {_quoted(name)}\n" for name in shown)
    return (
        "name: first-review\n"
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
