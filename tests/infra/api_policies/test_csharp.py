from typing import Any

import pytest

from tests.doubles.api_management.call import Call, Request
from tests.doubles.api_management.csharp import CSharpError, evaluate

CALL = Call(
    Request(method="GET", path="/a", headers={"x-a": "1"}),
    {"x-a": "1"},
    operation_id="show",
    variables={"name": "ada", "is-on": True},
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('@("a" + "b" == "ab")', True),
        ("@(1 + 2 > 2 && !(2 > 3))", True),
        ('@(context.Request.Headers.GetValueOrDefault("X-A", "none"))', "1"),
        ('@(context.Request.Headers.GetValueOrDefault("X-B", "none"))', "none"),
        ('@(context.Request.Headers.ContainsKey("x-b") ? 1 : 2)', 2),
        ('@(new [] { "show", "list" }.Contains(context.Operation.Id))', True),
        ('@(new [] { "show" }.Contains(context.Api?.Id))', False),
        ('@("b a".Split(\' \').Intersect(new [] { "a" }).Any())', True),
        ('@(!(bool)context.Variables["is-on"])', False),
        ('@(context.LastError ?? "none")', "none"),
        ('@(false || Regex.IsMatch("abc", "^[a-z]{3}$"))', True),
        ('@(new JObject(new JProperty("a", (object)null), new JProperty("b", 1)).ToString())', '{"a": null, "b": 1}'),
    ],
)
def test_an_expression_has_the_value_that_it_has_in_c_sharp(expression: str, value: Any) -> None:
    assert evaluate(expression, CALL.scope()) == value


@pytest.mark.parametrize(
    "expression",
    [
        "@(context.Request.Secrets)",
        '@(context.Variables["absent"])',
        "@(context.LastError.Source)",
        "@(unknown)",
        '@((bool)context.Variables["name"])',
        '@("a" && true)',
        '@("a"',
        "@(1 2)",
        "@(new List())",
        '@("a".Reverse())',
        "@(a = b)",
    ],
)
def test_what_the_gateway_would_stumble_over_is_an_error(expression: str) -> None:
    with pytest.raises(CSharpError):
        evaluate(expression, CALL.scope())
