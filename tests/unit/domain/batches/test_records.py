import dataclasses
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.batches.model import RowState
from textnlp.domain.batches.records import (
    AcceptedRecord,
    ChoiceRecord,
    FailedRecord,
    accepted_record,
    chat_record,
    failed_record,
    parse_accepted,
    parse_failed,
)
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, FinishReason, Usage

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def test_an_accepted_line_has_the_published_shape() -> None:
    usage = Usage(prompt_tokens=3, completion_tokens=5, cached_tokens=1, reasoning_tokens=2)
    completion = Completion(text="a\nb", model="m", finish_reason=FinishReason.STOP, usage=usage, attempts=2)
    assert json.loads(accepted_record("row-1", completion)) == {
        "id": "row-1",
        "text": "a\nb",
        "model": "m",
        "finish_reason": "stop",
        "usage": {"prompt_tokens": 3, "completion_tokens": 5, "cached_tokens": 1, "reasoning_tokens": 2},
        "attempts": 2,
    }


def test_a_failed_line_has_the_published_shape() -> None:
    line = failed_record(
        row_id="7",
        line=9,
        row_index=6,
        state=RowState.FAILED,
        code=ErrorKind.INVALID_INPUT,
        message="No prompt.",
        attempts=0,
    )
    assert json.loads(line) == {
        "id": "7",
        "line": 9,
        "row": 6,
        "state": "failed",
        "code": "invalid_input",
        "message": "No prompt.",
        "attempts": 0,
    }


@given(
    _TEXTS,
    st.builds(
        Completion,
        text=_TEXTS,
        model=_TEXTS,
        finish_reason=st.sampled_from(FinishReason),
        usage=st.builds(Usage, prompt_tokens=st.integers(0, 10**6), completion_tokens=st.integers(0, 10**6)),
        attempts=st.integers(1, 9),
    ),
)
def test_accepted_lines_come_back_as_they_were(row_id: str, completion: Completion) -> None:
    line = accepted_record(row_id, completion)
    assert b"\n" not in line
    expected = AcceptedRecord(
        id=row_id,
        text=completion.text,
        model=completion.model,
        finish_reason=completion.finish_reason,
        usage=completion.usage,
        attempts=completion.attempts,
    )
    assert parse_accepted(line + b"\n" + line) == [expected, expected]


_CALLS = st.lists(st.fixed_dictionaries({"id": _TEXTS}), max_size=2).map(tuple)
_CHOICES = st.builds(
    Completion,
    text=_TEXTS,
    model=_TEXTS,
    finish_reason=st.sampled_from(FinishReason),
    usage=st.builds(Usage, prompt_tokens=st.integers(0, 10**6), completion_tokens=st.integers(0, 10**6)),
    attempts=st.integers(1, 9),
    tool_calls=_CALLS,
    logprobs=st.none() | st.fixed_dictionaries({"content": _TEXTS}),
)


@given(_TEXTS, st.lists(_CHOICES, min_size=1, max_size=3))
def test_chat_completions_come_back_with_all_their_choices(row_id: str, completions: list[Completion]) -> None:
    record = parse_accepted(chat_record(row_id, completions, answered_at=datetime.fromtimestamp(7.5, UTC)))[0]
    first, *more = completions
    assert (record.id, record.text, record.model, record.created) == (row_id, first.text, first.model, 7)
    assert (record.tool_calls, record.logprobs) == (first.tool_calls, first.logprobs)
    assert record.usage.prompt_tokens == sum(each.usage.prompt_tokens for each in completions)
    assert record.attempts == sum(each.attempts for each in completions)
    assert list(record.more) == [
        ChoiceRecord(
            text=each.text, finish_reason=each.finish_reason, tool_calls=each.tool_calls, logprobs=each.logprobs
        )
        for each in more
    ]


@given(_TEXTS, st.integers(1), st.integers(0), st.sampled_from(ErrorKind), _TEXTS, st.integers(0, 9))
def test_failed_lines_come_back_as_they_were(
    row_id: str,
    line: int,
    row: int,
    code: ErrorKind,
    message: str,
    attempts: int,
) -> None:
    record = failed_record(
        row_id=row_id,
        line=line,
        row_index=row,
        state=RowState.REJECTED,
        code=code,
        message=message,
        attempts=attempts,
    )
    expected = FailedRecord(
        id=row_id,
        line=line,
        row=row,
        state=RowState.REJECTED,
        code=code,
        message=message,
        attempts=attempts,
    )
    assert parse_failed(record) == [expected]


def test_half_characters_become_question_marks() -> None:
    completion = Completion(text="half \ud83d", model="m", finish_reason=FinishReason.STOP)
    assert parse_accepted(accepted_record("a", completion))[0].text == "half ?"
    called = dataclasses.replace(completion, tool_calls=({"id": "\ud83d", "at": [1, "\ud83d"]},))
    chat = parse_accepted(chat_record("a", [called], answered_at=datetime.now(UTC)))[0]
    assert (chat.text, chat.tool_calls) == ("half ?", ({"id": "?", "at": [1, "?"]},))
    record = failed_record(
        row_id="a",
        line=1,
        row_index=0,
        state=RowState.FAILED,
        code=ErrorKind.BAD_RESPONSE,
        message="got \udcff",
        attempts=1,
    )
    assert parse_failed(record)[0].message == "got ?"


@pytest.mark.parametrize("lines", [b"{}", b"[", b'{"id":"\xff"}'])
def test_what_is_no_record_is_refused(lines: bytes) -> None:
    for parse in [parse_accepted, parse_failed]:
        with pytest.raises(TextNLPError) as caught:
            parse(lines)
        assert caught.value.kind is ErrorKind.INTERNAL
