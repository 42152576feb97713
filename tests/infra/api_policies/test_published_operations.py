import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.infra.api_policies.policy_facts import required_grants
from tests.snapshots import require_snapshot
from tests.unit.api.test_doorkeeper import OPEN
from textnlp.api.app import ROUTES
from textnlp.api.openapi import description_of
from textnlp.api.openapi_document import openapi_document
from textnlp_infra.api_policies import operation as declared
from textnlp_infra.api_policies.documents import render_policies
from textnlp_infra.api_policies.operation import APIS, Body, Operations, load_operations, operations_text
from textnlp_infra.api_policies.published_operations import operations_of

_OPERATIONS_FILE = Path(declared.__file__).with_name("operations.json")


@cache
def operations() -> Operations:
    many = {re.sub(r":\w+\}", "}", path) for route in ROUTES for path in route.paths if path.endswith(":path}")}
    return operations_of(msgspec.to_builtins(openapi_document(ROUTES)), many_segments=frozenset(many))


def full_path(api_name: str, template: str) -> str:
    api = next(api for api in APIS if api.name == api_name)
    return (f"/{api.path}" if api.path else "") + template


def test_the_committed_operations_are_those_of_the_openapi_document() -> None:
    require_snapshot(_OPERATIONS_FILE, operations_text(operations()))
    assert load_operations() == operations()


def test_every_route_that_needs_a_grant_is_published_and_no_other() -> None:
    published = {
        (each.method, re.sub(r"\{\*", "{", full_path(each.api, each.url_template)), each.grant) for each in operations()
    }
    served = {
        (method, re.sub(r":\w+\}", "}", path), description_of(route).grant)
        for route in ROUTES
        for path in route.paths
        for method in route.http_methods
        if method not in {"OPTIONS", "HEAD"}
    }
    assert published == {each for each in served if each[2] is not None}
    assert {path for _, path, grant in served - published if grant is None} == OPEN


def test_every_operation_has_a_policy_for_its_scope() -> None:
    granted = required_grants(render_policies()["global.xml"])
    assert granted == {each.id: each.grant for each in operations()}


def test_what_api_management_asks_of_an_operation_holds() -> None:
    assert max(Counter(each.id for each in operations()).values()) == 1
    for each in operations():
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", each.id), each.id
        assert 1 <= len(each.display_name) <= 300
        assert len(set(each.parameters)) == len(each.parameters)
        before, star, rest = each.url_template.partition("{*")
        assert not star or rest.removesuffix("}").isidentifier(), before
    assert len({(each.api, each.method, each.url_template) for each in operations()}) == len(operations())


def test_bodies_and_questions_to_models_are_told_apart() -> None:
    by_id = {each.id: each for each in operations()}
    assert by_id["submit_batch"].body is by_id["upload_file_openai"].body is Body.FILE
    assert by_id["generate"].body is Body.DOCUMENT
    assert by_id["list_batches"].body is Body.NONE
    assert by_id["show_model"].url_template == "/models/{*model}"
    assert by_id["show_model"].parameters == ("model",)
    asked = {each.id for each in operations() if each.asks_model}
    assert asked == {"complete_chat", "complete_chat_openai_v1", "complete_deployment_chat"}


def document(*described: dict[str, Any]) -> dict[str, Any]:
    return {"paths": {f"/api/v1/{number}": {"get": each} for number, each in enumerate(described)}}


def described(name: str, *scopes: str) -> dict[str, Any]:
    return {"operationId": name, "summary": "Show", "security": [{"bearer": list(scopes)}] if scopes else []}


def test_an_operation_without_a_scope_is_not_published_and_one_with_two_is_refused() -> None:
    assert operations_of(document(described("open"))) == ()
    with pytest.raises(ValueError, match=r"operation 'both' needs \['a', 'b'\]"):
        operations_of(document(described("both", "a", "b")))


def test_two_operations_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="operation 'show' is described twice"):
        operations_of(document(described("show", "a"), described("show", "a")))
