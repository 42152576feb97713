import ast
import json
import re
import shlex
from typing import Any

import pytest

from textnlp.api.app import ROUTES
from textnlp.api.call_snippets import curl_call, python_call
from textnlp.api.openapi_document import openapi_document

CALLS = [
    pytest.param(method.upper(), path, operation, id=operation["operationId"])
    for path, methods in openapi_document(ROUTES)["paths"].items()
    for method, operation in methods.items()
]
EACH = pytest.mark.parametrize(("method", "path", "operation"), CALLS)


@EACH
def test_a_call_with_curl_is_one_command_for_the_route(method: str, path: str, operation: dict[str, Any]) -> None:
    words = shlex.split(curl_call(method, path, operation).replace("\\\n", " "))
    assert words[0] == "curl"
    assert [word for word in words if "\n" in word and not word.startswith("{")] == []
    (address,) = [word for word in words if word.startswith("$TEXTNLP_SERVER")]
    template = re.escape(path).replace(r"\{", "{").replace(r"\}", "}")
    pattern = r"\$TEXTNLP_SERVER" + re.sub(r"\{\w+\}", "[^/?]+", template) + r"(\?.*)?"
    assert re.fullmatch(pattern, address)
    assert ("Authorization: Bearer $TEXTNLP_TOKEN" in words) is ("security" in operation)
    has_data = any(word in {"-d", "-F"} for word in words)
    sent = words[words.index("-X") + 1] if "-X" in words else "POST" if has_data else "GET"
    assert sent == method


@EACH
def test_a_body_that_curl_sends_is_the_example(method: str, path: str, operation: dict[str, Any]) -> None:
    content = operation.get("requestBody", {}).get("content", {})
    words = shlex.split(curl_call(method, path, operation).replace("\\\n", " "))
    if set(content) == {"application/json"}:
        assert json.loads(words[words.index("-d") + 1]) == content["application/json"]["example"]
    else:
        assert "Content-Type: application/json" not in words


@EACH
def test_a_call_in_python_can_be_compiled(method: str, path: str, operation: dict[str, Any]) -> None:
    tree = ast.parse(python_call(method, path, operation))
    assert [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_openais_own_client_is_shown_where_it_is_for_it() -> None:
    operation = openapi_document(ROUTES)["paths"]["/v1/chat/completions"]["post"]
    shown = python_call("POST", "/v1/chat/completions", operation)
    assert "from openai import OpenAI" in shown
    assert "requests" not in shown
