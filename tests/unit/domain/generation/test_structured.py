from types import MappingProxyType
from typing import Any

import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import GenerationRequest, Message, Parameters, Role
from textnlp.domain.generation.structured import (
    Mismatch,
    OutputSchema,
    ask_for_repair,
    ask_in_prompt,
    output_schema,
    reseed,
)

REVIEW: dict[str, Any] = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "stars": {"type": "integer", "minimum": 1, "maximum": 5}},
    "required": ["text", "stars"],
    "additionalProperties": False,
}
ASKED = GenerationRequest(model="m", messages=(Message(Role.USER, "Review it."),), response_schema=REVIEW)


def test_a_valid_answer_becomes_compact_json() -> None:
    assert OutputSchema(REVIEW).read('{ "text": "é",\n "stars": 5 }') == '{"text":"é","stars":5}'


def test_an_answer_that_is_almost_right_is_coerced() -> None:
    answer = 'Sure!\n```json\n{"Text": "ok", "stars": "4", "why": "because",}\n```'
    assert OutputSchema(REVIEW).read(answer) == '{"text":"ok","stars":4}'


def test_what_is_wrong_is_told_with_its_path() -> None:
    read = OutputSchema(REVIEW).read('{"text": "ok", "stars": 7}')
    assert read == Mismatch("stars", "stars: 7 is greater than the maximum of 5")


def test_several_faults_are_told_together_and_at_bounded_length() -> None:
    schema = OutputSchema({"type": "array", "items": {"type": "integer"}})
    read = schema.read('["' + "x" * 5000 + '", {}, null, []]')
    assert isinstance(read, Mismatch)
    assert read.path == "0"
    assert "1: {} is not of type" in read.message
    assert len(read.message) < 1000


def test_no_json_at_all_is_a_mismatch_of_the_whole() -> None:
    assert OutputSchema(REVIEW).read("I cannot.") == Mismatch(
        "",
        "The answer holds no JSON: JSON is malformed: invalid character (byte 0).",
    )


def test_plain_text_satisfies_a_schema_that_asks_for_a_string() -> None:
    assert OutputSchema({"type": "string"}).read(" It is fine. ") == '"It is fine."'
    assert isinstance(OutputSchema({"type": "string", "maxLength": 3}).read("It is fine."), Mismatch)
    assert isinstance(OutputSchema({"type": "string"}).read("  "), Mismatch)


def test_formats_are_checked() -> None:
    schema = OutputSchema({"type": "string", "format": "date"})
    assert schema.read('"2026-01-05"') == '"2026-01-05"'
    assert isinstance(schema.read('"yesterday"'), Mismatch)


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"type": "nonsense"}, "type: "),
        ({"type": "object", "properties": 3}, "properties: "),
        ({"$ref": "#/$defs/missing"}, "missing"),
        ({"$ref": "https://example.org/schema.json"}, "Retrieval is disabled"),
        ({"$ref": "file:///etc/hostname"}, "Retrieval is disabled"),
        ({"type": "string", "pattern": "("}, "regex"),
        ({"const": object()}, "cannot be written as JSON"),
    ],
)
def test_a_schema_that_is_none_is_refused_as_input(schema: dict[str, Any], told: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        output_schema(schema)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == "response_schema"
    assert told in caught.value.message


def test_equal_schemas_are_compiled_once() -> None:
    assert output_schema(dict(REVIEW)) is output_schema(dict(REVIEW))


def test_properties_are_shown_in_the_order_they_were_given() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {"z": {}, "a": {}}}
    assert output_schema(schema).text == '{"type":"object","properties":{"z":{},"a":{}}}'


def test_any_kind_of_mapping_is_taken() -> None:
    assert output_schema(MappingProxyType({"type": "integer"})).read("5") == "5"


def test_the_schema_joins_an_existing_system_message() -> None:
    messages = (Message(Role.SYSTEM, "Be kind."), Message(Role.USER, "Review it."))
    asked = ask_in_prompt(
        GenerationRequest(model="m", messages=messages, response_schema=REVIEW),
        output_schema(REVIEW),
    )
    assert asked.messages[0].content.startswith("Be kind.\n\n")
    assert '"maximum":5' in asked.messages[0].content
    assert asked.messages[1:] == messages[1:]
    assert asked.response_schema is None


def test_the_schema_gets_a_system_message_where_there_is_none() -> None:
    asked = ask_in_prompt(ASKED, output_schema(REVIEW))
    assert [message.role for message in asked.messages] == [Role.SYSTEM, Role.USER]


def test_a_repair_shows_the_answer_and_what_is_wrong_with_it() -> None:
    repair = ask_for_repair(ASKED, answer="x" * 9000, mismatch=Mismatch("a", "a: is wrong"))
    assert [message.role for message in repair.messages] == [Role.USER, Role.ASSISTANT, Role.USER]
    assert len(repair.messages[1].content) < 5000
    assert "a: is wrong" in repair.messages[2].content


def test_each_attempt_has_a_seed_of_its_own_that_is_always_the_same() -> None:
    parameters = Parameters(seed=(1 << 31) - 1, temperature=0.5)
    seeds = [reseed(parameters, attempt=attempt).seed for attempt in range(4)]
    assert len(set(seeds)) == 4
    assert all(seed is not None and 0 <= seed < 1 << 31 for seed in seeds)
    assert seeds[0] == parameters.seed
    assert reseed(parameters, attempt=2) == reseed(parameters, attempt=2)
    assert reseed(Parameters(), attempt=2) == Parameters()
