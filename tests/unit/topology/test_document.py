import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.document import as_document


class _Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Thing:
    name: str
    parts: tuple[str, ...]
    colour: _Colour
    ends_on: date


def test_a_value_becomes_what_json_can_carry() -> None:
    thing = _Thing(name="a", parts=("b", "c"), colour=_Colour.RED, ends_on=date(2027, 3, 5))
    expected = {"name": "a", "parts": ["b", "c"], "colour": "red", "ends_on": "2027-03-05"}
    document = as_document(thing)
    assert document == expected
    assert isinstance(document, dict)
    assert type(document["colour"]) is str


def test_the_whole_declaration_survives_json_unchanged() -> None:
    document = as_document(TOPOLOGY)
    assert json.loads(json.dumps(document)) == document


@pytest.mark.parametrize("value", [{"a": 1}, ["a"], {1, 2}, object(), b"a", _Thing])
def test_what_a_declaration_must_not_hold_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="a declaration holds no"):
        as_document(value)
