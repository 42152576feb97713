"""An embedding engine that is a name for several."""

import dataclasses

from textnlp.application.govern_embeddings import GovernedEmbeddings
from textnlp.application.route_calls import Attempt, Route
from textnlp.domain.admission.limits import AdmissionFigures
from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings


class RoutedEmbeddings:
    """An `EmbeddingEngine` over the deployments of an alias, in the order that `Route` says.

    Only vectors of the same model can be compared, so an alias for embeddings should name deployments of one model.
    """

    def __init__(self, route: Route[GovernedEmbeddings]) -> None:
        self.route = route

    @property
    def name(self) -> str:
        """The alias."""
        return self.route.alias.name

    @property
    def most_inputs(self) -> int:
        """How many inputs each of the deployments takes."""
        return min(target.engine.most_inputs for target in self.route.targets.values())

    @property
    def max_concurrency(self) -> int:
        """Calls that the deployments take at once, those left out that only stand in."""
        return self.route.max_concurrency

    def figures(self) -> AdmissionFigures:
        """Return the running totals of all deployments."""
        return self.route.figures()

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        """Return the vectors of the first deployment that answers."""
        key = None if request.sticky_key is None else request.sticky_key.encode()
        return await self.route.answer(
            self.route.order(key, fits=lambda _: True),
            lambda attempt: attempt.engine.embed(_addressed(request, attempt)),
            timeout_seconds=request.timeout_seconds,
        )

    async def check(self) -> None:
        """Return when one of the deployments is well."""
        await self.route.check()

    async def aclose(self) -> None:
        """Close every deployment."""
        await self.route.aclose()


def _addressed(request: EmbeddingRequest, attempt: Attempt[GovernedEmbeddings]) -> EmbeddingRequest:
    return dataclasses.replace(request, model=attempt.deployment.model, timeout_seconds=attempt.timeout_seconds)
