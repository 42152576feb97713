import pytest
from hypothesis import given

from tests.unit.domain.topics.trees import ANIMALS, trees
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.topics.record import decode_topics, encode_topics
from textnlp.domain.topics.tree import TopicTree


@given(trees)
def test_a_tree_is_read_as_it_was_written(tree: TopicTree) -> None:
    assert decode_topics(encode_topics(tree)) == tree


def test_people_can_read_what_is_written() -> None:
    assert b'"topic": "owls"' in encode_topics(ANIMALS)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"\xff",
        b'{"version": 2, "depth": 1, "degree": 1, "root": {"topic": "a"}}',
        b'{"version": 1, "depth": 1, "degree": 1, "root": {"topic": "a", "size": 3}}',
        b'{"version": 1, "depth": 1, "degree": 1, "root": ' + b'{"topic": "a", "topics": [' * 8 + b"]}" * 8 + b"}",
        b'{"version": 1, "depth": 1, "degree": 1, "root": ' + b'{"topic": "a", "topics": [' * 99_999,
    ],
    ids=["nothing", "no tree", "no text", "another version", "an unknown field", "too deep", "far too deep"],
)
def test_what_is_no_tree_is_refused(content: bytes) -> None:
    with pytest.raises(TextNLPError) as caught:
        decode_topics(content)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
