import re

from tests.infra.api_policies.policy_facts import operations_in, parsed, texts
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.limits import PERIODS_BEGIN_AT
from textnlp.topology.scopes import ADMIN, PermissionKind
from textnlp_infra.api_policies.documents import render_policies
from textnlp_infra.api_policies.operation import Body, load_operations

DOCUMENTS = render_policies()
GLOBAL = parsed(DOCUMENTS["global.xml"])
PRODUCT = parsed(DOCUMENTS["products/textnlp.xml"])
SCOPES = re.compile(r"GetValueOrDefault\(\"(scp|roles)\", \"\"\)\.Split\('[ ,]'\)\.Intersect\(new \[\] \{ ([^}]*) \}\)")


def test_cors_comes_first_and_says_what_the_declaration_says() -> None:
    cors, declared = GLOBAL.find("inbound/*[1]"), TOPOLOGY.cross_origin
    assert cors is not None
    assert cors.tag == "cors"
    assert cors.get("allow-credentials") == str(declared.allows_credentials).lower()
    assert texts(cors, "allowed-origins/origin") == list(declared.allowed_origins)
    assert texts(cors, "allowed-methods/method") == list(declared.allowed_methods)
    assert texts(cors, "allowed-headers/header") == list(declared.allowed_headers)
    assert texts(cors, "expose-headers/header") == list(declared.exposed_headers)
    methods = cors.find("allowed-methods")
    assert methods is not None
    assert methods.get("preflight-result-max-age") == str(declared.max_age_seconds)


def test_tokens_are_those_of_the_directory_for_this_application() -> None:
    (policy,) = GLOBAL.findall("inbound/validate-jwt")
    assert texts(policy, "audiences/audience") == [TOPOLOGY.application.audience, "{{api-client-id}}"]
    assert texts(policy, "issuers/issuer") == ["https://login.microsoftonline.com/{{tenant-id}}/v2.0"]
    assert policy.get("clock-skew") == str(TOPOLOGY.application.clock_leeway_seconds)
    assert TOPOLOGY.application.access_token_version == 2, "tokens of version 1 have another issuer"


def test_each_grant_is_held_by_the_permissions_that_are_declared_to_grant_it() -> None:
    found: dict[str, set[tuple[str, str]]] = {}
    for branch in GLOBAL.iter("when"):
        named = {each.get("name"): each.get("value", "") for each in branch.findall("set-variable")}
        if "is-granted" in named:
            held = SCOPES.findall(named["is-granted"])
            found[named["missing-grant"]] = {
                (claim, value) for claim, array in held for value in re.findall(r'"([^"]*)"', array)
            }
    claims = {PermissionKind.SCOPE: "scp", PermissionKind.ROLE: "roles"}
    grants = {grant for permission in TOPOLOGY.permissions for grant in permission.grants}
    assert found == {
        grant: {(claims[each.kind], each.value) for each in TOPOLOGY.permissions if grant in each.grants}
        for grant in grants
    }
    assert ("roles", ADMIN) in found[ADMIN]


def test_limits_are_counted_by_caller_in_the_product_with_the_declared_numbers() -> None:
    kept = {each.tag: each for each in PRODUCT.iter() if each.get("counter-key")}
    assert {each.get("counter-key") for each in kept.values()} == {'@((string)context.Variables["caller"])'}
    rate, quota, tokens = (TOPOLOGY.call_limit(name) for name in ("rate-limit", "quota", "token-limit"))
    for tag, limit in (("rate-limit-by-key", rate), ("quota-by-key", quota)):
        numbers = (kept[tag].get("calls"), kept[tag].get("renewal-period"))
        assert numbers == (str(limit.allowed), str(limit.renewal_seconds))
    assert kept["quota-by-key"].get("first-period-start") == PERIODS_BEGIN_AT
    assert kept["llm-token-limit"].get("tokens-per-minute") == str(tokens.allowed)


def test_every_body_has_the_limit_of_its_kind() -> None:
    limits = TOPOLOGY.limits
    declared = {
        Body.DOCUMENT: limits.max_request_body_bytes,
        Body.FILE: limits.max_upload_bytes + limits.form_overhead_bytes,
    }
    found: dict[str, int] = {}
    for path, text in DOCUMENTS.items():
        for branch in parsed(text).findall("inbound/choose/when") if path.startswith("apis/") else ():
            inner = branch.find("choose/when")
            size = re.search(r"> (\d+)\)$", inner.get("condition", "") if inner is not None else "")
            if size:
                found |= dict.fromkeys(operations_in(branch.get("condition", "")), int(size[1]))
    assert found == {each.id: declared[each.body] for each in load_operations() if each.body is not Body.NONE}


def test_calls_go_on_for_as_long_as_the_service_may_take_and_streams_are_not_held_back() -> None:
    forward = GLOBAL.find("backend/forward-request")
    assert forward is not None
    assert forward.get("timeout") == str(TOPOLOGY.limits.request_timeout_seconds)
    assert forward.get("buffer-response") == "false"


def test_responses_carry_the_declared_headers_and_tell_nothing_of_servers() -> None:
    set_headers = {each.get("name"): each for each in GLOBAL.findall("outbound/set-header")}
    for name, value in TOPOLOGY.response_headers:
        assert texts(set_headers[name], "value") == [value]
    for name in ("Server", "X-Powered-By"):
        assert set_headers[name].get("exists-action") == "delete"
    for made in (each for text in DOCUMENTS.values() for each in parsed(text).iter("return-response")):
        named = {each.get("name") for each in made.findall("set-header")}
        assert {"Content-Type", "X-Request-Id", *(name for name, _ in TOPOLOGY.response_headers)} <= named


def test_only_questions_to_models_are_looked_at_and_kept_apart_by_caller() -> None:
    for name in ("openai", "azure-openai"):
        root = parsed(DOCUMENTS[f"apis/{name}.xml"])
        (safety,) = root.iter("llm-content-safety")
        found = tuple((each.get("name"), int(each.get("threshold", "0"))) for each in safety.iter("category"))
        assert found == TOPOLOGY.gateway.harm_thresholds
        (lookup,) = root.iter("llm-semantic-cache-lookup")
        assert '@((string)context.Variables["caller"])' in texts(lookup, "vary-by")
        (store,) = root.iter("llm-semantic-cache-store")
        assert store.get("duration") == str(TOPOLOGY.gateway.semantic_cache_seconds)
    assert not list(parsed(DOCUMENTS["apis/textnlp.xml"]).iter("llm-content-safety"))
