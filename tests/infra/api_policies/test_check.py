import pytest

from textnlp_infra.api_policies.check import policy_findings
from textnlp_infra.api_policies.documents import render_policies

DOCUMENTS = render_policies()

PLANTED = [
    ("global.xml", "<cors allow-credentials", '<set-variable name="x" value="1" /><cors allow-credentials', "cors"),
    ("global.xml", "allow-credentials", "allow-credential", "cors"),
    ("global.xml", "<header>Authorization</header>", "<headers>Authorization</headers>", "headers"),
    ("global.xml", 'clock-skew="60"', 'clock-skew="a minute"', "a minute"),
    ("global.xml", 'clock-skew="60"', "", "validate-jwt"),
    ("global.xml", 'require-signed-tokens="true"', 'require-signed-tokens="false"', "validate-jwt"),
    ("global.xml", "<issuers>", "<issuer-list>", "mismatch"),
    ("global.xml", 'timeout="290"', 'timeout="soon"', "soon"),
    ("global.xml", "<forward-request", "<forward-requests", "forward-requests"),
    ("global.xml", 'exists-action="delete"', 'exists-action="remove"', "set-header"),
    ("global.xml", ' code="401"', ' code="4O1"', "4O1"),
    ("global.xml", "<otherwise>", "<otherwise><when>", "mismatch"),
    ("global.xml", "context.RequestId.ToString()", "context.User.Id", "not in textnlp_infra/api_policies/expressions"),
    ("global.xml", "@(false)", "@{ return false; }", "not in textnlp_infra/api_policies/expressions"),
    ("products/textnlp.xml", 'renewal-period="60"', 'renewal-period="3600"', "3600"),
    ("products/textnlp.xml", 'renewal-period="2592000"', 'renewal-period="60"', "60"),
    ("products/textnlp.xml", "<rate-limit-by-key", "<rate-limit", "rate-limit"),
    ("products/textnlp.xml", 'calls="1000000"', 'calls="-1"', "-1"),
    ("products/textnlp.xml", "1970-01-01T00:00:00Z", "January 1970", "January"),
    ("products/textnlp.xml", 'tokens-per-minute="100000"', 'tokens-per-minutes="100000"', "llm-token-limit"),
    ("apis/openai.xml", 'threshold="6"', 'threshold="8"', "8"),
    ("apis/openai.xml", 'name="Hate"', 'name="Hatred"', "category"),
    ("apis/openai.xml", 'backend-id="textnlp-api"', "", "set-backend-service"),
    ("apis/openai.xml", 'score-threshold="0.05"', 'score-threshold="5"', "5"),
    ("apis/openai.xml", "<backend>", "<backends>", "mismatch"),
]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_what_is_rendered_has_no_finding(path: str) -> None:
    assert policy_findings(DOCUMENTS[path], path=path) == []


@pytest.mark.parametrize(("path", "good", "bad", "told"), PLANTED)
def test_a_planted_mistake_is_found_with_its_line(path: str, good: str, bad: str, told: str) -> None:
    text = DOCUMENTS[path]
    assert good in text
    findings = policy_findings(text.replace(good, bad, 1), path=path)
    assert any(told in finding for finding in findings), findings
    assert all(finding.startswith(f"{path}:") for finding in findings)


def test_sections_out_of_order_and_a_base_in_the_middle_are_found() -> None:
    text = DOCUMENTS["products/textnlp.xml"]
    inbound, rest = text.split("  <backend>", 1)
    outbound = "  <outbound>\n    <base />\n  </outbound>\n"
    swapped = f"{inbound}{outbound}  <backend>{rest.replace(outbound, '', 1)}"
    assert policy_findings(swapped, path="p.xml")
    late = text.replace("    <base />\n", "", 1).replace("  </inbound>", "    <base />\n  </inbound>", 1)
    assert policy_findings(late, path="p.xml")


def test_a_cache_that_is_not_told_apart_by_caller_is_found() -> None:
    text = DOCUMENTS["apis/openai.xml"]
    lines = [line for line in text.splitlines() if "vary-by" not in line]
    assert policy_findings("\n".join(lines), path="a.xml") == ["a.xml:70: Expecting an element , got nothing"]
