"""The Logic App's workflow, run by the interpreter against the served platform and a store that takes blobs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.acceptance.served_platform import ServedPlatform, platform_in_thread
from tests.architecture.source_tree import ROOT
from tests.doubles.logic_app.expressions import Scope, WorkflowExpressionError, resolve
from tests.doubles.logic_app.workflow import Answer, WorkflowRun
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.containers import GENERATIONS_REALTIME

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

FOLDER = ROOT / "logic_app"
DEFINITION = json.loads((FOLDER / "generate-validate-store" / "workflow.json").read_text())["definition"]
DECLARED = json.loads((FOLDER / "parameters.json").read_text())
STORE = "https://store.example"
STORE_AUDIENCE = "https://storage.azure.com/"
IDENTITY = "/identities/workflow"
RUN = "run-08584"
_DATABASE = "textnlp_logic_app"


@dataclass
class BlobService:
    """Takes blobs as Azure does, from whoever has a token for storage; refuses as many as it is told to."""

    blobs: dict[str, Any] = field(default_factory=dict[str, Any])
    busy: int = 0
    is_closed: bool = False
    asked: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.busy:
            self.busy -= 1
            return httpx.Response(503, headers={"Content-Type": "application/xml"}, text="<Error>busy</Error>")
        is_known = request.headers["Authorization"] == f"Bearer token for {STORE_AUDIENCE}"
        if self.is_closed or not is_known or request.headers["x-ms-blob-type"] != "BlockBlob":
            return httpx.Response(403, headers={"Content-Type": "application/xml"}, text="<Error/>")
        self.blobs[request.url.path] = json.loads(request.content)
        return httpx.Response(201)


@pytest.fixture(scope="module")
def served(
    postgres_url: str, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedPlatform]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"create database {_DATABASE} template {migrated_template}")  # pyright: ignore[reportArgumentType, reportCallIssue]  both names are ours
    url = make_conninfo(postgres_url, dbname=_DATABASE)
    with platform_in_thread(url, tmp_path_factory.mktemp("platform")) as platform:
        yield platform
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"drop database {_DATABASE} with (force)")


@dataclass
class Caller:
    """Calls the workflow on a platform, and keeps the last run."""

    platform: ServedPlatform
    store: BlobService = field(default_factory=BlobService)
    key: str = ""
    run_name: str = RUN
    tokens: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    run: WorkflowRun | None = None

    def call(self, body: Any) -> Answer:
        parameters = {
            **{name: each["value"] for name, each in DECLARED.items()},
            "apiUrl": self.platform.url,
            "apiAudience": TOPOLOGY.application.audience,
            "blobUrl": STORE,
            "identityId": IDENTITY,
        }
        scope = Scope(trigger_body=body, parameters=parameters, run_name=self.run_name)
        with httpx.Client(mounts={STORE: httpx.MockTransport(self.store)}, timeout=30) as client:
            self.run = WorkflowRun(DEFINITION, scope, client=client, token_for=self._token)
            return self.run.answer()

    def status(self, action: str) -> str:
        assert self.run is not None
        return self.run.status(action)

    def _token(self, identity: str, audience: str) -> str:
        self.tokens.append((identity, audience))
        if audience == TOPOLOGY.application.audience:
            return self.key or self.platform.api_key
        return f"token for {audience}"


def test_a_request_is_generated_validated_stored_and_answered_in_this_order(served: ServedPlatform) -> None:
    caller = Caller(served)
    answer = caller.call({"prompt": "Write of a kettle.", "parameters": {"max_tokens": 60}})
    assert answer.status == 201, answer
    assert (answer.body["accepted"], answer.body["verdict"]["passed"]) == (True, True)
    stored = caller.store.blobs[f"/{GENERATIONS_REALTIME}/{RUN}.json"]
    assert answer.body["stored_at"] == f"{GENERATIONS_REALTIME}/{RUN}.json"
    assert stored["request"]["prompt"] == "Write of a kettle."
    assert stored["generation"]["text"] == answer.body["text"]
    assert (stored["validation"]["rows"], stored["validation"]["accepted"]) == (1, 1)
    api = (IDENTITY, TOPOLOGY.application.audience)
    assert caller.tokens == [api, api, (IDENTITY, STORE_AUDIENCE)]
    assert caller.status("Find_Failure") == "Skipped"


def test_a_text_that_a_check_rejects_is_stored_with_its_verdict(served: ServedPlatform) -> None:
    caller = Caller(served, run_name="run-rejected")
    checks = [{"kind": "length", "column": "text", "max_characters": 3}]
    answer = caller.call({"prompt": "Write of a kettle.", "checks": checks})
    assert (answer.status, answer.body["accepted"]) == (201, False), answer
    assert answer.body["verdict"]["reasons"][0]["code"] == "length:text"
    (stored,) = caller.store.blobs.values()
    assert stored["validation"]["rejected"] == 1


@pytest.mark.parametrize("body", [{}, {"prompt": ""}, {"prompt": "x", "promt": "y"}, {"prompt": "x", "checks": []}])
def test_a_request_that_the_schema_refuses_asks_nobody(served: ServedPlatform, body: Any) -> None:
    caller = Caller(served)
    answer = caller.call(body)
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.body["code"], answer.body["status"]) == ("invalid_input", 422)
    assert answer.body["request_id"] == RUN
    assert "Parse_Request failed: " in answer.body["detail"]
    assert caller.tokens == []
    assert caller.status("Store_Result") == "Skipped"


def test_the_problem_of_the_platform_is_what_the_caller_gets(served: ServedPlatform) -> None:
    caller = Caller(served, run_name="run-unknown-model")
    answer = caller.call({"prompt": "Hello", "model": "nobody"})
    assert answer.status == answer.body["status"] == 404
    assert (answer.body["code"], answer.body["request_id"]) == ("not_found", "run-unknown-model")
    assert "nobody" in answer.body["detail"]
    assert caller.status("Validate_Text") == "Skipped"
    assert caller.store.asked == 0


def test_the_problem_of_the_second_call_is_told_as_well(served: ServedPlatform) -> None:
    caller = Caller(served, run_name="run-unknown-check")
    answer = caller.call({"prompt": "Hello", "checks": [{"kind": "nothing"}]})
    assert (answer.status, answer.body["code"]) == (422, "invalid_input")
    assert answer.body["field"] == "checks[0].kind"
    assert caller.status("Generate_Text") == "Succeeded"


def test_an_identity_that_the_platform_does_not_know_is_told_so(served: ServedPlatform) -> None:
    answer = Caller(served, key="nobody").call({"prompt": "Hello"})
    assert (answer.status, answer.body["code"]) == (401, "unauthenticated")


def test_a_store_that_refuses_is_a_problem_of_the_workflow_itself(served: ServedPlatform) -> None:
    caller = Caller(served, store=BlobService(is_closed=True), run_name="run-closed")
    answer = caller.call({"prompt": "Hello"})
    assert (answer.status, answer.body["code"]) == (502, "bad_response")
    assert answer.body["detail"] == "The action Store_Result failed: Forbidden"
    assert caller.store.asked == 1


def test_a_store_that_is_busy_is_asked_again(served: ServedPlatform) -> None:
    caller = Caller(served, store=BlobService(busy=2), run_name="run-busy")
    assert caller.call({"prompt": "Hello"}).status == 201
    assert caller.store.asked == 3


def test_a_platform_that_is_away_is_a_problem_and_no_success() -> None:
    caller = Caller(ServedPlatform(url="http://127.0.0.1:9", api_key="key"))
    answer = caller.call({"prompt": "Hello"})
    assert (answer.status, answer.body["code"]) == (502, "bad_response")
    assert "Generate_Text" in answer.body["detail"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("@if(equals(1, 2), body('nobody'), 'it''s')", "it's"),
        ("a @{concat('{', 1, '}')} b @{triggerBody()?['x']?['y']}.", "a {1} b ."),
        ("@@home", "@home"),
        ("@coalesce(null, triggerBody()['list'][1])", 7),
        ("@startsWith('Application/json', 'application/')", True),
    ],
)
def test_expressions_mean_what_the_language_says(expression: str, value: Any) -> None:
    scope = Scope(trigger_body={"list": [3, 7]}, parameters={}, run_name=RUN)
    assert resolve(expression, scope) == value


@pytest.mark.parametrize(
    "expression", ["@body('nobody')", "@triggerBody()['x']", "@triggerBody()['list']['a']?['b']", "@unknown()", "@if("]
)
def test_expressions_that_logic_apps_refuses_are_refused(expression: str) -> None:
    with pytest.raises((WorkflowExpressionError, TypeError)):
        resolve(expression, Scope(trigger_body={"list": "text"}, parameters={}, run_name=RUN))
