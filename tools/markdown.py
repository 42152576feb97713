"""Pieces of Markdown that the reference pages share."""

from collections.abc import Iterable, Sequence


def escaped(text: str) -> str:
    """Return text that does not end a table's cell."""
    return text.replace("|", "\\|")


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table."""
    lines = [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]
