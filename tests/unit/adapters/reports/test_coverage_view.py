from itertools import product

import msgspec

from textnlp.adapters.reports.coverage_view import listed_cells, matrix_of
from textnlp.domain.reports.model import CellFigure, CoverageFigures


def coverage_of(*factors: int, left_out: int = 0) -> CoverageFigures:
    labels = [[str(value) for value in each] for each in product(*(range(size) for size in factors))]
    cells = [CellFigure(labels=each, rows=number, target=5) for number, each in enumerate(labels)]
    return CoverageFigures(
        name="mix",
        factors=[f"f{place}" for place in range(len(factors))],
        cells=len(cells),
        covered=len(cells) - 1,
        rows=100,
        unknown=0,
        evenness=0.9,
        listed=cells[left_out:],
    )


def test_two_factors_are_a_matrix_with_the_longer_one_downwards() -> None:
    for sizes in ((2, 4), (4, 2)):
        matrix = matrix_of(coverage_of(*sizes))
        assert matrix is not None
        assert (list(matrix.columns), [label for label, _ in matrix.rows]) == (["0", "1"], ["0", "1", "2", "3"])
        cells = [cell for _, row in matrix.rows for cell in row if cell is not None]
        assert sorted(cell.count for cell in cells) == list(range(8))
        assert {cell.count: cell.level for cell in cells} == {number: -(-4 * number // 7) for number in range(8)}


def test_combinations_that_are_none_leave_their_place_empty() -> None:
    whole = coverage_of(2, 2)
    matrix = matrix_of(msgspec.structs.replace(whole, cells=3, listed=whole.listed[:3]))
    assert matrix is not None
    assert [[cell is None for cell in row] for _, row in matrix.rows] == [[False, False], [False, True]]


def test_other_coverage_is_a_list_of_what_lacks_most() -> None:
    assert matrix_of(coverage_of(2, 2, 2)) is None
    assert matrix_of(coverage_of(9, 9)) is None
    assert matrix_of(coverage_of(2, 4, left_out=1)) is None
    listed = listed_cells(coverage_of(3, 3, 3))
    assert [cell.rows for cell in listed.cells] == list(range(15))
    assert listed.caption == "Those with the fewest rows"
    assert listed.has_targets
    assert listed_cells(coverage_of(4)).caption == "All of them"
