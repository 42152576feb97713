"""Thousands of requests made from the platform's own OpenAPI document, and every answer held against it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from schemathesis.schemas import BaseSchema

from tests.acceptance.served_platform import ServedPlatform, platform_in_thread

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

_SEED = 20_260_701
_EXAMPLES_AN_OPERATION = 40
_BUDGETS = "/api/v1/budgets"
"""Budgets are asked for last, because those that are set here refuse every call to a model."""

_FILES = "/batches/[^/]+/(output|files)"
"""A batch of which no row could be asked has no such files."""

_ACCEPTED = ["2xx", 400, 401, 403, 404, 409, 422, 429]
"""A request that fits its schema may be refused for what JSON Schema cannot say, such as fields that go together."""


@dataclass(slots=True)
class Findings:
    """What a run found: cases by phase, statuses by operation, and every check that failed."""

    cases: Counter[str] = field(default_factory=Counter[str])
    statuses: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict[str, set[int]](set))
    failures: list[str] = field(default_factory=list[str])

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
            ]


def _parts(served: ServedPlatform) -> list[BaseSchema]:
    """Return the operations around budgets apart from all the others."""
    return [_schema(served).exclude(path_regex=_BUDGETS), _schema(served).include(path_regex=_BUDGETS)]  # pyright: ignore[reportUnknownMemberType]  its filters are typed in part


def _label(case: Any) -> str:
    return case.operation.label


def _schema(served: ServedPlatform) -> BaseSchema:
    settings: dict[str, Any] = {
        "seed": _SEED,
        "base-url": served.url,
        "headers": {"Authorization": f"Bearer {served.api_key}"},
        "continue-on-failure": True,
        "request-timeout": 10,
        "suppress-health-check": ["all"],
        "generation": {"max-examples": _EXAMPLES_AN_OPERATION, "no-shrink": True, "deterministic": True},
        "operations": [{"include-path-regex": _FILES, "checks": {"ensure_resource_availability": {"enabled": False}}}],
        "checks": {"positive_data_acceptance": {"expected-statuses": _ACCEPTED}},
    }
    config = SchemathesisConfig.from_dict(settings)  # pyright: ignore[reportUnknownMemberType]  it takes a bare dict
    return schemathesis.openapi.from_url(f"{served.url}/openapi.json", config=config)


def test_every_answer_to_generated_requests_is_as_the_document_says(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = Findings()
    with platform_in_thread(database_url, tmp_path) as served:
        for part in _parts(served):
            for event in engine.from_schema(part).execute():
                findings.take(event)
    with capsys.disabled():
        print(f"\n{sum(findings.cases.values()):,} cases with seed {_SEED}: {dict(findings.cases)}")  # noqa: T201
    assert not findings.failures, "\n\n".join(findings.failures[:20])
    assert sum(findings.cases.values()) >= 2_000
    assert findings.cases["stateful"] > 0
    for operation in ("POST /api/v1/generate", "POST /api/v1/batches", "GET /api/v1/batches/{batch_id}/rows"):
        assert findings.statuses[operation] & {200, 202}, f"{operation} never worked: {findings.statuses[operation]}"
