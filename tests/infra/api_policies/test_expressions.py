import pytest

from textnlp_infra.api_policies import expressions as csharp


@pytest.mark.parametrize(
    "source",
    [
        csharp.is_operation(["a", "b_c"]),
        csharp.is_api(["a"]),
        csharp.grants(scopes=["A.Read"], roles=["A.All", "B"]),
        csharp.grants(scopes=[], roles=["B"]),
        csharp.is_larger_than(10),
        csharp.failed_in("quota-by-key"),
        csharp.failed_in("forward-request", reason="Timeout"),
        csharp.caller(),
    ],
)
def test_what_is_made_here_is_known(source: str) -> None:
    assert csharp.is_known(csharp.expression(source))


@pytest.mark.parametrize(
    "value",
    [
        "@(context.User.Email)",
        "@{ return true; }",
        '@(new [] { "a" }.Contains(context.User.Id))',
        "@(true)",
        '@((string)context.Variables["caller"]',
        '@(context.LastError.Source == "a" || true)',
        '@(new JObject(new JProperty("x", context.Request.Body.As<string>())).ToString())',
    ],
)
def test_any_other_expression_is_not(value: str) -> None:
    assert not csharp.is_known(value)


def test_a_plain_value_is_no_expression() -> None:
    assert csharp.is_known("nosniff")
    assert csharp.is_known("")


@pytest.mark.parametrize("value", ['say "no"', "back\\slash", "two\nlines"])
def test_a_text_that_would_end_its_quotes_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a policy expression"):
        csharp.text(value)
