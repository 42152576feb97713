from typing import Any

import pytest

from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.profile import GENERIC, OPENAI, can_be_strict, profile_of


def test_only_a_known_host_is_asked_for_more_than_every_server_can_do() -> None:
    assert profile_of(parse_base_url("https://api.openai.com/v1")) == OPENAI
    assert profile_of(parse_base_url("https://api.openai.com.example/v1")) == GENERIC
    assert profile_of(parse_base_url("http://localhost:8000/v1")) == GENERIC


CLOSED: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "is_strict"),
    [
        ({"type": "string"}, True),
        (CLOSED, True),
        ({**CLOSED, "properties": {"a": {"type": "string"}}, "required": ["a"]}, True),
        ({**CLOSED, "properties": {"a": {"type": "string"}}}, False),
        ({"type": "object", "properties": {}}, False),
        ({"type": "array", "items": {"type": "object"}}, False),
        ({"anyOf": [CLOSED, {"type": "object"}]}, False),
    ],
)
def test_a_schema_is_strict_when_every_object_is_closed(schema: dict[str, Any], *, is_strict: bool) -> None:
    assert can_be_strict(schema) is is_strict
