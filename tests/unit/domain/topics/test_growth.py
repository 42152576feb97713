import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.topics.growth import TopicGrowth
from textnlp.domain.topics.likeness import topic_key


def growth(*, depth: int = 2, degree: int = 2) -> TopicGrowth:
    return TopicGrowth("animals", depth=depth, degree=degree)


def test_a_level_is_asked_for_after_the_one_above_it() -> None:
    grown = growth()
    (question,) = grown.questions()
    assert (question.path, question.missing, question.known) == (("animals",), 2, ())
    grown.take(question.number, ["birds", "fish"])
    assert grown.questions() == ()
    grown.descend()
    assert [question.path for question in grown.questions()] == [("animals", "birds"), ("animals", "fish")]


def test_repeated_topics_are_asked_for_again_with_what_is_known() -> None:
    grown = growth()
    assert grown.take(0, ["birds", "Birds.", "Animals"]) == 1
    (question,) = grown.questions()
    assert (question.missing, question.known) == (1, ("birds", "animals"))


def test_of_topics_in_two_branches_the_first_one_stays() -> None:
    grown = growth()
    grown.take(0, ["birds", "fish"])
    grown.descend()
    birds, fish = grown.questions()
    assert grown.take(birds.number, ["ducks", "owls"]) == 2
    assert grown.take(fish.number, ["eels", "Owls"]) == 1
    assert [question.path for question in grown.questions()] == [("animals", "fish")]


def test_what_is_given_beyond_the_degree_is_left_out() -> None:
    grown = growth(depth=1)
    assert grown.take(0, ["a1", "b2", "c3"]) == 2
    assert [leaf.topic for leaf in grown.tree().leaves()] == ["a1", "b2"]


def test_a_topic_that_gets_none_stays_a_leaf_with_the_reason() -> None:
    grown = growth()
    grown.take(0, ["birds", "fish"])
    grown.descend()
    birds, fish = grown.questions()
    grown.refuse(birds.number, "It was filtered.")
    grown.take(fish.number, ["eels", "eels"])
    grown.descend()
    assert [leaf.topic for leaf in grown.tree().leaves()] == ["birds", "eels"]
    assert grown.tree().notes() == (
        (("animals", "birds"), "0 of 2 topics: It was filtered."),
        (("animals", "fish"), "1 of 2 topics: 1 of those given last were in the tree already"),
    )


def test_topics_that_came_late_stand_beside_those_they_belong_to() -> None:
    grown = growth()
    grown.take(0, ["birds", "fish"])
    grown.descend()
    birds, fish = grown.questions()
    grown.take(birds.number, ["owls"])
    grown.take(fish.number, ["eels", "carps"])
    grown.take(birds.number, ["ducks"])
    assert [leaf.topic for leaf in grown.tree().leaves()] == ["owls", "ducks", "eels", "carps"]


@pytest.mark.parametrize(
    ("root", "depth", "degree", "field"),
    [("…", 2, 2, "seeds.root"), ("animals", 6, 50, "seeds.degree")],
)
def test_what_cannot_grow_is_refused_with_its_field(root: str, depth: int, degree: int, field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        TopicGrowth(root, depth=depth, degree=degree)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, field)


@given(st.lists(st.lists(st.text(max_size=6), max_size=5), max_size=12), st.integers(1, 3), st.integers(1, 3))
def test_no_topic_comes_twice_and_no_topic_gets_too_many(answers: list[list[str]], depth: int, degree: int) -> None:
    grown = growth(depth=depth, degree=degree)
    for answer in answers:
        for question in grown.questions()[:2]:
            grown.take(question.number, answer)
        grown.descend()
    tree = grown.tree()
    keys = [topic_key(topic.text) for _, topic in tree.walk()]
    assert len(keys) == len(set(keys)) == grown.size
    assert all(len(topic.topics) <= degree and len(path) <= depth + 1 for path, topic in tree.walk())
    assert {len(topic.topics) == degree for _, topic in tree.walk() if topic.note is not None} <= {False}
