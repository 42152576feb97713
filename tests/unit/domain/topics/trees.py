"""Trees of topics for tests."""

from typing import Any

from hypothesis import strategies as st

from textnlp.domain.topics.tree import Topic, TopicTree


def topic_of(text: str, below: dict[str, Any] | None = None) -> Topic:
    """Return a topic from nested dicts of those below it."""
    return Topic(text=text, topics=tuple(topic_of(name, inner) for name, inner in (below or {}).items()))


def tree_of(text: str, below: dict[str, Any], *, depth: int = 2, degree: int = 2) -> TopicTree:
    """Return a tree from nested dicts."""
    return TopicTree(root=topic_of(text, below), depth=depth, degree=degree)


ANIMALS = tree_of("animals", {"birds": {"owls": {}, "ducks": {}}, "fish": {}})

_topics = st.recursive(
    st.builds(Topic, text=st.text(max_size=8), note=st.none() | st.text(max_size=5)),
    lambda below: st.builds(Topic, text=st.text(max_size=8), topics=st.lists(below, max_size=3).map(tuple)),
    max_leaves=8,
)


def level_count(topic: Topic) -> int:
    """Return how many levels a topic has, its own included."""
    return 1 + max((level_count(below) for below in topic.topics), default=0)


trees = st.builds(
    TopicTree, root=_topics.filter(lambda root: level_count(root) <= 7), depth=st.just(6), degree=st.just(3)
)
