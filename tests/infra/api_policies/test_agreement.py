import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.doubles.api_management.call import Request
from tests.factories.signed_tokens import forged, rsa_key, signed
from tests.infra.api_policies.both_doors import (
    CLIENT_ID,
    ISSUER,
    PASSED,
    BothDoors,
    Decision,
    decision,
    page_may,
)
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.scopes import ADMIN, READ, READ_ALL, READ_WRITE_ALL, WRITE
from textnlp_infra.api_policies.documents import render_policies
from textnlp_infra.api_policies.operation import load_operations

_PROBLEM = "application/problem+json"
_JSON = "application/json"
_LIMITS = TOPOLOGY.limits
BATCHES, GENERATE = "/api/v1/batches", "/api/v1/generate"
CHAT, FILES = "/v1/chat/completions", "/v1/files"
PROMPT = json.dumps({"prompt": "Hello"}).encode()
QUESTION = json.dumps({"model": "scripted", "messages": [{"role": "user", "content": "Hello"}]}).encode()

NO_TOKEN = Decision(status=401, code="unauthenticated", media_type=_PROBLEM, challenge="invalid_token")
NO_KEY = Decision(status=401, code="invalid_api_key", media_type=_JSON, challenge="invalid_token")
FORBIDDEN = Decision(status=403, code="forbidden", media_type=_PROBLEM, challenge="insufficient_scope")
FORBIDDEN_OPENAI = Decision(status=403, code="forbidden", media_type=_JSON, challenge="insufficient_scope")
ABSENT = Decision(status=404, code="not_found", media_type=_PROBLEM)
ABSENT_OPENAI = Decision(status=404, code="not_found", media_type=_JSON)
TOO_LARGE = Decision(status=413, code="too_large", limit_name="max_body_bytes", media_type=_PROBLEM)
TOO_LARGE_OPENAI = Decision(status=413, code="too_large", media_type=_JSON)


@pytest.fixture(scope="module")
def built() -> BothDoors:
    """Both doors, which take a fifth of a second to build."""
    return BothDoors()


@pytest.fixture
def doors(built: BothDoors, request: pytest.FixtureRequest) -> BothDoors:
    """Both doors, for a caller whom neither has seen."""
    built.caller = request.node.name
    built.answers_gateway = None
    return built


def call(method: str, path: str, *, token: str | None = None, body: bytes = b"", **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if token is not None:
        named["authorization"] = f"Bearer {token}"
    if body:
        named |= {"content-type": _JSON, "content-length": str(len(body))} | named
    return Request(method=method, path=path, headers=named, body=body)


def read(doors: BothDoors, **claims: Any) -> Request:
    return call("GET", BATCHES, token=doors.token(**claims))


def write(doors: BothDoors, path: str = GENERATE, body: bytes = PROMPT, **claims: Any) -> Request:
    return call("POST", path, token=doors.token(**{"scp": WRITE} | claims), body=body)


def later(doors: BothDoors, seconds: float) -> int:
    return int(doors.clock.now().timestamp() + seconds)


def sized(path: str, size_bytes: int, **headers: str) -> Callable[[BothDoors], Request]:
    """Return a request that announces a body of this size."""
    return lambda doors: call(
        "POST",
        path,
        token=doors.token(scp=WRITE),
        body=b"{}",
        content_length=str(size_bytes),
        **headers,
    )


CASES: dict[str, tuple[Callable[[BothDoors], Request], Decision]] = {
    "a reader reads": (read, PASSED),
    "the client id is an audience too": (lambda doors: read(doors, aud=CLIENT_ID), PASSED),
    "one audience of several": (lambda doors: read(doors, aud=["api://other", CLIENT_ID]), PASSED),
    "an application reads": (lambda doors: read(doors, scp=None, roles=[READ_ALL], azp="app"), PASSED),
    "a person of several scopes writes": (lambda doors: write(doors, scp=f"openid {READ} {WRITE}"), PASSED),
    "an application writes": (lambda doors: write(doors, scp=None, roles=["Other", READ_WRITE_ALL]), PASSED),
    "an administrator writes": (lambda doors: write(doors, scp=None, roles=[ADMIN]), PASSED),
    "a token in the header of Azure's clients": (lambda doors: call("GET", BATCHES, api_key=doors.token()), PASSED),
    "a token in the other such header": (lambda doors: call("GET", BATCHES, x_api_key=doors.token()), PASSED),
    "the scheme in small letters": (
        lambda doors: call("GET", BATCHES, authorization=f"bearer {doors.token()}"),
        PASSED,
    ),
    "a foreign page sends with no preflight": (
        lambda doors: call("GET", BATCHES, token=doors.token(), origin="https://example.org"),
        PASSED,
    ),
    "within the leeway after its end": (lambda doors: read(doors, exp=later(doors, -59)), PASSED),
    "within the leeway before its start": (lambda doors: read(doors, nbf=later(doors, 59)), PASSED),
    "no token": (lambda _: call("GET", BATCHES), NO_TOKEN),
    "no token for OpenAI's client": (lambda _: call("GET", "/v1/models"), NO_KEY),
    "no token for Azure's client": (lambda _: call("GET", "/openai/models"), NO_KEY),
    "another scheme": (lambda _: call("GET", BATCHES, authorization="Basic YTpi"), NO_TOKEN),
    "nonsense": (lambda _: call("GET", BATCHES, authorization="Bearer a.b.c"), NO_TOKEN),
    "expired": (lambda doors: read(doors, exp=later(doors, -60)), NO_TOKEN),
    "not yet valid": (lambda doors: read(doors, nbf=later(doors, 61)), NO_TOKEN),
    "without an end": (lambda doors: read(doors, exp=None), NO_TOKEN),
    "wrong audience": (lambda doors: read(doors, aud="api://other"), NO_TOKEN),
    "no audience": (lambda doors: read(doors, aud=None), NO_TOKEN),
    "wrong issuer": (lambda doors: read(doors, iss="https://login.microsoftonline.com/other/v2.0"), NO_TOKEN),
    "the issuer of version 1": (lambda doors: read(doors, iss="https://sts.windows.net/other/"), NO_TOKEN),
    "names nobody": (lambda doors: read(doors, sub=None), NO_TOKEN),
    "another's signature": (
        lambda doors: call("GET", BATCHES, token=signed(_claims(doors), rsa_key("stranger"))),
        NO_TOKEN,
    ),
    "no signature": (lambda doors: call("GET", BATCHES, token=forged({"alg": "none"}, _claims(doors))), NO_TOKEN),
    "missing scope": (lambda doors: write(doors, scp=READ), FORBIDDEN),
    "no scope at all": (lambda doors: read(doors, scp=None), FORBIDDEN),
    "a scope that only begins alike": (lambda doors: read(doors, scp=f"{READ}.All.Of.It"), FORBIDDEN),
    "a role in the place of scopes": (lambda doors: read(doors, scp=READ_ALL), FORBIDDEN),
    "a scope in the place of roles": (lambda doors: read(doors, scp=None, roles=[READ]), FORBIDDEN),
    "a reader's application writes": (lambda doors: write(doors, scp=None, roles=[READ_ALL]), FORBIDDEN),
    "a writer sets a budget": (lambda doors: write(doors, "/api/v1/budgets", b"{}"), FORBIDDEN),
    "missing scope for OpenAI's client": (lambda doors: write(doors, CHAT, QUESTION, scp=READ), FORBIDDEN_OPENAI),
    "unknown path": (lambda doors: call("GET", "/nowhere", token=doors.token()), ABSENT),
    "unknown path with no token": (lambda _: call("GET", "/api/v1/nowhere"), ABSENT),
    "unknown path for OpenAI's client": (lambda _: call("GET", "/v1/nowhere"), ABSENT_OPENAI),
    "a document that is too large": (sized(GENERATE, _LIMITS.max_request_body_bytes + 1), TOO_LARGE),
    "a question that is too large": (sized(CHAT, _LIMITS.max_request_body_bytes + 1), TOO_LARGE_OPENAI),
    "a file that is too large": (
        sized(BATCHES, _LIMITS.max_upload_bytes + _LIMITS.form_overhead_bytes + 1),
        TOO_LARGE,
    ),
    "a form that is too large": (
        sized(
            FILES,
            _LIMITS.max_upload_bytes + _LIMITS.form_overhead_bytes + 1,
            content_type="multipart/form-data; boundary=x",
        ),
        TOO_LARGE_OPENAI,
    ),
}


def _claims(doors: BothDoors) -> dict[str, Any]:
    return {"iss": ISSUER, "aud": CLIENT_ID, "sub": doors.caller, "scp": READ, "exp": later(doors, 3600)}


@pytest.mark.parametrize("name", CASES)
async def test_gateway_and_service_decide_alike(doors: BothDoors, name: str) -> None:
    make, expected = CASES[name]
    request = make(doors)
    by_gateway, by_service = await doors.ask_gateway(request), await doors.ask_service(request)
    assert decision(by_service) == expected, by_service.body
    assert decision(by_gateway) == expected, by_gateway.body
    assert by_gateway.has_reached is (expected is PASSED)


async def _refused(doors: BothDoors, request: Request) -> Decision:
    by_gateway, by_service = await doors.ask_gateway(request), await doors.ask_service(request)
    assert decision(by_gateway) == decision(by_service), (by_gateway.body, by_service.body)
    assert not by_gateway.has_reached
    return decision(by_gateway)


CHANGED = {
    "expired": ('clock-skew="60"', 'clock-skew="61"'),
    "not yet valid": ('clock-skew="60"', 'clock-skew="61"'),
    "wrong audience": ("api://textnlp</audience>", "api://other</audience>"),
    "wrong issuer": ("/v2.0</issuer>", "/v2.0</issuer><issuer>https://login.microsoftonline.com/other/v2.0</issuer>"),
    "another scheme": ('code="401"', 'code="403"'),
    "missing scope": ("@(!(bool)context", "@((bool)context"),
    "a person of several scopes writes": ("Split(' ')", "Split(',')"),
    "an application writes": ("&quot;TextGeneration.ReadWrite.All&quot;", "&quot;TextGeneration.Write.All&quot;"),
    "a role in the place of scopes": ("{ &quot;TextGeneration.Read&quot; }", "{ &quot;TextGeneration.Read.All&quot; }"),
    "unknown path": ("OperationNotFound", "NotFound"),
    "unknown path for OpenAI's client": (
        "{ &quot;openai&quot;, &quot;azure-openai&quot; }",
        "{ &quot;azure-openai&quot; }",
    ),
    "a document that is too large": ("&gt; 10485760", "&gt; 10485761"),
    "a form that is too large": ('code="413"', 'code="400"'),
}
"""By case, what a document says and what would make that case come out otherwise."""


@pytest.mark.parametrize("name", CHANGED)
async def test_a_policy_that_says_something_else_decides_otherwise(doors: BothDoors, name: str) -> None:
    good, bad = CHANGED[name]
    documents = {path: text.replace(good, bad) for path, text in render_policies().items()}
    make, expected = CASES[name]
    assert decision(await doors.deployed(documents).handle(make(doors))) != expected


async def test_an_operation_that_no_branch_names_is_open_to_nobody(doors: BothDoors) -> None:
    listed = tuple(each for each in load_operations() if each.id != "list_batches")
    gateway = doors.deployed(render_policies(operations=listed))
    assert decision(await gateway.handle(read(doors, scp=None, roles=[ADMIN]))) == FORBIDDEN


DIFFERENT: dict[str, tuple[Request, int, int]] = {
    "probes and metrics are for the inside of the network": (call("GET", "/metrics"), 404, 0),
    "the gateway does not tell a wrong method from a wrong path": (call("PATCH", BATCHES), 404, 405),
    "the methods of a path are not listed": (call("OPTIONS", BATCHES), 404, 0),
}


@pytest.mark.parametrize("reason", DIFFERENT)
async def test_where_they_differ_the_gateway_is_the_stricter_or_cannot_know(doors: BothDoors, reason: str) -> None:
    request, by_gateway, by_service = DIFFERENT[reason]
    assert decision(await doors.ask_gateway(request)).status == by_gateway
    answer = await doors.ask_service(request)
    assert (answer.status if answer.status >= 400 else 0) == by_service


@pytest.mark.parametrize(("waited", "retry_after"), [(0, "60"), (12.5, "48"), (59.5, "1")])
async def test_the_call_above_the_rate_is_refused_alike(doors: BothDoors, waited: float, retry_after: str) -> None:
    await doors.use("rate-limit", 999)
    last, refused = read(doors), read(doors)
    assert decision(await doors.ask_gateway(last)) == decision(await doors.ask_service(last)) == PASSED
    await doors.clock.advance(waited)
    assert await _refused(doors, refused) == Decision(
        status=429, code="rate_limited", limit_name="rate-limit", retry_after=retry_after, media_type=_PROBLEM
    )


async def test_after_the_wait_that_was_told_both_let_the_caller_in(doors: BothDoors) -> None:
    await doors.use("rate-limit", 1000)
    wait = (await _refused(doors, read(doors))).retry_after
    await doors.clock.advance(float(wait or 0))
    request = read(doors)
    assert decision(await doors.ask_gateway(request)) == decision(await doors.ask_service(request)) == PASSED


async def test_a_thousand_calls_pass_the_gateway_and_not_one_more(doors: BothDoors) -> None:
    request = read(doors)
    statuses = [(await doors.ask_gateway(request)).status for _ in range(1001)]
    assert statuses == [200] * 1000 + [429]
    assert (await doors.ask_gateway(read(doors, azp="another client"))).status == 200


async def test_a_used_up_quota_is_refused_alike(doors: BothDoors) -> None:
    await doors.use("quota", 1_000_000)
    told = await _refused(doors, read(doors))
    assert (told.status, told.code, told.limit_name) == (429, "rate_limited", "quota")
    assert told.retry_after is not None
    await doors.clock.advance(float(told.retry_after))
    request = read(doors)
    assert decision(await doors.ask_gateway(request)) == decision(await doors.ask_service(request)) == PASSED


async def test_used_up_tokens_are_refused_alike_and_only_where_a_model_is_asked(doors: BothDoors) -> None:
    await doors.use("token-limit", 100_000)
    told = await _refused(doors, write(doors, CHAT, QUESTION))
    assert (told.status, told.code, told.retry_after) == (429, "rate_limit_exceeded", "60")
    request = read(doors)
    assert decision(await doors.ask_gateway(request)) == decision(await doors.ask_service(request)) == PASSED


async def test_forbidden_calls_count_for_no_limit(doors: BothDoors) -> None:
    await doors.use("rate-limit", 999)
    for _ in range(3):
        assert await _refused(doors, write(doors, scp=READ)) == FORBIDDEN
    request = read(doors)
    assert decision(await doors.ask_gateway(request)) == decision(await doors.ask_service(request)) == PASSED


@pytest.mark.parametrize(
    ("origin", "method", "header", "may"),
    [
        ("https://app.textnlp.com", "POST", "Authorization", True),
        ("https://app.textnlp.com", "DELETE", "Idempotency-Key", True),
        ("https://app.textnlp.com", "TRACE", "Authorization", False),
        ("https://app.textnlp.com", "POST", "X-Other", False),
        ("https://example.org", "POST", "Authorization", False),
        ("http://app.textnlp.com", "POST", "Authorization", False),
        ("null", "POST", "Authorization", False),
    ],
)
async def test_a_browser_goes_on_after_both_or_after_neither(
    doors: BothDoors, origin: str, method: str, header: str, *, may: bool
) -> None:
    asked = call(
        "OPTIONS",
        GENERATE,
        origin=origin,
        access_control_request_method=method,
        access_control_request_headers=header.lower(),
    )
    answers = [await doors.ask_gateway(asked), await doors.ask_service(asked)]
    assert [page_may(answer, origin=origin, method=method, header=header) for answer in answers] == [may, may]


async def test_a_page_reads_refusals_and_answers_alike(doors: BothDoors) -> None:
    for request in (
        call("GET", BATCHES, token=doors.token(), origin="https://app.textnlp.com"),
        call("GET", BATCHES, origin="https://app.textnlp.com"),
    ):
        answers = [await doors.ask_gateway(request), await doors.ask_service(request)]
        for name in ("allow-origin", "allow-credentials"):
            gateway, service = (answer.headers.get(f"access-control-{name}") for answer in answers)
            assert gateway == service is not None, (request, name)
        exposed = [answer.headers["access-control-expose-headers"].replace(" ", "").split(",") for answer in answers]
        assert sorted(exposed[0]) == sorted(exposed[1])


@pytest.mark.parametrize("brought", ["mine-1", "not sane", "x" * 129, None])
async def test_every_answer_has_the_id_that_was_brought_if_it_is_sane(doors: BothDoors, brought: str | None) -> None:
    given = {} if brought is None else {"x-request-id": brought}
    for known in (call("GET", BATCHES, token=doors.token()), call("GET", "/nowhere")):
        request = replace(known, headers={**known.headers, **given})
        answers = [await doors.ask_gateway(request), await doors.ask_service(request)]
        kept = [answer.headers["x-request-id"] == brought for answer in answers]
        assert kept == [brought == "mine-1"] * 2
        for answer in answers:
            for name, value in TOPOLOGY.response_headers:
                assert answer.headers[name.lower()] == value
            if answer.status == 404:
                assert json.loads(answer.body)["request_id"] == answer.headers["x-request-id"]


async def test_servers_are_not_named(doors: BothDoors) -> None:
    answer = await doors.ask_gateway(read(doors))
    assert answer.has_reached
    assert not {"server", "x-powered-by"} & set(answer.headers)


@pytest.mark.parametrize(
    ("failure", "status", "code"), [(TimeoutError(), 504, "timeout"), (ConnectionError(), 503, "unavailable")]
)
async def test_a_service_that_is_slow_or_away_is_told_in_its_own_words(
    doors: BothDoors, failure: Exception, status: int, code: str
) -> None:
    doors.answers_gateway = failure
    told = decision(await doors.ask_gateway(read(doors)))
    assert (told.status, told.code, told.media_type) == (status, code, _PROBLEM)
    told = decision(await doors.ask_gateway(write(doors, CHAT, QUESTION)))
    assert (told.status, told.code, told.media_type) == (status, code, _JSON)


async def test_a_harmful_question_is_stopped_and_a_long_one_is_left_to_the_model(doors: BothDoors) -> None:
    grave = QUESTION.replace(b"Hello", b"a grave threat")
    told = decision(await doors.ask_gateway(write(doors, CHAT, grave)))
    assert (told.status, told.code) == (400, "content_filter")
    long = grave.replace(b"threat", b"threat " * 2_000)
    assert len(long) > TOPOLOGY.gateway.longest_checked_bytes
    assert decision(await doors.ask_gateway(write(doors, CHAT, long))) == PASSED


async def test_an_earlier_answer_is_given_only_to_who_asks_for_it(doors: BothDoors) -> None:
    request = write(doors, CHAT, QUESTION)
    await doors.ask_gateway(request)
    assert "llm-semantic-cache-lookup" not in doors.gateway.ran
    allowed = replace(request, headers={**request.headers, "x-semantic-cache": "allow"})
    assert (await doors.ask_gateway(allowed)).has_reached
    assert doors.gateway.ran.index("quota-by-key") < doors.gateway.ran.index("llm-semantic-cache-lookup")
    assert "llm-semantic-cache-store" in doors.gateway.ran
