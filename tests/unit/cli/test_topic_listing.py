import pytest

from tests.unit.domain.topics.trees import ANIMALS
from textnlp.cli.topic_listing import print_topics
from textnlp.domain.topics.tree import Topic, TopicTree


def test_a_tree_is_drawn_with_its_leaves_counted(capsys: pytest.CaptureFixture[str]) -> None:
    print_topics(ANIMALS)
    assert capsys.readouterr().out.splitlines() == [
        "animals",
        "├── birds",
        "│   ├── owls",
        "│   └── ducks",
        "└── fish",
        "3 leaves for rows to begin with.",
    ]


def test_a_topic_that_could_not_be_grown_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    leaf = Topic(text="[red]birds", note="0 of 2 topics: it was filtered")
    print_topics(TopicTree(root=Topic(text="animals", topics=(leaf,)), depth=2, degree=2))
    assert capsys.readouterr().out.splitlines() == [
        "animals",
        "└── [red]birds  (0 of 2 topics: it was filtered)",
        "1 leaf for rows to begin with.",
        "1 topic has fewer below than the 2 asked for.",
    ]
