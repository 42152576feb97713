"""What one text has that another has not, line by line."""

import difflib
from dataclasses import dataclass

_CONTEXT = 3
_KINDS = {"+": "added", "-": "removed", "@": "place"}


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a difference: `added`, `removed`, `same`, or `place`, which tells where the following ones stand."""

    kind: str
    text: str


def text_diff(before: str, after: str) -> list[DiffLine]:
    """Return the difference with three lines around each change; nothing where the texts are the same."""
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=_CONTEXT, lineterm=""))
    return [DiffLine(_KINDS.get(line[:1], "same"), line if line.startswith("@") else line[1:]) for line in lines[2:]]
