"""The figures at the top of a page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A figure that is seen first."""

    label: str
    value: str
    note: str = ""
