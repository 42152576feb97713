"""Coverage as a page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from textnlp.domain.reports.model import CellFigure, CoverageFigures

_MOST_ACROSS = 8
_MOST_DOWN = 30
_LISTED = 15
_LEVELS = 4
_TWO = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """A cell of a matrix; `level` is 0 without rows, else 1 to 4 by its share of the largest one."""

    count: int
    target: int | None
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Cells of two factors; a combination that is none is None."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[HeatCell | None]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCells:
    """Cells one below the other, with what is said above them."""

    caption: str
    cells: Sequence[CellFigure]
    has_targets: bool


def matrix_of(coverage: CoverageFigures) -> Matrix | None:
    """Return the cells as a matrix; None where they have not two factors, or too many values for a page's width."""
    if len(coverage.factors) != _TWO or len(coverage.listed) != coverage.cells:
        return None
    down = list(dict.fromkeys(cell.labels[0] for cell in coverage.listed))
    across = list(dict.fromkeys(cell.labels[1] for cell in coverage.listed))
    is_turned = len(across) > len(down)
    if is_turned:
        down, across = across, down
    if len(across) > _MOST_ACROSS or len(down) > _MOST_DOWN:
        return None
    most = max(cell.rows for cell in coverage.listed) or 1
    known = {
        tuple(reversed(cell.labels) if is_turned else cell.labels): HeatCell(
            count=cell.rows, target=cell.target, level=-(-_LEVELS * cell.rows // most)
        )
        for cell in coverage.listed
    }
    return Matrix(
        columns=across,
        rows=[(label, [known.get((label, other)) for other in across]) for label in down],
    )


def listed_cells(coverage: CoverageFigures) -> ListedCells:
    """Return the cells with the fewest rows for what is wanted of them."""
    ranked = sorted(coverage.listed, key=lambda cell: cell.rows / max(1, cell.target or 1))
    shown = ranked[:_LISTED]
    caption = "All of them" if len(shown) == coverage.cells else "Those with the fewest rows"
    return ListedCells(
        caption=caption, cells=shown, has_targets=any(cell.target is not None for cell in coverage.listed)
    )
