import pytest

from textnlp.domain.diversity.cell_coverage import cover_cells, cover_quota, label_of, quota_labels
from textnlp.domain.recipes.sampler_columns import QuotaColumn

_QUOTA = QuotaColumn(kind="quota", factors={"tone": ["kind", "rude"], "stars": [1, 2]})


def test_rows_are_told_cell_by_cell_with_their_targets() -> None:
    rows = {("kind", "1"): 3, ("kind", "2"): 2, ("rude", "1"): 3, ("polite", "1"): 1}
    found = cover_quota(_QUOTA, rows, target=10)
    assert found.factors == ("tone", "stars")
    assert [(cell.labels, cell.rows) for cell in found.cells] == [
        *((("kind", "1"), 3), (("kind", "2"), 2), (("rude", "1"), 3), (("rude", "2"), 0)),
    ]
    assert sum(cell.target or 0 for cell in found.cells) == 10
    assert (found.covered, found.unknown) == (3, 1)


def test_the_labels_of_a_value_are_those_of_its_factors_in_order() -> None:
    assert quota_labels(_QUOTA, {"stars": 2, "tone": "rude"}) == ("rude", "2")
    assert [label_of(value) for value in ("a", 1, True, None, {"b": 1, "a": 2})] == [
        *("a", "1", "true", "null", '{"a":2,"b":1}'),
    ]


def test_evenness_is_one_for_equal_cells_and_nought_for_one() -> None:
    cells = [("a",), ("b",), ("c",), ("d",)]
    assert cover_cells(["x"], cells, dict.fromkeys(cells, 5)).evenness == pytest.approx(1.0)
    assert cover_cells(["x"], cells, {("a",): 5}).evenness == 0
    assert cover_cells(["x"], cells, {("a",): 5, ("b",): 5}).evenness == pytest.approx(0.5)
    assert cover_cells(["x"], cells, {}).evenness == 0
    assert cover_cells(["x"], cells[:1], {("a",): 5}).evenness == 1
