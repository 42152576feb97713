from typing import Any

import pytest

from textnlp.console.formats import NOTHING
from textnlp.console.shown_value import shown_cell, shown_value


@pytest.mark.parametrize(
    ("value", "shown"), [("two\n lines", "two lines"), (None, NOTHING), (3.5, "3.5"), ({"a": [1]}, '{"a":[1]}')]
)
def test_a_cell_shows_its_value_in_one_line(value: Any, shown: str) -> None:
    assert shown_cell(value) == shown


def test_a_cell_shows_the_beginning_of_a_long_value() -> None:
    assert shown_cell("word " * 1_000_000).endswith("…")
    assert len(shown_cell("x" * 1_000)) == 161


def test_a_whole_value_keeps_its_lines() -> None:
    assert shown_value("a\n b") == "a\n b"
    assert shown_value({"a": 1}) == '{\n  "a": 1\n}'
