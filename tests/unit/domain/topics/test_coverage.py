import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.topics.trees import ANIMALS, tree_of
from textnlp.domain.topics.coverage import coverage, coverage_document


def test_rows_are_counted_for_leaves_and_for_the_branches_above_them() -> None:
    found = coverage(ANIMALS, ["owls", "Owls", "fish", "stones"])
    assert (found.rows, found.unknown) == (3, 1)
    assert [(leaf.path[-1], leaf.rows) for leaf in found.leaves] == [("owls", 2), ("ducks", 0), ("fish", 1)]
    assert [(each.path, each.rows, each.covered, each.leaves) for each in found.branches] == [
        (("animals",), 3, 2, 3),
        (("animals", "birds"), 2, 1, 2),
    ]
    assert found.without_rows == (("animals", "birds", "ducks"),)


@pytest.mark.parametrize(
    ("topics", "entropy_bits", "evenness"),
    [
        (["owls", "ducks", "fish"], 1.584963, 1.0),
        (["owls", "owls"], 0.0, 0.0),
        ([], 0.0, 0.0),
        (["owls", "ducks"], 1.0, 0.63093),
    ],
)
def test_evenness_is_the_entropy_relative_to_the_greatest(
    topics: list[str], entropy_bits: float, evenness: float
) -> None:
    found = coverage(ANIMALS, topics)
    assert found.entropy_bits == pytest.approx(entropy_bits, abs=1e-5)
    assert found.evenness == pytest.approx(evenness, abs=1e-5)


def test_a_single_leaf_is_covered_evenly() -> None:
    assert coverage(tree_of("stones", {}), ["stones"]).evenness == 1.0


@given(st.lists(st.sampled_from(["owls", "ducks", "fish", "animals", "stones"])))
def test_no_row_is_lost_and_evenness_is_a_share(topics: list[str]) -> None:
    found = coverage(ANIMALS, topics)
    assert found.rows + found.unknown == len(topics)
    assert sum(leaf.rows for leaf in found.leaves) == found.rows == found.branches[0].rows
    assert 0.0 <= found.evenness <= 1.0


def test_the_figures_can_be_written_as_json_of_bounded_size() -> None:
    wide = tree_of("stones", {f"stone {number}": {} for number in range(500)}, degree=500)
    document = json.loads(json.dumps(coverage_document(coverage(wide, ["stone 1"]))))
    assert (document["leaves"], document["covered"], document["rows"]) == (500, 1, 1)
    assert len(document["without_rows"]) == 200
    assert document["branches"] == [{"path": ["stones"], "rows": 1, "leaves": 500, "covered": 1}]
