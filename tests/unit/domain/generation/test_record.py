import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import GenerationRequest, Message, Parameters, Role
from textnlp.domain.generation.record import decode_order, encode_order
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
    assert decode_order(message.body) == (ID, REQUEST)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", encode_order(ID, REQUEST).body.replace(b'"version":1', b'"version":2')]
)
def test_what_is_no_order_is_refused(body: bytes) -> None:
    with pytest.raises(TextNLPError) as caught:
        decode_order(body)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
