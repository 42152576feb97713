import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    Completion,
    FinishReason,
    GenerationRequest,
    Message,
    Parameters,
    Role,
    Usage,
)
from textnlp.domain.generation.record import decode_completions, decode_order, encode_completions, encode_order
from textnlp.domain.identifiers import GenerationId

ID = GenerationId("gen_1")
REQUEST = GenerationRequest(
    model="m",
    messages=(Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Grüße")),
    parameters=Parameters(temperature=0.5, stop=("a", "b")),
    response_schema={"type": "object", "properties": {"z": {}, "a": {}}},
    timeout_seconds=3.0,
)


def test_an_order_is_read_as_it_was_written() -> None:
    message = encode_order(ID, REQUEST)
    assert message.message_id == ID
    assert decode_order(message.body) == (ID, REQUEST, 1)
    assert decode_order(encode_order(ID, REQUEST, count=3).body) == (ID, REQUEST, 3)
    before = message.body.replace(b',"count":1', b"")
    assert before != message.body
    assert decode_order(before) == (ID, REQUEST, 1), "a message of an earlier release asks for one"


@pytest.mark.parametrize("count", [1, 2])
def test_completions_are_read_back_as_they_were_written(count: int) -> None:
    completions = [
        Completion(text=f"é{number}", model="m", finish_reason=FinishReason.STOP, usage=Usage(prompt_tokens=number))
        for number in range(count)
    ]
    body = encode_completions(completions)
    assert body.startswith(b"{" if count == 1 else b"[")
    assert decode_completions(body) == completions


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", encode_order(ID, REQUEST).body.replace(b'"version":1', b'"version":2')]
)
def test_what_is_no_order_is_refused(body: bytes) -> None:
    with pytest.raises(TextNLPError) as caught:
        decode_order(body)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
