import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.batches.job import JobFault
from textnlp.domain.batches.job_lines import CHAT_COMPLETIONS, ChatOrder, read_job_line
from textnlp.domain.batches.model import ChatOptions
from textnlp.domain.errors import invalid_input
from textnlp.domain.generation.model import NO_PARAMETERS, Message, Role

ORDER = ChatOrder(
    model="m", messages=(Message(Role.USER, "Hi"),), parameters=NO_PARAMETERS, chat=ChatOptions(choices=2)
)
LINE: dict[str, Any] = {"custom_id": "a", "method": "POST", "url": CHAT_COMPLETIONS, "body": {"model": "m"}}


def read(line: Any, *, endpoint: str = CHAT_COMPLETIONS) -> tuple[str, ChatOrder] | JobFault:
    raw = line if isinstance(line, bytes) else json.dumps(line).encode()
    return read_job_line(raw, endpoint=endpoint, read_body=read_body)


def read_body(body: bytes) -> ChatOrder:
    if json.loads(body) != {"model": "m"}:
        raise invalid_input("n is wrong.", field="n")
    return ORDER


def test_a_line_is_its_custom_id_and_its_order() -> None:
    assert read(LINE) == ("a", ORDER)


@pytest.mark.parametrize("endpoint", ["/v1/chat/completions", "/chat/completions"])
@pytest.mark.parametrize("url", ["/v1/chat/completions", "/chat/completions"])
def test_both_spellings_of_the_endpoint_are_the_same(endpoint: str, url: str) -> None:
    assert read({**LINE, "url": url}, endpoint=endpoint) == ("a", ORDER)


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"custom_id": None}, "invalid_request", "custom_id"),
        ({"custom_id": ""}, "invalid_request", "custom_id"),
        ({"custom_id": "x" * 513}, "invalid_request", "custom_id"),
        ({"custom_id": 7}, "invalid_request", "custom_id"),
        ({"method": "GET"}, "invalid_request", "method"),
        ({"method": None}, "invalid_request", "method"),
        ({"url": None}, "url_mismatch", "url"),
        ({"url": "/v1/embeddings"}, "url_mismatch", "url"),
        ({"url": ["/v1/chat/completions"]}, "url_mismatch", "url"),
        ({"body": {"n": 9}}, "invalid_request", "body.n"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(change: dict[str, Any], code: str, param: str) -> None:
    fault = read({**LINE, **change})
    assert isinstance(fault, JobFault)
    assert (fault.code, fault.param) == (code, param)


def test_a_line_without_a_body_is_refused() -> None:
    fault = read({name: value for name, value in LINE.items() if name != "body"})
    assert isinstance(fault, JobFault)
    assert fault.param == "body"


@pytest.mark.parametrize("raw", [b"{", b"[]", b"7", b"\xff", b'{"body":' + b"[" * 100_000, b'{"custom_id": "\\ud800"}'])
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    fault = read(raw)
    assert isinstance(fault, JobFault)
    assert fault.code == "invalid_json_line"


@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps).map(str.encode)
)
def test_no_line_is_a_surprise(raw: bytes) -> None:
    assert isinstance(read(raw), JobFault)
