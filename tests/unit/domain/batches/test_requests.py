import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.batches.model import ChatOptions, PromptRow
from textnlp.domain.batches.requests import decode_requests, encode_request, payload_hash
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import GenerationRequest, Message, Parameters, Role

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_FRACTIONS = st.none() | st.floats(-2, 2)
_PARAMETERS = st.builds(
    Parameters,
    temperature=_FRACTIONS,
    top_p=_FRACTIONS,
    max_tokens=st.none() | st.integers(1, 100_000),
    seed=st.none() | st.integers(-(2**63), 2**63 - 1),
    stop=st.lists(_TEXTS, max_size=4).map(tuple),
    frequency_penalty=_FRACTIONS,
    presence_penalty=_FRACTIONS,
)
_MESSAGES = st.lists(st.builds(Message, st.sampled_from(Role), _TEXTS), min_size=1, max_size=4).map(tuple)

_OBJECTS = st.dictionaries(_TEXTS, st.integers(-(2**53), 2**53) | _TEXTS, max_size=3)
_CHATS = st.builds(
    ChatOptions,
    choices=st.integers(1, 8),
    response_schema=st.none() | _OBJECTS,
    tools=st.lists(_OBJECTS, max_size=2).map(tuple),
    tool_choice=st.none() | _TEXTS | _OBJECTS,
    logprobs=st.booleans(),
    top_logprobs=st.none() | st.integers(0, 20),
)


@st.composite
def _rows(draw: st.DrawFn) -> PromptRow:
    index = draw(st.integers(0, 10**9))
    has_own_id = draw(st.booleans())
    return PromptRow(
        index=index,
        id=draw(_TEXTS) if has_own_id else str(index + 1),
        has_own_id=has_own_id,
        line=draw(st.integers(1, 10**9)),
        messages=draw(_MESSAGES),
        parameters=draw(_PARAMETERS),
        model=draw(st.none() | _TEXTS),
        chat=draw(st.none() | _CHATS),
    )


_REQUESTS = st.builds(
    GenerationRequest,
    model=_TEXTS,
    messages=_MESSAGES,
    parameters=_PARAMETERS,
    response_schema=st.none() | st.dictionaries(_TEXTS, st.integers() | _TEXTS, max_size=3),
)


@given(st.lists(_rows(), max_size=5))
def test_rows_come_back_as_they_were(rows: list[PromptRow]) -> None:
    assert decode_requests(b"".join(encode_request(row) for row in rows)) == rows


@given(_rows())
def test_a_row_is_one_line(row: PromptRow) -> None:
    line = encode_request(row)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")


def test_a_plain_row_is_compact() -> None:
    row = PromptRow(index=4, id="5", has_own_id=False, line=9, messages=(Message(Role.USER, "Hi"),))
    assert encode_request(row) == b'[4,null,9,[{"role":"user","content":"Hi"}],null,null]\n'


@pytest.mark.parametrize(
    "data", [b"{}\n", b"[1]\n", b'[1,"a",2,[],null,null', b"\xff\n", b'[1,"\xff",2,[],null,null]\n']
)
def test_what_is_no_request_is_refused(data: bytes) -> None:
    with pytest.raises(TextNLPError) as caught:
        decode_requests(data)
    assert caught.value.kind is ErrorKind.INTERNAL


@given(_REQUESTS)
def test_equal_requests_have_equal_hashes_of_16_bytes(request: GenerationRequest) -> None:
    schema = request.response_schema
    twin = dataclasses.replace(
        request,
        response_schema=None if schema is None else {name: schema[name] for name in reversed(list(schema))},
        timeout_seconds=1.0,
    )
    assert payload_hash(twin) == payload_hash(request)
    assert len(payload_hash(request)) == 16


@given(_REQUESTS, _REQUESTS)
def test_different_requests_have_different_hashes(one: GenerationRequest, other: GenerationRequest) -> None:
    assert (payload_hash(one) == payload_hash(other)) == (one == other)


@pytest.mark.parametrize(
    "change",
    [
        {"model": "other"},
        {"messages": (Message(Role.SYSTEM, "Hi"),)},
        {"messages": (Message(Role.USER, "Hi"), Message(Role.USER, ""))},
        {"messages": (Message(Role.USER, "Hi", name="ada"),)},
        {"parameters": Parameters(temperature=0.0)},
        {"parameters": Parameters(stop=("x",))},
        {"response_schema": {}},
        {"tools": ({"type": "function"},)},
        {"tool_choice": "auto"},
        {"logprobs": True},
        {"top_logprobs": 2},
    ],
)
def test_everything_that_is_asked_counts(change: dict[str, object]) -> None:
    request = GenerationRequest(model="m", messages=(Message(Role.USER, "Hi"),))
    changed = dataclasses.replace(request, **change)  # pyright: ignore[reportArgumentType]  one field a case
    assert payload_hash(changed) != payload_hash(request)


def test_one_value_written_in_two_ways_is_the_same() -> None:
    def asked(temperature: float) -> GenerationRequest:
        messages = (Message(Role.USER, "Hi"),)
        return GenerationRequest(model="m", messages=messages, parameters=Parameters(temperature=temperature))

    assert payload_hash(asked(1)) == payload_hash(asked(1.0))
    assert payload_hash(asked(0.0)) == payload_hash(asked(-0.0))


def test_no_parameters_and_empty_parameters_are_the_same() -> None:
    request = GenerationRequest(model="m", messages=(Message(Role.USER, "Hi"),))
    assert payload_hash(request) == payload_hash(dataclasses.replace(request, parameters=Parameters()))
