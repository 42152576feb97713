"""Thousands of requests made from the platform's own OpenAPI document, and every answer held against it."""

import gc
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from schemathesis.schemas import BaseSchema

from tests.acceptance.served_platform import ServedPlatform, platform_in_thread

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    # A body of some hundred kB is as good a case as any; the warning is about printing it.
    pytest.mark.filterwarnings("ignore:Generating overly large repr:hypothesis.errors.HypothesisWarning"),
    # Hypothesis takes what the platform's thread draws at random meanwhile for its own strategies' doing.
    pytest.mark.filterwarnings("ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"),
]

_SEED = 20_260_701
_EXAMPLES_AN_OPERATION = 15
_BATCHES = "/api/v1/batches"
_ONE_BATCH = f"^{_BATCHES}/"

_FILES = ("/output", "/files/{name}")

_ACCEPTED = ["2xx", "3xx", 400, 401, 403, 404, 409, 410, 422, 429]
"""A request that fits its schema may be refused for what JSON Schema cannot say, such as fields that go together."""


@dataclass(slots=True)
class Findings:
    """What a run found: cases by phase, statuses by operation, and every check that failed."""

    cases: Counter[str] = field(default_factory=Counter[str])
    statuses: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict[str, set[int]](set))
    failures: list[str] = field(default_factory=list[str])

    def worked(self, operation: str) -> bool:
        """Tell whether an operation was answered with success."""
        return any(status in {200, 201, 202} for status in self.statuses[operation])

    def take(self, event: events.EngineEvent) -> None:
        """Take note of an event of the engine's."""
        if isinstance(event, events.ScenarioFinished):
            self.cases[event.phase.value] += len(event.recorder.interactions)
            self._take_answers(event)
        elif isinstance(event, events.NonFatalError):
            self.failures.append(f"{event.label}: {event.info.format()}")
        elif isinstance(event, events.FatalError):
            raise event.exception

    def _take_answers(self, event: events.ScenarioFinished) -> None:
        recorder = event.recorder
        for case_id, interaction in recorder.interactions.items():
            label = _label(recorder.cases[case_id].value)  # pyright: ignore[reportUnknownMemberType]  a generic without its argument
            if interaction.response is not None:
                self.statuses[label].add(interaction.response.status_code)
            self.failures += [
                f"{label}: {check.name}: {check.failure_info.failure.message}\n{check.failure_info.code_sample}"
                for check in recorder.checks.get(case_id, [])
                if check.failure_info is not None
                and not _may_be_missing(label, check.name)
                and not _is_file_all_the_same(label, check.name, check.failure_info.failure.message)
            ]


@schemathesis.serializer("application/x-ndjson", "application/vnd.apache.parquet")
def write_file(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Send a file as whatever bytes were made up for it."""
    return value if isinstance(value, bytes) else msgspec.json.encode(value)


def _may_be_missing(label: str, check: str) -> bool:
    """Tell whether a file of a batch was missed right after the batch was made: of whose rows none could be asked."""
    return check == "ensure_resource_availability" and label.endswith(_FILES)


def _is_file_all_the_same(label: str, check: str, message: str) -> bool:
    """Tell whether a body that breaks its schema by its type alone was sent as a file, which is bytes of any kind."""
    wrong_type = "Invalid component: in body - violates `type` (was string"
    return label == f"POST {_BATCHES}" and check == "negative_data_rejection" and wrong_type in message


def _label(case: Any) -> str:
    return case.operation.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Operations that are asked in one run.

    Attributes:
        paths, but_not: expressions that the paths of its operations fit, and do not fit.
        least_cases: how many requests are made at least.
        working: operations that must have been answered with success, so that not only refusals are looked at.
        has_batch: the id of a batch that has ended stands in every path with an id of one.
    """

    paths: str
    but_not: str = "^$"
    least_cases: int
    working: tuple[str, ...]
    has_batch: bool = False


_PARTS = {
    "platform": Part(
        paths="^/api/v1/",
        but_not="^/api/v1/budgets",
        least_cases=1_500,
        working=("POST /api/v1/generate", f"POST {_BATCHES}", "GET /api/v1/usage"),
    ),
    "a batch": Part(
        paths=_ONE_BATCH,
        least_cases=100,
        working=(f"GET {_BATCHES}/{{batch_id}}/rows", f"GET {_BATCHES}/{{batch_id}}/output"),
        has_batch=True,
    ),
    "budgets": Part(paths="^/api/v1/budgets", least_cases=100, working=("POST /api/v1/budgets",)),
    "openai": Part(
        paths="^/(v1|openai)/",
        but_not="^/openai/(v1|models|files|batches|embeddings)",
        least_cases=1_500,
        working=("POST /v1/chat/completions", "GET /v1/models"),
    ),
    "the rest": Part(paths="^/(?!api/|v1/|openai/)", least_cases=100, working=("GET /health", "GET /identity/jwks")),
}
"""Of paths that lead to the same, OpenAI's are asked and Azure's are not; budgets refuse calls, so they are apart."""


def _schema(served: ServedPlatform, part: Part) -> BaseSchema:
    settings: dict[str, Any] = {
        "seed": _SEED,
        "base-url": served.url,
        "headers": {"Authorization": f"Bearer {served.api_key}"},
        "continue-on-failure": True,
        "request-timeout": 10,
        "suppress-health-check": ["all"],
        "generation": {"max-examples": _EXAMPLES_AN_OPERATION, "no-shrink": True, "deterministic": True},
        "checks": {"positive_data_acceptance": {"expected-statuses": _ACCEPTED}},
        "parameters": {"path.batch_id": _ended_batch(served)} if part.has_batch else {},
    }
    config = SchemathesisConfig.from_dict(settings)  # pyright: ignore[reportUnknownMemberType]  it takes a bare dict
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json", config=config)
    return schema.include(path_regex=part.paths).exclude(path_regex=part.but_not)  # pyright: ignore[reportUnknownMemberType]  its filters are typed in part


def _ended_batch(served: ServedPlatform) -> str:
    headers = {"Authorization": f"Bearer {served.api_key}"}
    with httpx.Client(base_url=served.url, headers=headers) as client:
        place = client.post(_BATCHES, params={"name": "p.txt"}, content=b"One\nTwo\n").headers["location"]
        while (batch := client.get(place).json())["state"] != "completed":
            time.sleep(0.05)
        return batch["id"]


@pytest.fixture
def whole_syntax_trees() -> Iterator[None]:
    """Keep the garbage collector off a thread that parses Python, which hypothesis does to describe lambdas.

    Before Python 3.11.8 the parser counts its depth for all threads together, and is wrong where another one parses
    while it collects (github.com/python/cpython/issues/106905).
    """
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("whole_syntax_trees")
@pytest.mark.parametrize("name", _PARTS)
def test_every_answer_to_generated_requests_is_as_the_document_says(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    part, findings = _PARTS[name], Findings()
    with platform_in_thread(database_url, tmp_path) as served:
        for event in engine.from_schema(_schema(served, part)).execute():
            findings.take(event)
    cases = sum(findings.cases.values())
    with capsys.disabled():
        print(f"\n{name}: {cases:,} cases with seed {_SEED}: {dict(findings.cases)}")  # noqa: T201
    assert not findings.failures, "\n\n".join(findings.failures[:20])
    assert cases >= part.least_cases
    assert {
        operation: findings.statuses[operation] for operation in part.working if not findings.worked(operation)
    } == {}
