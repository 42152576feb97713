"""The gates before deployments, each made once, whoever asks the deployment for what."""

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.engines.openai_compatible.connections import ConnectionOptions
from textnlp.application.admission_gate import AdmissionGate
from textnlp.application.server_watch import ServerWatch
from textnlp.bootstrap.metering import time_attempts
from textnlp.domain.admission.limits import DeploymentLimits
from textnlp.domain.routing.model import Deployment
from textnlp.ports.meter import Meter
from textnlp.settings import Settings

_ENDPOINT_CONCURRENCY = 64
_STRAGGLERS_TOO = 2


class DeploymentGates:
    """Makes gates, which keep to the caps of their deployment and to those of this run.

    Args:
        settings: say how many calls are in flight where a deployment does not.
        requests_per_minute: cap on calls begun at each deployment, None for none.
        tokens_per_minute: cap on tokens at each deployment, None for none.
        meter: times the calls to each deployment.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        meter: Meter,
    ) -> None:
        self.meter = meter
        self._settings = settings
        self._requests_per_minute = requests_per_minute
        self._tokens_per_minute = tokens_per_minute
        self._gates: dict[str, AdmissionGate] = {}

    def gate_of(self, deployment: Deployment) -> AdmissionGate:
        """Return the gate of an endpoint's deployment."""
        return self.gate(
            deployment.name,
            concurrency=self._concurrency(deployment),
            requests_per_minute=deployment.requests_per_minute,
            tokens_per_minute=deployment.tokens_per_minute,
            metrics_url=deployment.metrics_url,
        )

    def gate(
        self,
        name: str,
        *,
        concurrency: int,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        metrics_url: str | None = None,
    ) -> AdmissionGate:
        """Return the gate of that name."""
        if name not in self._gates:
            limits = DeploymentLimits(
                max_concurrency=concurrency,
                requests_per_minute=_tighter(requests_per_minute, self._requests_per_minute),
                tokens_per_minute=_tighter(tokens_per_minute, self._tokens_per_minute),
            )
            on_attempt = time_attempts(self.meter, name)
            watch = None if metrics_url is None else _watch(name, metrics_url)
            self._gates[name] = AdmissionGate(
                limits=limits, clock=SystemClock(), name=name, on_attempt=on_attempt, watch=watch
            )
        return self._gates[name]

    def all(self) -> list[AdmissionGate]:
        """Return the gates that have been made."""
        return list(self._gates.values())

    def connections(self, deployment: Deployment) -> ConnectionOptions:
        """Return how a deployment is connected to: with room for calls that have become improbably slow."""
        return ConnectionOptions(max_connections=self._concurrency(deployment) * _STRAGGLERS_TOO + 1)

    def _concurrency(self, deployment: Deployment) -> int:
        return deployment.concurrency or self._settings.concurrency or _ENDPOINT_CONCURRENCY


def _watch(name: str, metrics_url: str) -> ServerWatch:
    from textnlp.adapters.engines.openai_compatible.vllm_load import VllmLoad  # noqa: PLC0415  Prometheus, for it alone

    return ServerWatch(VllmLoad(metrics_url), clock=SystemClock(), name=name)


def _tighter(one: int | None, other: int | None) -> int | None:
    given = [cap for cap in (one, other) if cap is not None]
    return min(given, default=None)
