import math
from typing import Any

import msgspec
import pytest

from textnlp.adapters.engines.openai_compatible.scorer import decode_perplexities
from textnlp.domain.errors import ErrorKind, TextNLPError


def answer(*choices: dict[str, Any], **given: Any) -> bytes:
    return msgspec.json.encode({"choices": list(choices), **given})


def choice(index: int, values: list[float | None], offsets: list[int] | None = None) -> dict[str, Any]:
    return {"index": index, "logprobs": {"token_logprobs": values, "text_offset": offsets}}


def test_choices_are_told_in_the_order_of_their_index_and_the_first_token_does_not_count() -> None:
    body = answer(choice(1, [None, -2.0]), choice(0, [None, -1.0, -3.0]))
    assert decode_perplexities(body, ["a b c", "d e"]) == pytest.approx([math.exp(2), math.exp(2)])


def test_what_the_server_wrote_itself_does_not_count() -> None:
    body = answer(choice(0, [None, -1.0, -50.0], [0, 1, 3]))
    assert decode_perplexities(body, ["abc"]) == pytest.approx([math.e])


def test_one_token_has_no_perplexity() -> None:
    assert math.isnan(decode_perplexities(answer(choice(0, [None])), ["a"])[0])


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (answer(choice(0, [None, -1.0])), "it has 1 choices for 2 texts"),
        (answer({"index": 0}, {"index": 1}), "it holds no likelihoods"),
        (answer(choice(0, [None, None]), choice(1, [None, -1.0])), "no likelihoods of the prompt"),
        (b"<html>", "JSON is malformed"),
        (b'{"choices": [{"index": "0"}]}', r"Expected `int`"),
    ],
)
def test_an_answer_without_likelihoods_of_all_texts_is_refused(body: bytes, told: str) -> None:
    with pytest.raises(TextNLPError, match=told) as caught:
        decode_perplexities(body, ["a b", "c d"])
    assert caught.value.kind is ErrorKind.BAD_RESPONSE
    assert "vLLM" in (caught.value.facts.hint or "")


def test_an_error_in_place_of_an_answer_is_raised() -> None:
    with pytest.raises(TextNLPError, match="no such model"):
        decode_perplexities(b'{"error": {"message": "no such model", "code": 404}}', ["a b"])
