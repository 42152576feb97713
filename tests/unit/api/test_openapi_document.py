import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from openapi_spec_validator import validate

from textnlp.api.app import ROUTES
from textnlp.api.openapi import Struct, description_of
from textnlp.api.openapi_document import openapi_document
from textnlp.api.operation import example_of
from textnlp.topology.limits import CROSS_ORIGIN

DOCUMENT = openapi_document(ROUTES)
STRUCTS = sorted(
    {struct for handler in ROUTES for struct in description_of(handler).structs if hasattr(struct, "EXAMPLE")},
    key=lambda struct: struct.__name__,
)


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


EACH = pytest.mark.parametrize("operation", [pytest.param(each, id=name) for name, each in operations()])


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every body that the operation takes or gives, with its media type."""
    yield from operation.get("requestBody", {}).get("content", {}).items()
    for response in operation["responses"].values():
        yield from response.get("content", {}).items()


def examples(content: dict[str, Any]) -> list[Any]:
    named = [each["value"] for each in content.get("examples", {}).values()]
    return [*named, content["example"]] if "example" in content else named


def require_valid(value: Any, schema: dict[str, Any]) -> None:
    """Raise where a value does not satisfy a schema of the document."""
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(value)


def test_the_document_is_valid_openapi() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1")


def test_every_operation_has_an_id_of_its_own_that_a_client_can_call_a_method_by() -> None:
    ids = [operation["operationId"] for _, operation in operations()]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", each) for each in ids)


def test_the_platforms_own_page_may_use_every_method() -> None:
    methods = {name.partition(" ")[0] for name, _ in operations()}
    assert methods <= set(CROSS_ORIGIN.allowed_methods)


def test_every_tag_and_header_that_is_used_is_described() -> None:
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    for name, operation in operations():
        assert set(operation["tags"]) <= tags, name
        for response in operation["responses"].values():
            for reference in response["headers"].values():
                assert reference["$ref"].rpartition("/")[2] in DOCUMENT["components"]["headers"]


@EACH
def test_every_body_has_an_example_that_satisfies_its_schema(operation: dict[str, Any]) -> None:
    for media_type, content in contents(operation):
        shown = examples(content)
        assert shown, media_type
        for value in shown:
            require_valid(value, content["schema"])


@EACH
def test_every_parameter_has_a_valid_example_or_a_default(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        if "example" in parameter:
            require_valid(parameter["example"], parameter["schema"])
        else:
            assert not parameter["required"], parameter["name"]


@EACH
def test_every_error_status_is_listed_with_examples_that_say_so(operation: dict[str, Any]) -> None:
    errors = {int(status): each for status, each in operation["responses"].items() if status >= "400"}
    assert HTTPStatus.INTERNAL_SERVER_ERROR in errors
    for status, response in errors.items():
        for value in (value for content in response["content"].values() for value in examples(content)):
            if not isinstance(value, str):
                assert value.get("status", status) == status or value["status"] == "not_ready"
    if "security" in operation:
        assert {401, 403, 429, 503} <= set(errors)
        assert "Retry-After" in errors[429]["headers"]
        assert "WWW-Authenticate" in errors[401]["headers"]
        succeeded = next(each for status, each in operation["responses"].items() if status < "300")
        assert {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} <= set(succeeded["headers"])
    if any(each["in"] == "path" for each in operation.get("parameters", [])):
        assert HTTPStatus.NOT_FOUND in errors


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_an_example_can_be_read_as_what_it_exemplifies(struct: Struct) -> None:
    example = example_of(struct)
    if isinstance(example, dict):
        msgspec.convert(example, struct, strict=True)


def test_fields_say_what_their_docstring_says() -> None:
    batch = DOCUMENT["components"]["schemas"]["BatchRead"]
    assert batch["description"] == "A batch as the ledger has it."
    assert batch["properties"]["source_sha256"]["description"] == "hex digest of the file's bytes."
    form = DOCUMENT["components"]["schemas"]["BatchCreate"]
    assert form["properties"]["max_tokens"]["description"] == "tokens of the answer at most."


def test_both_ways_to_bring_credentials_are_described() -> None:
    assert DOCUMENT["paths"]["/api/v1/batches"]["post"]["security"] == [
        {"bearer": ["TextGeneration.Write"]},
        {"api_key": ["TextGeneration.Write"]},
    ]
    assert set(DOCUMENT["components"]["securitySchemes"]) == {"bearer", "api_key"}
