import csv
import io
import json

import pytest

from textnlp.domain.erasure.redaction import (
    ERASED,
    index_of,
    redact_csv,
    redact_json,
    redact_json_lines,
    redact_requests,
    redact_text_lines,
    redacted,
)
from textnlp.domain.erasure.terms import read_terms

TERMS = read_terms(["Ann Smith"])


def test_a_line_keeps_its_length_and_loses_all_that_was_written_in_it() -> None:
    record = {
        "id": "r1",
        "text": "She lives there.",
        "model": "m",
        "more": [{"text": "Or there, says Ann Smith.", "logprobs": {"content": [{"token": "An"}]}}],
        "usage": {"prompt_tokens": 3},
        "logprobs": {"content": [{"token": "She"}]},
    }
    line = json.dumps(record).encode()
    written = redact_json(line, TERMS)
    assert len(written) == len(line)
    assert json.loads(written) == {
        "id": "r1",
        "text": ERASED,
        "model": "m",
        "more": [{"text": ERASED, "logprobs": None}],
        "usage": {"prompt_tokens": 3},
        "logprobs": None,
    }


def test_a_request_keeps_its_place_and_who_speaks() -> None:
    lines = [
        b'[7,"r7",8,[{"role":"user","content":"Write to Ann Smith."}],{"seed":1},"m"]',
        b'[8,null,9,[{"role":"system","content":"Be kind."}],null,null]',
        b'[9,null,10,[{"role":"user","content":"Kept."}],null,null]',
    ]
    first, second, third = redact_requests(lines, TERMS, rows={8})
    assert json.loads(first) == [7, "r7", 8, [{"role": "user", "content": ERASED}], {"seed": 1}, "m"]
    assert json.loads(second)[3] == [{"role": "system", "content": ERASED}] or json.loads(second)[3] == [
        {"role": "system", "content": ""}
    ]
    assert third == lines[2]
    assert [len(line) for line in (first, second)] == [len(line) for line in lines[:2]]
    assert [index_of(line) for line in (*lines, b"{}", b"[x,")] == [7, 8, 9, None, None]


def test_lines_go_by_what_they_say_or_by_their_id() -> None:
    lines = [b'{"custom_id":"a","text":"To nobody, in many words."}', b'{"custom_id":"b","text":"Kept."}', b"no json"]
    written = redact_json_lines(lines, TERMS, ids={"a"})
    assert json.loads(written[0]) == {"custom_id": "a", "text": ERASED}
    assert written[1:] == lines[1:]


def test_a_short_text_is_emptied_where_the_word_for_it_is_longer() -> None:
    terms = read_terms(["Ann"])
    assert redact_json(b'["Ann"]', terms) == b'[""]   '
    assert redact_json(b'{"a":"Ann"', terms) == b'{"a":"xxx"'


def test_a_dataset_row_loses_every_value_and_a_document_only_what_names_the_person() -> None:
    row = {"values": {"a": "one", "b": ["two", {"c": "three"}]}, "fate": "accepted", "x": "Ann Smith"}
    assert redacted(row, TERMS, is_content=True) == {
        "values": {"a": ERASED, "b": [ERASED, {"c": ERASED}]},
        "fate": "accepted",
        "x": ERASED,
    }
    assert redacted({"prompt": "one", "ann smith": "two"}, TERMS) == {"prompt": "one", ERASED: "two"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_record_of_csv_loses_its_values_and_the_table_its_length_in_none(delimiter: str) -> None:
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, delimiter=delimiter)
    writer.writerows([["id", "prompt", "note"], ["1", 'To "Ann\nSmith", now', "x"], ["2", "To nobody", "y\nz"]])
    data = sink.getvalue().encode()
    written = redact_csv(data, TERMS)
    assert len(written) == len(data)
    rows = list(csv.reader(io.StringIO(written.decode(), newline=""), delimiter=delimiter))
    assert [len(row) for row in rows] == [3, 3, 3]
    assert rows[0] == ["id", "prompt", "note"]
    assert [value.strip() for value in rows[1]] == [ERASED, "", ""]
    assert rows[2] == ["2", "To nobody", "y\nz"]


def test_a_line_of_text_is_one_record() -> None:
    written = redact_text_lines([b"Write to Ann Smith.\r", b"Kept."], TERMS)
    assert written == [b"[erased]" + b" " * 11 + b"\r", b"Kept."]
