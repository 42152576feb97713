"""What of an OpenAPI document becomes operations of the gateway."""

from collections.abc import Iterator, Mapping
from typing import Any

from textnlp_infra.api_policies.operation import APIS, Api, Body, Operation, Operations

_METHODS = ("get", "put", "post", "delete", "patch")
_DOCUMENTS = frozenset({"application/json", "application/x-www-form-urlencoded"})
_MODEL_CALLS = "/chat/completions"


def operations_of(document: Mapping[str, Any], *, many_segments: frozenset[str] = frozenset()) -> Operations:
    """Return the operations that the gateway publishes: those that need a grant.

    What asks for no credentials is for the inside of the network: probes, metrics, and the issuer of a platform that
    stands alone. Their paths end at the gateway as unknown ones do.

    Args:
        document: an OpenAPI 3.1 document, whose operations each need at most one scope.
        many_segments: paths whose last parameter stands for several segments, which OpenAPI cannot say.

    Raises `ValueError` for an operation that needs several scopes, and for an id that two of them have.
    """
    operations = tuple(_operations(document, many_segments))
    ids = [operation.id for operation in operations]
    for name in ids:
        if ids.count(name) > 1:
            raise ValueError(f"operation '{name}' is described twice; give each its own operationId")
    return operations


def _operations(document: Mapping[str, Any], many_segments: frozenset[str]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method not in item:
                continue
            described: Mapping[str, Any] = item[method]
            grant = _grant(described)
            if grant is None:
                continue
            api = _api_of(path)
            template = path.removeprefix(f"/{api.path}") if api.path else path
            yield Operation(
                api=api.name,
                id=described["operationId"],
                method=method.upper(),
                url_template=_with_rest(template) if path in many_segments else template,
                display_name=described["summary"],
                grant=grant,
                body=_body(described),
                asks_model=api.speaks_openai and path.endswith(_MODEL_CALLS),
            )


def _with_rest(template: str) -> str:
    """Let the last parameter stand for all segments that are left, which a template may say of no other."""
    before, _, last = template.rpartition("{")
    return f"{before}{{*{last}"


def _grant(described: Mapping[str, Any]) -> str | None:
    """Return the scope that every way to sign in asks for."""
    scopes = {scope for way in described.get("security", ()) for named in way.values() for scope in named}
    if len(scopes) > 1:
        raise ValueError(f"operation '{described['operationId']}' needs {sorted(scopes)}; the gateway checks one")
    return next(iter(scopes), None)


def _api_of(path: str) -> Api:
    longest_first = sorted(APIS, key=lambda api: -len(api.path))
    return next(api for api in longest_first if not api.path or path.startswith(f"/{api.path}/"))


def _body(described: Mapping[str, Any]) -> Body:
    accepted = described.get("requestBody", {}).get("content", {})
    if not accepted:
        return Body.NONE
    return Body.DOCUMENT if _DOCUMENTS.issuperset(accepted) else Body.FILE
