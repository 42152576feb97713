from collections.abc import Mapping
from typing import Any

import pytest

from tests.factories.dataset_runs import cell_ports
from tests.unit.application.cells.made_cell import made_cell
from textnlp.domain.errors import ErrorKind


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("text", "{{ n }} lamps", "3 lamps"),
        ("whole", "{{ n + 1 }}", 4),
        ("number", "{{ n / 2 }}", 1.5),
        ("boolean", "{{ n > 2 }}", True),
        ("json", "{{ both }}", [3, 3]),
    ],
)
async def test_an_expression_has_the_type_that_it_says(kind: str, value: str, wanted: Any) -> None:
    cell = await made_cell({"kind": "expression", "value": value, "type": kind}, row={"n": 3, "both": [3, 3]})

    assert cell.value == wanted
    assert type(cell.value) is type(wanted)


@pytest.mark.parametrize(("kind", "value"), [("whole", "1.5"), ("number", "three"), ("boolean", "perhaps")])
async def test_an_expression_of_another_type_is_an_error(kind: str, value: str) -> None:
    cell = await made_cell({"kind": "expression", "value": value, "type": kind})

    assert cell.error is not None
    assert cell.error.kind is ErrorKind.INVALID_INPUT


async def test_checks_of_a_column_tell_and_do_not_reject() -> None:
    checks = [{"kind": "length", "column": "text", "min_words": 3}]

    short = await made_cell({"kind": "validate", "checks": checks}, row={"text": "too short"})
    long = await made_cell({"kind": "validate", "checks": checks}, row={"text": "this is long enough"})

    assert short.value["passed"] is False
    assert short.value["reasons"][0]["code"] == "length:text"
    assert long.value == {"passed": True, "reasons": []}


def shout(row: Mapping[str, Any], *, mark: str) -> str:
    return row["text"].upper() + mark


async def whisper(row: Mapping[str, Any], *, mark: str) -> str:
    return row["text"].lower() + mark


async def test_a_function_gets_its_inputs_and_arguments() -> None:
    ports = cell_ports(functions={"shout": shout, "whisper": whisper})
    column = {"kind": "python", "function": "shout", "inputs": ["text"], "arguments": {"mark": "!"}}

    loud = await made_cell(column, row={"text": "Hello", "other": 1}, ports=ports)
    quiet = await made_cell({**column, "function": "whisper"}, row={"text": "Hello"}, ports=ports)

    assert loud.value == "HELLO!"
    assert quiet.value == "hello!"


async def test_a_function_that_raises_fails_the_cell_and_is_named() -> None:
    ports = cell_ports(functions={"shout": shout})
    column = {"kind": "python", "function": "shout", "inputs": ["text"]}

    cell = await made_cell(column, row={"text": "Hello"}, ports=ports)

    assert cell.error is not None
    assert "shout" in cell.error.message
    assert "TypeError" in cell.error.message


async def test_a_vector_is_as_long_as_the_model_says_and_an_empty_text_has_none() -> None:
    column = {"kind": "embed", "text": "{{ text }}"}

    cell = await made_cell(column, row={"text": "a lamp"})
    empty = await made_cell(column, row={"text": " "})

    assert all(isinstance(number, float) for number in cell.value)
    assert cell.record.calls == 1
    assert empty.error is not None
