"""A text engine that is a name for several."""

import contextlib
import dataclasses
from collections.abc import AsyncGenerator

from textnlp.application.govern_engine import GovernedEngine
from textnlp.application.route_calls import Attempt, Route
from textnlp.domain.admission.limits import AdmissionFigures
from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import Completion, CompletionChunk, EngineCapabilities, GenerationRequest
from textnlp.domain.generation.rules import require_capable
from textnlp.domain.routing.rules import sticky_key


class RoutedEngine:
    """A `TextEngine` over the deployments of an alias, in the order that `Route` says.

    Answers carry the deployment that wrote them. A stream goes to the next deployment until its first piece has been
    handed out, and never after it.
    """

    def __init__(self, route: Route[GovernedEngine]) -> None:
        self.route = route

    @property
    def name(self) -> str:
        """The alias."""
        return self.route.alias.name

    @property
    def capabilities(self) -> EngineCapabilities:
        """What all deployments can do, and of tools and log probabilities what one of them can.

        A request for what some of them cannot do goes to those that can. The form of an answer has to be decided on
        before it is known who will write it.
        """
        each = [target.engine.capabilities for target in self.route.targets.values()]
        return EngineCapabilities(
            constrains_to_schema=all(one.constrains_to_schema for one in each),
            streams=all(one.streams for one in each),
            is_deterministic=len(each) == 1 and each[0].is_deterministic,
            max_concurrency=self.max_concurrency,
            calls_tools=any(one.calls_tools for one in each),
            reports_logprobs=any(one.reports_logprobs for one in each),
        )

    @property
    def max_concurrency(self) -> int:
        """Calls that the deployments take at once, those left out that only stand in."""
        return self.route.max_concurrency

    def figures(self) -> AdmissionFigures:
        """Return the running totals of all deployments."""
        return self.route.figures()

    async def generate(self, request: GenerationRequest) -> Completion:
        """Write the completion at the first deployment that does."""
        ordered = self.route.order(sticky_key(self.route.alias, request), fits=lambda engine: _fits(engine, request))
        return await self.route.answer(
            ordered,
            lambda attempt: attempt.engine.generate(self._addressed(request, attempt)),
            timeout_seconds=request.timeout_seconds,
        )

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Write the completion in pieces, all of them from one deployment."""
        ordered = self.route.order(sticky_key(self.route.alias, request), fits=lambda engine: _fits(engine, request))
        calls = 0
        for attempt in self.route.attempts(ordered, timeout_seconds=request.timeout_seconds):
            name = attempt.deployment.name
            has_begun = False
            try:
                async with contextlib.aclosing(attempt.engine.stream(self._addressed(request, attempt))) as chunks:
                    async for chunk in chunks:
                        has_begun = True
                        yield dataclasses.replace(chunk, deployment=name)
            except TextNLPError as error:
                if has_begun:
                    raise
                calls += error.facts.attempts
                self.route.require_next(error, attempt, calls=calls)
            else:
                return

    async def check(self) -> None:
        """Return when one of the deployments is well."""
        await self.route.check()

    async def aclose(self) -> None:
        """Close every deployment."""
        await self.route.aclose()

    def _addressed(self, request: GenerationRequest, attempt: Attempt[GovernedEngine]) -> GenerationRequest:
        return dataclasses.replace(
            request,
            model=attempt.deployment.model,
            parameters=request.parameters.over(self.route.alias.defaults),
            timeout_seconds=attempt.timeout_seconds,
        )


def _fits(engine: GovernedEngine, request: GenerationRequest) -> bool:
    try:
        require_capable(request, engine.capabilities)
    except TextNLPError:
        return False
    return True
