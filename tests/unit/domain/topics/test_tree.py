from itertools import pairwise

from hypothesis import given

from tests.unit.domain.topics.trees import ANIMALS, trees
from textnlp.domain.topics.tree import Topic, TopicTree


def test_leaves_come_from_left_to_right_with_their_paths() -> None:
    assert [leaf.path for leaf in ANIMALS.leaves()] == [
        ("animals", "birds", "owls"),
        ("animals", "birds", "ducks"),
        ("animals", "fish"),
    ]


def test_a_leaf_gives_the_columns_of_a_row() -> None:
    assert ANIMALS.leaves()[2].fields == {"topic": "fish", "path": ["animals", "fish"]}


def test_notes_are_told_with_their_place() -> None:
    tree = TopicTree(root=Topic(text="a", topics=(Topic(text="b", note="no more"),)), depth=2, degree=1)
    assert tree.notes() == ((("a", "b"), "no more"),)


@given(trees)
def test_a_walk_meets_every_topic_once_and_after_the_one_above_it(tree: TopicTree) -> None:
    lengths = [len(path) for path, _ in tree.walk()]
    assert len(lengths) == tree.size
    assert lengths[0] == 1
    assert all(later <= before + 1 for before, later in pairwise(lengths))
    assert all(path[-1] == topic.text for path, topic in tree.walk())
