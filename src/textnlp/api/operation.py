"""One operation of the OpenAPI document: what it takes, what it answers, and what each looks like."""

from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import msgspec

from textnlp.api.error_examples import error_responses
from textnlp.api.event_stream import EVENT_STREAM
from textnlp.api.openapi import Description, Struct
from textnlp.api.response_headers import headers_of
from textnlp.api.schemas.problem import Problem
from textnlp.domain.idempotency.rules import HEADER, MAX_KEY_CHARACTERS

JSON = "application/json"
_PROBLEM = "application/problem+json"
_FORM = "multipart/form-data"
_URL_ENCODED = "application/x-www-form-urlencoded"
_TAG_OF_PATH = (
    ("/api/v1/batches", "Batches"),
    ("/api/v1/usage", "Usage"),
    ("/api/v1/budgets", "Usage"),
    ("/api/v1/datasets", "Datasets"),
    ("/api/v1/gener", "Generations"),
    ("/api/v1/models", "Models"),
    ("/api/v1/recipes", "Datasets"),
    ("/api/v1/telemetry", "Telemetry"),
    ("/api/v1/templates", "Templates"),
    ("/api/v1/validat", "Validation"),
    ("/api/v1/webhooks", "Webhooks"),
    ("/api/v1/reviews", "Reviews"),
    ("/v1/", "OpenAI"),
    ("/openai/", "OpenAI"),
    ("/identity/", "Identity"),
)
_OTHER_TAG = "Operations"
_PATH_PARAMETERS = MappingProxyType(
    {
        "batch_id": ("The id of a batch.", "batch_01kx3v9qe8m2t6f0r7w4z1c5ny"),
        "dataset_id": ("The id of a dataset.", "run_01kx3v9qe8m2t6f0r7w4z1c5ny"),
        "path": ("The path of a file in a version of a dataset.", "data/train.jsonl"),
        "recipe": ("The name of one of the platform's own recipes.", "classification"),
        "generation_id": ("The id of a generation.", "gen_01kx3v9qe8m2t6f0r7w4z1c5ny"),
        "budget_id": ("The id of a budget.", "budget_01kx3v9qe8m2t6f0r7w4z1c5ny"),
        "name": ("The name of a result file.", "manifest.json"),
        "file_id": ("The id of a file.", "file-01kx3v9qe8m2t6f0r7w4z1c5ny"),
        "template": ("The name of a template.", "review"),
        "version": ("The number of a version, from 1; of a dataset also a tag, where it is read.", "1"),
        "tag": ("A name of a version of a dataset.", "gold"),
        "validation_id": ("The id of a validation.", "val_01kx3v9qe8m2t6f0r7w4z1c5ny"),
        "result": ("The name of a file of a validation.", "rejected.jsonl"),
        "reference": ("A template as `name@version`; `name` alone, and `name@latest`, mean the latest.", "review@1"),
        "review_id": ("The id of a review.", "review_01kx3v9qe8m2t6f0r7w4z1c5ny"),
        "position": ("The position of an item, from 0.", "0"),
        "webhook_id": ("The id of a webhook.", "hook_01kx3v9qe8m2t6f0r7w4z1c5ny"),
        "delivery_id": ("The id of a delivery.", "msg_01kx3v9qe8m2t6f0r7w4z1c5ny"),
        "model": ("The name of a model.", "smollm2-135m"),
        "deployment": ("The name of a model, as Azure's clients give it.", "smollm2-135m"),
    },
)
"""What a parameter of a path means, and one of it."""


_KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The same key and request are answered as the first time, for a day.",
    "example": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARACTERS},
}


@dataclass(frozen=True, slots=True)
class Schemas:
    """The schemas of all structs.

    Attributes:
        references: what stands for a struct's schema where it is used.
        components: the schemas themselves, by name.
    """

    references: dict[Struct, dict[str, Any]]
    components: dict[str, Any]


def complete_operation(operation: dict[str, Any], description: Description, *, path: str, schemas: Schemas) -> None:
    """Add to an operation of the framework's document what only the description knows."""
    operation.pop("deprecated", None)
    operation["tags"] = [next((tag for start, tag in _TAG_OF_PATH if path.startswith(start)), _OTHER_TAG)]
    in_path = operation.get("parameters", [])
    for parameter in in_path:
        parameter.pop("deprecated", None)
        meaning, example = _PATH_PARAMETERS[parameter["name"]]
        parameter.update(description=meaning, example=example, schema={"type": "string"})
    if others := _other_parameters(description, schemas):
        operation["parameters"] = [*in_path, *others]
    if content := _request_content(description, schemas):
        operation["requestBody"] = {"required": True, "content": content}
    if description.grant is not None:
        operation["security"] = [{name: [description.grant]} for name in ("bearer", "api_key")]
    succeeded = int(next(status for status in operation["responses"] if status < "400"))
    responses = {
        **_answers(description, succeeded, schemas),
        **_sent_on(description),
        **_errors(description, schemas, has_path_parameters=bool(in_path)),
    }
    operation["responses"] = dict(sorted(responses.items()))


def example_of(struct: Struct) -> Any:
    """Return what a struct looks like; raise `AttributeError` for one that does not say."""
    return struct.EXAMPLE  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  each declares its own


def _request_content(description: Description, schemas: Schemas) -> dict[str, Any]:
    content = {media_type: _file(media_type, beginning) for media_type, beginning in description.accepts.items()}
    if description.body is not None:
        content[JSON] = _shown(description.body, schemas)
    if description.fields is not None:
        content[_URL_ENCODED] = _shown(description.fields, schemas)
    if description.form is not None:
        content[_FORM] = {
            "schema": _with_file(schemas.components[description.form.__name__]),
            "example": {"file": "Write a review of a kettle.\n", **example_of(description.form)},
        }
    return content


def _with_file(form: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a form that has a file beside its fields."""
    file = {"type": "string", "contentMediaType": "text/plain", "description": "the file"}
    return {
        **form,
        "properties": {"file": file, **form["properties"]},
        "required": ["file", *form.get("required", [])],
    }


def _file(media_type: str, beginning: str) -> dict[str, Any]:
    if media_type == JSON:
        return {"schema": {}, "example": msgspec.json.decode(beginning)}
    return {"schema": {"type": "string"}, "example": beginning}


def _answers(description: Description, succeeded: int, schemas: Schemas) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if description.answer is not None:
        content[JSON] = _shown(description.answer, schemas)
    if description.media_type is not None:
        schema = {} if description.media_type == EVENT_STREAM else {"type": "string"}
        content[description.media_type] = {"schema": schema, "example": description.media_example}
    if description.events:
        events = {name: schemas.references[struct] for name, struct in description.events.items()}
        content[EVENT_STREAM]["x-events"] = events
    answers = {str(succeeded): _response(description, succeeded, content)}
    for status, (struct, example) in description.other_answers.items():
        shown = {"schema": schemas.references[struct], "example": example}
        answers[str(int(status))] = _response(description, status, {JSON: shown})
    return answers


def _sent_on(description: Description) -> dict[str, Any]:
    if not description.is_sent_on:
        return {}
    status = HTTPStatus.SEE_OTHER
    return {str(status.value): _response(description, status, {})}


def _response(description: Description, status: int, content: dict[str, Any]) -> dict[str, Any]:
    response: dict[str, Any] = {"description": HTTPStatus(status).phrase, "headers": headers_of(description, status)}
    if content:
        response["content"] = content
    return response


def _errors(description: Description, schemas: Schemas, *, has_path_parameters: bool) -> dict[str, Any]:
    found = error_responses(description, has_path_parameters=has_path_parameters)
    taken = {str(int(status)) for status in description.other_answers}
    return {
        status: {
            "description": "; ".join(response["titles"]) + ".",
            "headers": headers_of(description, int(status)),
            "content": _error_content(description, response["examples"], schemas),
        }
        for status, response in found.items()
        if status not in taken
    }


def _error_content(description: Description, examples: dict[str, Any], schemas: Schemas) -> dict[str, Any]:
    if description.error_page is not None:
        return {"text/html": {"schema": {"type": "string"}, "example": description.error_page}}
    media_type = _PROBLEM if description.error is Problem else JSON
    return {media_type: {"schema": schemas.references[description.error], "examples": examples}}


def _shown(struct: Struct, schemas: Schemas) -> dict[str, Any]:
    return {"schema": schemas.references[struct], "example": example_of(struct)}


def _other_parameters(description: Description, schemas: Schemas) -> list[dict[str, Any]]:
    of_query = [] if description.query is None else _query_parameters(description.query, schemas)
    return [*of_query, *([_KEY_PARAMETER] if description.takes_idempotency_key else [])]


def _query_parameters(query: Struct, schemas: Schemas) -> list[dict[str, Any]]:
    schema = schemas.components[query.__name__]
    required = schema.get("required", [])
    examples = example_of(query)
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": {key: value for key, value in of_name.items() if key != "description"},
            **({"description": of_name["description"]} if "description" in of_name else {}),
            **({"example": examples[name]} if name in examples else {}),
        }
        for name, of_name in schema["properties"].items()
    ]
