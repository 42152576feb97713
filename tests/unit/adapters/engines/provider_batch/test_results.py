import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doubles.clock import ManualClock
from textnlp.adapters.engines.provider_batch.documents import BatchFault
from textnlp.adapters.engines.provider_batch.results import ResultReader, error_from_fault, request_line
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion

KEY = bytes(range(16))
ANSWER = {"model": "m-1", "choices": [{"message": {"content": "Hi."}, "finish_reason": "stop"}]}


def read(**given: Any) -> tuple[bytes, Completion | TextNLPError] | None:
    line = json.dumps({"id": "batch_req_1", "custom_id": KEY.hex(), "response": None, "error": None, **given})
    return reader().read(line.encode(), model="m")


def reader() -> ResultReader:
    return ResultReader(origin="http://far", clock=ManualClock())


def test_a_line_of_a_file_is_one_json_object() -> None:
    line = request_line(KEY, b'{"model":"m"}', path='/a"b')
    assert line.endswith(b"}\n")
    assert json.loads(line) == {"custom_id": KEY.hex(), "method": "POST", "url": '/a"b', "body": {"model": "m"}}


def test_an_answer_is_read_with_its_key() -> None:
    found = read(response={"status_code": 200, "request_id": "r", "body": ANSWER})
    assert found is not None
    key, completion = found
    assert isinstance(completion, Completion)
    assert (key, completion.text, completion.model) == (KEY, "Hi.", "m-1")


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"response": {"status_code": 404, "body": {"error": {"message": "No model."}}}}, ErrorKind.NOT_FOUND),
        ({"response": {"status_code": 200, "body": {"choices": []}}}, ErrorKind.BAD_RESPONSE),
        ({"response": {"status_code": 500, "body": None}}, ErrorKind.UNAVAILABLE),
        ({"error": {"code": "internal", "message": "Lost."}}, ErrorKind.UNAVAILABLE),
        ({"error": {"code": 400, "message": "Bad."}}, ErrorKind.INVALID_INPUT),
    ],
)
def test_a_refusal_has_the_kind_it_would_have_online(row: dict[str, Any], kind: ErrorKind) -> None:
    found = read(**row)
    assert found is not None
    assert isinstance(found[1], TextNLPError)
    assert found[1].kind is kind


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"error": {"code": "batch_expired", "message": "Too late."}},
        {"error": {"code": "batch_cancelled", "message": "Cancelled."}},
        {"custom_id": "no hex"},
        {"custom_id": "00", "response": {"status_code": 200, "body": ANSWER}},
        {"response": {"status_code": 0, "body": {}}},
    ],
)
def test_what_was_never_asked_is_no_outcome(row: dict[str, Any]) -> None:
    assert read(**row) is None


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_line_breaks_the_reading(line: bytes) -> None:
    assert reader().read(line, model="m") is None


def test_a_fault_of_a_file_names_its_line_and_field() -> None:
    fault = BatchFault(code="context_length_exceeded", message="Too long.", line=7, param="body")
    error = error_from_fault(fault, origin="http://far", now=ManualClock().now())
    assert error.message == "http://far refused the file of the batch at line 7: Too long."
    assert (error.kind, error.facts.line, error.facts.field) == (ErrorKind.CONTEXT_EXCEEDED, 7, "body")
    as_text = BatchFault(message="Too long.", line="7")
    assert error_from_fault(as_text, origin="http://far", now=ManualClock().now()).facts.line == 7
    assert BatchFault(line="none").line_number is None
    bare = error_from_fault(BatchFault(), origin="http://far", now=ManualClock().now())
    assert bare.message == "http://far refused the file of the batch: no reason given"
