import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from textnlp.adapters.prompt_files.opener import open_prompt_file
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Message, Parameters, Role

EXAMPLES = Path(__file__).parents[4] / "examples"


def rows_of(path: Path) -> list[PromptRow | BadRow]:
    return list(open_prompt_file(path).rows())


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def good(rows: list[PromptRow | BadRow]) -> list[PromptRow]:
    found = [row for row in rows if isinstance(row, PromptRow)]
    assert len(found) == len(rows), rows
    return found


def bad(rows: list[PromptRow | BadRow]) -> list[BadRow]:
    return [row for row in rows if isinstance(row, BadRow)]


@pytest.mark.parametrize(
    "path",
    sorted(p for p in EXAMPLES.glob("*.*") if p.suffix != ".yaml" and p.name != "with-mistakes.jsonl"),
    ids=lambda path: path.name,
)
def test_every_example_can_be_asked_whole(path: Path) -> None:
    rows = good(rows_of(path))
    assert [row.index for row in rows] == list(range(len(rows)))
    assert all(row.messages[-1].content for row in rows)


def test_the_example_with_mistakes_has_three_rows_that_cannot_be_asked() -> None:
    rows = rows_of(EXAMPLES / "with-mistakes.jsonl")
    assert [row.line for row in bad(rows)] == [2, 4, 5]


def test_the_example_of_reviews_has_two_hundred_rows_and_each_its_own_id() -> None:
    rows = good(rows_of(EXAMPLES / "customer-reviews.jsonl"))
    assert len({row.id for row in rows}) == len(rows) >= 200


def test_json_lines_take_prompts_messages_and_requests_of_openais_batch_format(tmp_path: Path) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "Three"}], "temperature": 0.5}
    request = {"custom_id": "c", "method": "POST", "url": "/v1/chat/completions", "body": body}
    lines = [
        {"id": "a", "prompt": "One", "parameters": {"max_tokens": 7}},
        {"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Two"}]},
        request,
    ]
    path = written(tmp_path, "p.jsonl", "\n".join(json.dumps(line) for line in lines))
    first, second, third = good(rows_of(path))
    assert (first.id, first.has_own_id, first.parameters) == ("a", True, Parameters(max_tokens=7))
    assert (second.id, second.has_own_id) == ("2", False)
    assert second.messages == (Message(Role.SYSTEM, "Be kind."), Message(Role.USER, "Two"))
    assert (third.id, third.model, third.parameters.temperature) == ("c", "m", 0.5)


def test_bad_rows_carry_line_and_reason_and_the_others_are_read(tmp_path: Path) -> None:
    lines = [
        b'{"prompt": "fine"}',
        b'{"prompt": 7}',
        b"",
        b'{"prompt": "x", "parameters": {"temprature": 1}}',
        b"\xff broken",
        b'{"prompt": "x", "parameters": {"temperature": 9}}',
        b"{not json",
        b'{"prompt": ""}',
        b'{"prompt": "fine too"}',
    ]
    rows = rows_of(written(tmp_path, "p.jsonl", b"\n".join(lines)))
    assert [row.line for row in bad(rows)] == [2, 4, 5, 6, 7, 8]
    assert "temperature" in bad(rows)[1].message
    assert [row.index for row in rows] == list(range(8))
    assert sum(isinstance(row, PromptRow) for row in rows) == 2


def test_the_seeds_document_gives_its_id_and_parameters(tmp_path: Path) -> None:
    document = {"id": "launch", "prompts": ["One", {"id": "b", "prompt": "Two"}], "parameters": {"max_tokens": 5}}
    source = open_prompt_file(written(tmp_path, "b.json", json.dumps(document, indent=1)))
    rows = good(list(source.rows()))
    assert (source.name, source.parameters) == ("launch", Parameters(max_tokens=5))
    assert [(row.id, row.messages[0].content) for row in rows] == [("1", "One"), ("b", "Two")]
    assert [row.line for row in rows] == [4, 5]


def test_plain_text_has_a_prompt_a_line_and_blank_lines_count_as_lines_only(tmp_path: Path) -> None:
    rows = good(rows_of(written(tmp_path, "p.txt", "One\n\n  Two  \n")))
    assert [(row.line, row.messages[0].content) for row in rows] == [(1, "One"), (3, "Two")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_finds_its_delimiter_and_reads_quoted_cells_over_several_lines(tmp_path: Path, delimiter: str) -> None:
    cells = [["\ufeffid", "prompt", "max_tokens"], ["a", '"One\nTwo"', "5"], ["b", "Three", ""]]
    table = "\n".join(delimiter.join(row) for row in cells)
    rows = good(rows_of(written(tmp_path, "p.csv", table)))
    assert [(row.id, row.messages[0].content) for row in rows] == [("a", "One\nTwo"), ("b", "Three")]
    assert [row.parameters.max_tokens for row in rows] == [5, None]
    assert [row.line for row in rows] == [2, 4]


def test_parquet_is_read_by_its_columns(tmp_path: Path) -> None:
    arrow: Any = pa
    library: Any = parquet
    library.write_table(
        arrow.table({"id": ["a", "b"], "prompt": ["One", "Two"], "other": [1, 2]}), tmp_path / "p.parquet"
    )
    rows = good(rows_of(tmp_path / "p.parquet"))
    assert [(row.id, row.line) for row in rows] == [("a", 1), ("b", 2)]


def test_a_packed_file_is_read_like_an_unpacked_one(tmp_path: Path) -> None:
    path = written(tmp_path, "p.txt.gz", gzip.compress(b"One\nTwo\n"))
    assert len(good(rows_of(path))) == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("p.json", '{"prompts": ["a",', "line 1"),
        ("p.json", '{"prompt": ["a"]}', "prompts"),
        ("p.jsonl", "", "no prompt"),
        ("p.jsonl", "nonsense\nmore\n", "Line 1"),
        ("p.csv", "a,b\n1,2\n", "no column 'prompt'"),
        ("p.txt", "One\n".encode("utf-16"), "UTF-16"),
        ("p.parquet", "no parquet", "p.parquet"),
        ("p.docx", "x", "docx"),
        ("p.csv", b"prompt\rx\r", "p.csv"),
        ("p.txt", b"PK\x03\x04zip", "no text"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_before_its_first_row(
    tmp_path: Path,
    name: str,
    content: str | bytes,
    said: str,
) -> None:
    path = written(tmp_path, name, content)
    with pytest.raises(TextNLPError) as caught:
        rows_of(path)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert said in caught.value.full_text


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match="There is no file"):
        open_prompt_file(tmp_path / "gone.jsonl")


def test_a_small_file_does_not_hold_gigabytes(tmp_path: Path) -> None:
    bomb = gzip.compress(b"a" * (100 << 20))
    assert len(bomb) < 1 << 20
    rows = open_prompt_file(written(tmp_path, "p.jsonl.gz", bomb)).rows()
    with pytest.raises(TextNLPError) as caught:
        sum(1 for _ in rows)
    assert caught.value.kind is ErrorKind.TOO_LARGE
