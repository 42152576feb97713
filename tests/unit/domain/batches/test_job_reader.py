import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.batches.job_lines import CHAT_COMPLETIONS, ChatOrder
from textnlp.domain.batches.job_reader import MOST_FAULTS, JobLimits, JobReader
from textnlp.domain.batches.model import ChatOptions
from textnlp.domain.batches.requests import decode_requests
from textnlp.domain.batches.slice_layout import SliceLayout
from textnlp.domain.generation.model import NO_PARAMETERS, Message, Role

SLICE_ROWS = 3
BLANK = [b"", b"  ", b"\r"]


def read_body(body: bytes) -> ChatOrder:
    fields = msgspec.json.decode(body, type=dict[str, Any])
    return ChatOrder(
        model=fields.get("model"),
        messages=(Message(Role.USER, fields["text"]),),
        parameters=NO_PARAMETERS,
        chat=ChatOptions(choices=2, tools=({"type": "function"},)),
    )


def reader(*, max_lines: int = 50_000, max_line_bytes: int = 1000) -> JobReader:
    return JobReader(
        endpoint=CHAT_COMPLETIONS,
        read_body=read_body,
        default_model="default",
        limits=JobLimits(max_lines=max_lines, max_line_bytes=max_line_bytes),
        layout=SliceLayout(SLICE_ROWS),
    )


def line(custom_id: str, *, text: str = "Hi", **body: str) -> bytes:
    asked = {"text": text, **body}
    return json.dumps({"custom_id": custom_id, "method": "POST", "url": CHAT_COMPLETIONS, "body": asked}).encode()


def codes(taken: JobReader) -> list[tuple[int | None, str]]:
    return [(fault.line, fault.code) for fault in taken.faults]


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(st.lists(_TEXTS, unique=True, max_size=12), st.lists(st.sampled_from(BLANK), max_size=3), st.data())
def test_good_lines_become_requests_however_they_arrive(
    ids: list[str], blank: list[bytes], data: st.DataObject
) -> None:
    lines = data.draw(st.permutations([*[line(each, text=each) for each in ids], *blank]))
    taken = reader()
    requests = b""
    rest = list(lines)
    while rest:
        count = data.draw(st.integers(1, len(rest)))
        requests += taken.take(rest[:count])
        rest = rest[count:]
    taken.finish()
    rows = decode_requests(requests)
    expected = [json.loads(each)["custom_id"] for each in lines if each.strip()]
    assert [row.id for row in rows] == expected
    assert [row.index for row in rows] == list(range(len(expected)))
    assert [lines[row.line - 1] for row in rows] == [each for each in lines if each.strip()]
    assert all(row.messages[0].content == row.id and row.chat == read_body(b'{"text":""}').chat for row in rows)
    assert sum(part.row_count for part in taken.layout.slices) == len(expected)
    assert codes(taken) == ([] if ids else [(None, "empty_file")])


@given(st.lists(st.sampled_from(["good", "bad"]), max_size=20))
def test_every_bad_line_is_named_and_only_those(kinds: list[str]) -> None:
    taken = reader()
    taken.take([line(str(number)) if kind == "good" else b"{" for number, kind in enumerate(kinds)])
    assert [number for number, _ in codes(taken)] == [place for place, kind in enumerate(kinds, 1) if kind == "bad"]


def test_a_custom_id_stands_once() -> None:
    taken = reader()
    taken.take([line("a"), line("b"), line("a")])
    assert codes(taken) == [(3, "duplicate_custom_id")]
    assert "line 1" in taken.faults[0].message


def test_all_lines_ask_one_model() -> None:
    taken = reader()
    taken.take([line("a", model="x"), line("b", model="x"), line("c"), line("d", model="y")])
    assert codes(taken) == [(3, "model_mismatch"), (4, "model_mismatch")]
    assert taken.model == "x"


def test_a_line_without_a_model_asks_the_default_one() -> None:
    taken = reader()
    taken.take([line("a"), line("b", model="default")])
    assert (taken.faults, taken.model) == ([], "default")


def test_too_many_lines_are_refused_once() -> None:
    taken = reader(max_lines=3)
    taken.take([line(str(number)) for number in range(3)])
    assert not taken.is_hopeless
    taken.take([b"", line("3"), line("4")])
    assert taken.is_hopeless
    assert codes(taken) == [(5, "too_many_tasks")]


def test_a_line_that_is_too_long_is_refused() -> None:
    taken = reader(max_line_bytes=200)
    taken.take([line("a", text="x" * 200)])
    assert codes(taken) == [(1, "invalid_request")]


def test_a_hundred_faults_are_enough() -> None:
    taken = reader()
    taken.take([b"{"] * 200)
    assert taken.is_hopeless
    assert len(taken.faults) == MOST_FAULTS


def test_a_byte_order_mark_is_passed_over() -> None:
    taken = reader()
    taken.take([b"\xef\xbb\xbf" + line("a")])
    assert taken.faults == []
