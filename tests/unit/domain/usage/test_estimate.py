from textnlp.domain.embedding.model import EmbeddingRequest
from textnlp.domain.generation.model import GenerationRequest, Message, Parameters, Role, Usage
from textnlp.domain.usage.estimate import estimate_tokens, estimate_usage

_MESSAGES = (Message(Role.SYSTEM, "x" * 10), Message(Role.USER, "y" * 11))


def test_four_characters_are_a_token_and_a_rest_is_one_more() -> None:
    assert [estimate_tokens(characters) for characters in (0, 1, 4, 5, 8)] == [0, 1, 1, 2, 2]


def test_a_request_may_use_its_prompt_and_what_it_asks_for_at_most() -> None:
    asked = GenerationRequest(model="m", messages=_MESSAGES, parameters=Parameters(max_tokens=50))
    assert estimate_usage(asked) == Usage(prompt_tokens=6, completion_tokens=50)
    assert estimate_usage(GenerationRequest(model="m", messages=_MESSAGES)).completion_tokens == 256


def test_texts_to_be_embedded_count_each_by_itself_and_have_no_completion() -> None:
    asked = EmbeddingRequest(model="m", inputs=("x" * 5, "y", (7, 8, 9)))
    assert estimate_usage(asked) == Usage(prompt_tokens=2 + 1 + 3)
