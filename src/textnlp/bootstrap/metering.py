"""What is on the page of metrics: figures that parts keep anyway, read when somebody looks."""

from collections.abc import Callable, Iterable

from textnlp.application.admission_gate import AdmissionGate, AttemptListener, AttemptOutcome
from textnlp.application.usage_recorder import UsageRecorder
from textnlp.domain.admission.breaker import BreakerState
from textnlp.domain.admission.limits import AdmissionFigures
from textnlp.domain.generation.model import Usage
from textnlp.ports.meter import Meter, Reading
from textnlp.topology.metrics import (
    CALLS_REFUSED,
    ENGINE_BREAKER,
    ENGINE_CONCURRENCY,
    ENGINE_IN_FLIGHT,
    ENGINE_SECONDS,
    ENGINE_THROTTLED,
    ENGINE_WAITING,
    TOKENS_USED,
    USAGE_PENDING,
    Metric,
)

_BUDGET = "budget"
_FIGURES: tuple[tuple[Metric, Callable[[AdmissionFigures], float]], ...] = (
    (ENGINE_IN_FLIGHT, lambda figures: figures.in_flight),
    (ENGINE_WAITING, lambda figures: figures.waiting),
    (ENGINE_CONCURRENCY, lambda figures: figures.limit),
    (ENGINE_THROTTLED, lambda figures: figures.refused),
)


def time_attempts(meter: Meter, deployment: str) -> AttemptListener:
    """Return what counts and times the calls to a deployment."""

    def record(outcome: AttemptOutcome, seconds: float) -> None:
        meter.record(ENGINE_SECONDS, seconds, dimensions=(deployment, outcome.value))

    return record


def count_tokens(meter: Meter, model: str, usage: Usage) -> None:
    """Count what one call used; a call of which nothing is known is none."""
    if usage.total_tokens:
        meter.record(TOKENS_USED, usage.prompt_tokens, dimensions=(model, "input"))
        meter.record(TOKENS_USED, usage.completion_tokens, dimensions=(model, "output"))


def observe_gates(meter: Meter, gates: Callable[[], Iterable[AdmissionGate]]) -> None:
    """Show what the gates of all deployments see, whenever somebody looks."""
    for metric, figure in _FIGURES:
        meter.observe(metric, read=_each_gate(gates, figure))
    meter.observe(ENGINE_BREAKER, read=lambda: _breakers(gates()))


def observe_usage(meter: Meter, recorder: UsageRecorder) -> None:
    """Show what waits for the ledger, and what budgets refused."""
    meter.observe(USAGE_PENDING, read=lambda: [((), recorder.waiting)])
    meter.observe(CALLS_REFUSED, read=lambda: [((_BUDGET,), recorder.refused)])


def _each_gate(
    gates: Callable[[], Iterable[AdmissionGate]], figure: Callable[[AdmissionFigures], float]
) -> Callable[[], Iterable[Reading]]:
    return lambda: [((gate.name,), figure(gate.figures())) for gate in gates()]


def _breakers(gates: Iterable[AdmissionGate]) -> Iterable[Reading]:
    for gate in gates:
        present = gate.figures().breaker
        for state in BreakerState:
            yield (gate.name, state.value), float(state is present)
