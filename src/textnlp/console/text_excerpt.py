"""The lines of a text around one that something is said of."""

from dataclasses import dataclass

_AROUND = 2
_LONGEST = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcerptLine:
    """A line with its number, from 1; long ones are cut off."""

    number: int
    text: str
    is_marked: bool


def excerpt(text: str, line: int | None) -> list[ExcerptLine]:
    """Return a line and two before and after it; nothing where it is not known which, or there is no such line."""
    lines = text.splitlines()
    if line is None or not 1 <= line <= len(lines):
        return []
    numbers = range(max(1, line - _AROUND), min(len(lines), line + _AROUND) + 1)
    return [ExcerptLine(number=each, text=lines[each - 1][:_LONGEST], is_marked=each == line) for each in numbers]
