from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings
from textnlp.domain.embedding.rules import divided, joined, require_dimensions, require_text, require_vectors
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Usage


def request(*inputs: str | tuple[int, ...], dimensions: int | None = None) -> EmbeddingRequest:
    return EmbeddingRequest(model="m", inputs=inputs, dimensions=dimensions)


def answer(*vectors: list[float], model: str = "m") -> Embeddings:
    usage = Usage(prompt_tokens=len(vectors))
    return Embeddings(vectors=tuple(array("f", vector) for vector in vectors), model=model, usage=usage)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=40), st.integers(1, 9))
def test_the_answers_to_the_parts_are_the_answer_to_the_whole(texts: list[str], most: int) -> None:
    def embed(part: EmbeddingRequest) -> Embeddings:
        return answer(*([float(len(text))] for text in part.inputs))

    parts = divided(request(*texts), most_inputs=most)
    assert all(0 < len(part.inputs) <= most for part in parts)
    whole = joined([embed(part) for part in parts])
    assert whole.vectors == embed(request(*texts)).vectors
    assert (whole.usage.prompt_tokens, whole.attempts) == (len(texts), len(parts))


def test_parts_that_different_models_answered_are_not_put_together() -> None:
    with pytest.raises(TextNLPError, match="a and b") as caught:
        joined([answer([1.0], model="b"), answer([1.0], model="a")])
    assert caught.value.kind is ErrorKind.BAD_RESPONSE


@pytest.mark.parametrize(
    ("given_answer", "said"),
    [
        (answer([1.0]), "1 vectors for 2 inputs"),
        (answer([1.0], [1.0, 2.0]), "different lengths"),
        (answer([], []), "empty vectors"),
        (answer([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]), "3 dimensions where 2 were asked for"),
    ],
)
def test_an_answer_that_lacks_something_is_none(given_answer: Embeddings, said: str) -> None:
    with pytest.raises(TextNLPError, match=said) as caught:
        require_vectors(given_answer, request("a", "b", dimensions=2))
    assert caught.value.kind is ErrorKind.BAD_RESPONSE


def test_an_answer_of_one_vector_an_input_is_taken() -> None:
    require_vectors(answer([1.0, 0.0], [0.0, 1.0]), request("a", "b", dimensions=2))
    require_vectors(answer([1.0]), request("a"))


def test_tokens_and_other_dimensions_are_refused_with_their_field() -> None:
    with pytest.raises(TextNLPError, match="takes texts") as tokens:
        require_text(request("a", (1, 2)), model="m")
    with pytest.raises(TextNLPError, match="384 dimensions") as dimensions:
        require_dimensions(request("a", dimensions=64), model="m", dimensions=384)
    assert (tokens.value.facts.field, dimensions.value.facts.field) == ("input", "dimensions")
    require_text(request("a"), model="m")
    require_dimensions(request("a"), model="m", dimensions=384)
    require_dimensions(request("a", dimensions=384), model="m", dimensions=384)
