from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.contract.usage_ledger_cases import budget, reserved
from tests.doubles.clock import ManualClock
from textnlp.adapters.database.memory_usage_ledger import MemoryUsageLedger
from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter
from textnlp.application.admission_gate import AdmissionGate, AttemptOutcome
from textnlp.application.usage_recorder import UsageRecorder
from textnlp.bootstrap.metering import count_tokens, observe_gates, observe_usage, time_attempts
from textnlp.domain.admission.limits import DeploymentLimits
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import NO_USAGE, GenerationRequest, Message, Role, Usage

REQUEST = GenerationRequest(model="m", messages=(Message(Role.USER, "Hello"),))


@pytest.fixture
def meter() -> Iterator[OpenTelemetryMeter]:
    made = OpenTelemetryMeter(clock=ManualClock(), version="1")
    yield made
    made.close()


def shown(meter: OpenTelemetryMeter, name: str, *labels: str) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(meter.page().content.decode())
    return {
        tuple(sample.labels[label] for label in labels): sample.value
        for family in families
        for sample in family.samples
        if sample.name == name
    }


async def test_the_gate_of_a_deployment_shows_calls_refusals_and_the_breaker(meter: OpenTelemetryMeter) -> None:
    clock = ManualClock()
    gate = AdmissionGate(
        limits=DeploymentLimits(max_concurrency=32), clock=clock, name="stub", on_attempt=time_attempts(meter, "stub")
    )
    gates: list[AdmissionGate] = []
    observe_gates(meter, lambda: gates)
    assert shown(meter, "textnlp_engine_in_flight", "deployment") == {}
    gates.append(gate)
    slots = [gate.try_acquire(REQUEST) for _ in range(23)]
    refused, answered, *failed, _ = [slot for slot in slots if slot is not None]
    assert shown(meter, "textnlp_engine_in_flight", "deployment") == {("stub",): 23}
    await clock.advance(0.3)
    gate.release_failed(refused, TextNLPError("Later.", kind=ErrorKind.RATE_LIMITED))
    gate.release_answered(answered, Usage())
    assert shown(meter, "textnlp_engine_breaker", "state")["closed",] == 1
    for slot in failed:
        gate.release_failed(slot, TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE))
    assert shown(meter, "textnlp_engine_breaker", "state") == {("closed",): 0, ("open",): 1, ("half_open",): 0}
    assert shown(meter, "EngineThrottled_total", "deployment") == {("stub",): 1}
    assert shown(meter, "textnlp_engine_waiting", "deployment") == {("stub",): 0}
    assert shown(meter, "EngineSeconds_count", "deployment", "outcome") == {
        ("stub", AttemptOutcome.REFUSED): 1,
        ("stub", AttemptOutcome.ANSWERED): 1,
        ("stub", AttemptOutcome.FAILED): 20,
    }
    assert shown(meter, "EngineSeconds_bucket", "outcome", "le")["answered", "0.16"] == 0
    assert shown(meter, "EngineSeconds_bucket", "outcome", "le")["answered", "0.32"] == 1


def test_tokens_are_distributed_by_model_and_kind(meter: OpenTelemetryMeter) -> None:
    count_tokens(meter, "m", Usage(prompt_tokens=5, completion_tokens=70))
    count_tokens(meter, "m", Usage(prompt_tokens=1, completion_tokens=2))
    count_tokens(meter, "never answered", NO_USAGE)
    sums = shown(meter, "gen_ai_client_token_usage_sum", "gen_ai_request_model", "gen_ai_token_type")
    assert sums == {("m", "input"): 6, ("m", "output"): 72}


async def test_calls_that_budgets_refuse_are_counted(meter: OpenTelemetryMeter) -> None:
    clock = ManualClock()
    ledger = MemoryUsageLedger()
    recorder = UsageRecorder(ledger, clock=clock)
    observe_usage(meter, recorder)
    await ledger.set_budget(budget("10"), now=reserved().created_at)
    with pytest.raises(TextNLPError, match="budget"):
        await recorder.reserve(reserved("11"))
    await recorder.reserve(reserved("1"))
    assert shown(meter, "textnlp_calls_refused_total", "limit") == {("budget",): 1}
    assert shown(meter, "textnlp_usage_pending") == {(): 0}
