"""Operations: what the gateway publishes of the API."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

_FILE = "operations.json"


class Body(StrEnum):
    """What an operation takes in the body of its requests: nothing, a document, or a file that may be large."""

    NONE = "none"
    DOCUMENT = "document"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of an API.

    Attributes:
        api: name of the API it belongs to, one of `APIS`.
        id: its name in API Management, which is its `operationId` in the OpenAPI document.
        url_template: its path below the path of its API; `{*name}` stands for several segments.
        grant: what its caller must have been granted, in the terms of `topology.scopes`.
        asks_model: it is a completion in OpenAI's shape, the only one whose tokens the gateway can count.
    """

    api: str
    id: str
    method: str
    url_template: str
    display_name: str
    grant: str
    body: Body
    asks_model: bool

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of what stands in braces in its template."""
        parts = self.url_template.split("/")
        return tuple(part.strip("{}*") for part in parts if part.startswith("{"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """An API of API Management: operations under one path that answer errors in one shape.

    Attributes:
        path: what its operations' paths begin with; empty for the one that takes what no other does.
        speaks_openai: it answers errors as OpenAI does, not with problem documents.
    """

    name: str
    display_name: str
    path: str
    speaks_openai: bool


APIS = (
    Api(name="textnlp", display_name="TextNLP", path="", speaks_openai=False),
    Api(name="openai", display_name="OpenAI-compatible", path="v1", speaks_openai=True),
    Api(name="azure-openai", display_name="Azure OpenAI-compatible", path="openai", speaks_openai=True),
)


Operations = tuple[Operation, ...]


def model_calls(operations: Operations) -> list[str]:
    """Return the ids of those whose tokens the gateway counts."""
    return [operation.id for operation in operations if operation.asks_model]


def operations_text(operations: Operations) -> str:
    """Return the operations as the document that `load_operations` reads."""
    return json.dumps([asdict(operation) for operation in operations], indent=1) + "\n"


@cache
def load_operations() -> Operations:
    """Return the operations that were read from the OpenAPI document of this version."""
    text = resources.files("textnlp_infra.api_policies").joinpath(_FILE).read_text(encoding="utf-8")
    documents: list[dict[str, Any]] = json.loads(text)
    return tuple(map(_read, documents))


def _read(document: dict[str, Any]) -> Operation:
    fields: dict[str, Any] = {**document, "body": Body(document["body"])}
    return Operation(**fields)
