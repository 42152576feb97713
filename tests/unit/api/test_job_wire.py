import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openai.types.chat import ChatCompletion

from textnlp.api.job_wire import OpenAIJobWire
from textnlp.domain.batches.job import BatchJob
from textnlp.domain.batches.model import ChatOptions, RowOutcome, RowState
from textnlp.domain.batches.records import accepted_record, chat_record, failed_record
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, FinishReason, Parameters, Usage
from textnlp.domain.identifiers import BatchId, FileId

WIRE = OpenAIJobWire()
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
JOB = BatchJob(
    id=BatchId("batch_1"),
    input_file_id=FileId("file-1"),
    output_file_id=FileId("file-2"),
    error_file_id=FileId("file-3"),
    endpoint="/v1/chat/completions",
    created_at=NOON,
    expires_at=NOON + timedelta(days=1),
)
TOOL: Any = {"type": "function", "function": {"name": "weather"}}
BODY: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
ANSWER = Completion(
    text="Hello", model="m-1", finish_reason=FinishReason.STOP, usage=Usage(prompt_tokens=2, completion_tokens=3)
)


def outcome(record: bytes, *, state: RowState = RowState.ACCEPTED, row: int = 4) -> RowOutcome:
    return RowOutcome(row_index=row, row_id="a", state=state, record=record)


def failure(code: ErrorKind) -> dict[str, Any]:
    record = failed_record(row_id="a", line=5, row_index=4, state=RowState.FAILED, code=code, message="No.", attempts=1)
    return json.loads(WIRE.write_failure(JOB, outcome(record, state=RowState.FAILED)))


def test_a_body_is_read_as_the_route_reads_it() -> None:
    asked = {**BODY, "n": 2, "seed": 3, "stop": "x", "tools": [TOOL], "tool_choice": "auto", "logprobs": True}
    order = WIRE.read_body(json.dumps({**asked, "response_format": {"type": "json_object"}}).encode())
    assert (order.model, order.messages[0].content) == ("m", "Hi")
    assert order.parameters == Parameters(seed=3, stop=("x",))
    assert order.chat == ChatOptions(
        choices=2, tools=(TOOL,), tool_choice="auto", logprobs=True, response_schema={"type": "object"}
    )
    assert WIRE.read_body(json.dumps({"messages": BODY["messages"]}).encode()).model is None


@pytest.mark.parametrize(
    ("change", "field"),
    [({"stream": True}, "stream"), ({"messages": []}, "messages"), ({"best_of": 2}, "best_of"), ({"n": 0}, "n")],
)
def test_what_is_wrong_with_a_body_is_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        WIRE.read_body(json.dumps({**BODY, **change}).encode())
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, field)


def test_a_body_that_is_no_object_is_refused() -> None:
    for body in (b"7", b"null", b'"\xff"'):
        with pytest.raises(TextNLPError) as caught:
            WIRE.read_body(body)
        assert caught.value.kind is ErrorKind.INVALID_INPUT


def test_an_answer_is_a_chat_completion() -> None:
    record = chat_record("a", [ANSWER, ANSWER], answered_at=NOON + timedelta(hours=1))
    line = json.loads(WIRE.write_answer(JOB, outcome(record)))
    assert (line["custom_id"], line["error"], line["response"]["status_code"]) == ("a", None, 200)
    body = ChatCompletion.model_validate(line["response"]["body"])
    assert [(each.index, each.message.content) for each in body.choices] == [(0, "Hello"), (1, "Hello")]
    assert body.usage is not None
    assert (body.usage.total_tokens, body.created) == (10, int(NOON.timestamp()) + 3600)


def test_a_line_is_the_same_each_time_and_unlike_any_other() -> None:
    record = chat_record("a", [ANSWER], answered_at=NOON)
    first, again = (WIRE.write_answer(JOB, outcome(record)) for _ in range(2))
    other = json.loads(WIRE.write_answer(JOB, outcome(record, row=5)))
    assert first == again
    line = json.loads(first)
    assert line["id"] != other["id"]
    assert line["response"]["body"]["id"] != other["response"]["body"]["id"]


def test_a_record_without_a_time_was_answered_when_its_job_was_made() -> None:
    line = json.loads(WIRE.write_answer(JOB, outcome(accepted_record("a", ANSWER))))
    assert line["response"]["body"]["created"] == int(NOON.timestamp())


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (ErrorKind.INVALID_INPUT, 400, "invalid_input"),
        (ErrorKind.CONTEXT_EXCEEDED, 400, "context_length_exceeded"),
        (ErrorKind.RATE_LIMITED, 429, "rate_limit_exceeded"),
        (ErrorKind.UNAVAILABLE, 503, "unavailable"),
    ],
)
def test_a_failure_is_what_the_route_would_have_answered(kind: ErrorKind, status: int, code: str) -> None:
    line = failure(kind)
    assert (line["custom_id"], line["error"], line["response"]["status_code"]) == ("a", None, status)
    assert line["response"]["body"]["error"]["code"] == code
    assert line["response"]["body"]["error"]["message"] == "No."


def test_a_request_without_an_answer_has_an_error_of_its_own() -> None:
    late = failure(ErrorKind.TIMEOUT)
    unasked = json.loads(WIRE.write_unasked(JOB, "b", index=1, code="batch_expired", message="Too late."))
    assert (late["response"], late["error"]["code"]) == (None, "request_timeout")
    assert (unasked["custom_id"], unasked["response"]) == ("b", None)
    assert unasked["error"] == {"code": "batch_expired", "message": "Too late."}
