"""The lines of a job's files, in OpenAI's shapes."""

import hashlib
from datetime import UTC, datetime

import msgspec

from textnlp.api.invalid_fields import invalid_field, invalid_json
from textnlp.api.problems import openai_error_of, openai_status_of
from textnlp.api.schemas.openai_batch_line import BatchLine, BatchLineError, BatchLineResponse
from textnlp.api.schemas.openai_chat import ChatCompletionCreate
from textnlp.api.schemas.openai_completion import encode_chat_completion
from textnlp.domain.batches.job import BatchJob
from textnlp.domain.batches.job_lines import ChatOrder
from textnlp.domain.batches.model import ChatOptions, RowOutcome
from textnlp.domain.batches.records import AcceptedRecord, parse_accepted, parse_failed
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.generation.model import Completion
from textnlp.topology.limits import LIMITS

_OK = 200
_NAME_BYTES = 16
_REQUEST_TIMEOUT = "request_timeout"

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ChatCompletionCreate).decode


class OpenAIJobWire:
    """Satisfies `JobWire`: bodies are what `/v1/chat/completions` takes, answers what it gives.

    A request that was refused, or that its model failed, has a response with a status as the route would have given
    it; one that got no answer at all, for a time-out or because the batch ended first, has an error instead.
    """

    def read_body(self, body: bytes) -> ChatOrder:
        """Read a chat completion; one that wants to be streamed is refused."""
        try:
            asked = _decode(body)
        except msgspec.ValidationError as exc:
            raise invalid_field(exc, shape=ChatCompletionCreate) from exc
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            raise invalid_json(exc, body) from exc
        if asked.stream:
            raise invalid_input("Answers in a batch cannot be streamed.", field="stream")
        order = asked.order(model=asked.model or "", timeout_seconds=LIMITS.attempt_timeout_seconds)
        return ChatOrder(
            model=asked.model,
            messages=order.messages,
            parameters=order.parameters,
            chat=ChatOptions(
                choices=asked.n or 1,
                response_schema=order.response_schema,
                tools=order.tools,
                tool_choice=order.tool_choice,
                logprobs=order.logprobs,
                top_logprobs=order.top_logprobs,
            ),
        )

    def write_answer(self, job: BatchJob, outcome: RowOutcome) -> bytes:
        """Return the line of the output file for an accepted row."""
        name = _name(job, outcome.row_index)
        record = parse_accepted(outcome.record)[0]
        asked_at = job.created_at if record.created is None else datetime.fromtimestamp(record.created, UTC)
        body = encode_chat_completion(f"chatcmpl-{name}", _choices(record), asked_at=asked_at)
        response = BatchLineResponse(status_code=_OK, request_id=f"req_{name}", body=msgspec.Raw(body))
        return _encode(BatchLine(id=f"batch_req_{name}", custom_id=outcome.row_id, response=response))

    def write_failure(self, job: BatchJob, outcome: RowOutcome) -> bytes:
        """Return the line of the error file for a row that was rejected or failed."""
        name = _name(job, outcome.row_index)
        record = parse_failed(outcome.record)[0]
        if record.code is ErrorKind.TIMEOUT:
            return _without_answer(name, outcome.row_id, code=_REQUEST_TIMEOUT, message=record.message)
        error = TextNLPError(record.message, kind=record.code)
        response = BatchLineResponse(
            status_code=openai_status_of(error).value,
            request_id=f"req_{name}",
            body=msgspec.Raw(_encode(openai_error_of(error))),
        )
        return _encode(BatchLine(id=f"batch_req_{name}", custom_id=outcome.row_id, response=response))

    def write_unasked(self, job: BatchJob, row_id: str, *, index: int, code: str, message: str) -> bytes:
        """Return the line of the error file for a row that was never answered."""
        return _without_answer(_name(job, index), row_id, code=code, message=message)


def _without_answer(name: str, row_id: str, *, code: str, message: str) -> bytes:
    error = BatchLineError(code=code, message=message)
    return _encode(BatchLine(id=f"batch_req_{name}", custom_id=row_id, error=error))


def _name(job: BatchJob, index: int) -> str:
    """Return what tells the row from all others, the same each time its line is written."""
    return hashlib.blake2b(f"{job.id}/{index}".encode(), digest_size=_NAME_BYTES).hexdigest()


def _choices(record: AcceptedRecord) -> list[Completion]:
    first = Completion(
        text=record.text,
        model=record.model,
        finish_reason=record.finish_reason,
        usage=record.usage,
        tool_calls=record.tool_calls,
        logprobs=record.logprobs,
        verdicts=record.verdicts,
    )
    more = [
        Completion(
            text=each.text,
            model=record.model,
            finish_reason=each.finish_reason,
            tool_calls=each.tool_calls,
            logprobs=each.logprobs,
            verdicts=each.verdicts,
        )
        for each in record.more
    ]
    return [first, *more]
