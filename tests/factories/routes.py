"""Aliases over scripted deployments, for tests of what is asked when."""

from collections.abc import Iterable, Sequence

from tests.doubles.clock import ManualClock
from textnlp.adapters.engines.scripted import DEFAULT_CAPABILITIES, ScriptedEngine, ScriptEntry
from textnlp.application.admission_gate import AdmissionGate
from textnlp.application.govern_engine import GovernedEngine
from textnlp.application.route_calls import Route, Target
from textnlp.application.routed_engine import RoutedEngine
from textnlp.domain.admission.limits import DeploymentLimits
from textnlp.domain.admission.retry import NO_RETRIES
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    NO_PARAMETERS,
    EngineCapabilities,
    GenerationRequest,
    Message,
    Parameters,
    Role,
)
from textnlp.domain.routing.model import Deployment, DeploymentShare, ModelAlias

DEADLINE_SECONDS = 60.0
REQUEST = GenerationRequest(model="chat", messages=(Message(Role.USER, "Hello"),), timeout_seconds=20.0)


class Deployments:
    """An alias `chat` over scripted deployments, each a tier of its own unless `shares` says otherwise."""

    def __init__(
        self,
        scripts: dict[str, Iterable[ScriptEntry]],
        *,
        capabilities: dict[str, EngineCapabilities] | None = None,
        shares: Sequence[DeploymentShare] = (),
        timeouts: dict[str, float] | None = None,
        latencies: dict[str, float] | None = None,
        defaults: Parameters = NO_PARAMETERS,
    ) -> None:
        self.clock = ManualClock()
        self.engines = {
            name: ScriptedEngine(
                clock=self.clock,
                name=name,
                script=script,
                capabilities=(capabilities or {}).get(name, DEFAULT_CAPABILITIES),
                latency_seconds=(latencies or {}).get(name, 0.0),
            )
            for name, script in scripts.items()
        }
        self.gates = {
            name: AdmissionGate(limits=DeploymentLimits(max_concurrency=8), clock=self.clock, name=name)
            for name in scripts
        }
        targets = [
            Target(
                Deployment(name=name, model=f"{name}-model", timeout_seconds=(timeouts or {}).get(name)),
                GovernedEngine(engine, gate=self.gates[name], policy=NO_RETRIES, clock=self.clock),
            )
            for name, engine in self.engines.items()
        ]
        shared = tuple(shares)
        others = [name for name in scripts if name not in {share.name for share in shared}]
        single = tuple((DeploymentShare(name=name),) for name in others)
        alias = ModelAlias(name="chat", tiers=((shared,) if shared else ()) + single, defaults=defaults)
        self.routed = RoutedEngine(Route(alias, targets, clock=self.clock, deadline_seconds=DEADLINE_SECONDS))

    def calls(self) -> dict[str, int]:
        """Return how often each was asked."""
        return {name: engine.calls for name, engine in self.engines.items()}

    def break_off(self, name: str) -> None:
        """Let a deployment fail until its breaker opens."""
        gate = self.gates[name]
        for _ in range(20):
            slot = gate.try_acquire(REQUEST)
            assert slot is not None
            gate.release_failed(slot, failure(ErrorKind.UNAVAILABLE))


def failure(kind: ErrorKind, *, retry_after: float | None = None) -> TextNLPError:
    """Make an error as an engine raises it."""
    return TextNLPError(f"{kind.value}.", kind=kind, facts=ErrorFacts(retry_after_seconds=retry_after))
