"""Calls to an alias: which of its deployments are asked, in which order, and for how long."""

import dataclasses
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Generic, Protocol, Self, TypeVar

from textnlp.application.admission_gate import AdmissionGate
from textnlp.application.govern_calls import Answer
from textnlp.domain.admission.limits import AdmissionFigures
from textnlp.domain.admission.retry import PATIENCE_SECONDS, RetryPolicy, brisk_policy
from textnlp.domain.errors import RETRYABLE_KINDS, ErrorKind, TextNLPError
from textnlp.domain.routing.model import Deployment, ModelAlias
from textnlp.domain.routing.rules import deployments_in_order
from textnlp.ports.clock import Clock

_LOG = logging.getLogger(__name__)
_FALLING_OVER = RETRYABLE_KINDS | {ErrorKind.DEPLOYMENT_AWAY}
_KEY_BYTES = 8


class GovernedDeployment(Protocol):
    """A deployment that can be asked by more than one policy."""

    gate: AdmissionGate

    def under(self, policy: RetryPolicy) -> Self:
        """Return the same deployment asked by `policy`."""
        ...

    async def check(self) -> None:
        """Raise what a request would meet."""
        ...

    async def aclose(self) -> None:
        """Free what it holds."""
        ...


Engine = TypeVar("Engine", bound=GovernedDeployment)


@dataclasses.dataclass(frozen=True, slots=True)
class Target(Generic[Engine]):
    """A deployment and what reaches it."""

    deployment: Deployment
    engine: Engine


@dataclasses.dataclass(frozen=True, slots=True)
class Attempt(Generic[Engine]):
    """One deployment's turn at a call.

    Attributes:
        engine: asked by the policy that suits the turn.
        timeout_seconds: how long one attempt may take.
        is_last: no other deployment is left.
        ends_at: the monotonic time from which none is asked any more.
    """

    deployment: Deployment
    engine: Engine
    timeout_seconds: float
    is_last: bool
    ends_at: float


class Route(Generic[Engine]):
    """The deployments of one alias.

    A deployment is asked briskly while another one is left, and the last one patiently, so that retries are not
    multiplied: together they keep to `deadline_seconds`, after which no call is begun. The next one is asked after
    `UNAVAILABLE`, `TIMEOUT`, `RATE_LIMITED`, `BAD_RESPONSE` and `DEPLOYMENT_AWAY`; what is wrong with the request, its
    content, the key or the deployment's name is raised at once, for whoever can put it right.
    """

    def __init__(
        self, alias: ModelAlias, targets: Sequence[Target[Engine]], *, clock: Clock, deadline_seconds: float
    ) -> None:
        self.alias = alias
        self.targets = {target.deployment.name: target for target in targets}
        self._clock = clock
        self._deadline_seconds = deadline_seconds

    @property
    def max_concurrency(self) -> int:
        """Calls that the deployments which share the alias take at once."""
        return sum(self.targets[share.name].engine.gate.max_concurrency for share in self.alias.tiers[0])

    def figures(self) -> AdmissionFigures:
        """Add up the running totals of all gates."""
        each = [target.engine.gate.figures() for target in self.targets.values()]
        return AdmissionFigures(
            calls=sum(one.calls for one in each),
            answered=sum(one.answered for one in each),
            refused=sum(one.refused for one in each),
            failed=sum(one.failed for one in each),
            in_flight=sum(one.in_flight for one in each),
            stragglers=sum(one.stragglers for one in each),
            limit=sum(one.limit for one in each),
            is_waiting_for_capacity=all(one.is_waiting_for_capacity for one in each),
        )

    def order(self, key: bytes | None, *, fits: Callable[[Engine], bool]) -> list[Target[Engine]]:
        """Return the deployments that can serve a request, those first that are asked first; chance decides for None.

        Where none can, all are returned: the first says what it lacks.
        """
        names = deployments_in_order(
            self.alias, key=secrets.token_bytes(_KEY_BYTES) if key is None else key, wait_seconds=self._wait_seconds
        )
        ordered = [self.targets[name] for name in names]
        return [target for target in ordered if fits(target.engine)] or ordered

    def attempts(self, ordered: Sequence[Target[Engine]], *, timeout_seconds: float) -> Iterator[Attempt[Engine]]:
        """Yield the turns of a call, the next one when it is asked for."""
        ends_at = self._clock.monotonic() + self._deadline_seconds
        for place, target in enumerate(ordered, 1):
            left = max(0.0, ends_at - self._clock.monotonic())
            is_last = place == len(ordered)
            policy = RetryPolicy(deadline_seconds=left) if is_last else brisk_policy(deadline_seconds=left)
            yield Attempt(
                target.deployment,
                target.engine.under(policy),
                min(timeout_seconds, target.deployment.timeout_seconds or timeout_seconds),
                is_last,
                ends_at,
            )

    async def answer(
        self,
        ordered: Sequence[Target[Engine]],
        ask: Callable[[Attempt[Engine]], Awaitable[Answer]],
        *,
        timeout_seconds: float,
    ) -> Answer:
        """Return the first answer, which names its deployment; `attempts` counts the calls to all of them."""
        calls = 0
        for attempt in self.attempts(ordered, timeout_seconds=timeout_seconds):
            try:
                answer = await ask(attempt)
            except TextNLPError as error:
                calls += error.facts.attempts
                self.require_next(error, attempt, calls=calls)
            else:
                name = attempt.deployment.name
                return dataclasses.replace(answer, attempts=answer.attempts + calls, deployment=name)
        raise TextNLPError(f"The model {self.alias.name} has no deployment.", kind=ErrorKind.INTERNAL)

    def require_next(self, error: TextNLPError, attempt: Attempt[Engine], *, calls: int) -> None:
        """Return where the next deployment shall be asked; else raise the error with the number of calls so far."""
        is_over = attempt.is_last or self._clock.monotonic() >= attempt.ends_at
        if is_over or error.kind not in _FALLING_OVER:
            facts = dataclasses.replace(error.facts, attempts=calls)
            raise TextNLPError(error.message, kind=error.kind, facts=facts) from error
        _LOG.info("%s passes on what %s does not answer: %s", self.alias.name, attempt.deployment.name, error.message)

    async def check(self) -> None:
        """Return when one of the deployments is well; raise what the first one says where none is."""
        first: TextNLPError | None = None
        for target in self.targets.values():
            try:
                await target.engine.check()
            except TextNLPError as error:
                first = first or error
            else:
                return
        if first is not None:
            raise first

    async def aclose(self) -> None:
        """Close every deployment."""
        for target in self.targets.values():
            await target.engine.aclose()

    def _wait_seconds(self, name: str) -> float:
        return self.targets[name].engine.gate.wait_seconds(PATIENCE_SECONDS)
