"""Show which models there are, and how their deployments are."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from textnlp.application.engine_directory import EngineDirectory
from textnlp.application.routed_embeddings import RoutedEmbeddings
from textnlp.application.routed_engine import RoutedEngine
from textnlp.application.served_engine import ServedEmbeddings, ServedEngine
from textnlp.application.server_watch import ServerWatch
from textnlp.domain.admission.limits import AdmissionFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentStatus:
    """A deployment of a model.

    Attributes:
        model: what its endpoint calls the model.
        weight: its part of the calls of its tier.
        tier: 0 for those that share the calls, 1 and above for those that stand in, in this order.
        watch: has the load of its server as last read; None where that does not tell.
    """

    name: str
    model: str
    weight: float
    tier: int
    figures: AdmissionFigures
    watch: ServerWatch | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """A model that can be asked, and who answers for it."""

    name: str
    writes: bool
    embeds: bool
    deployments: tuple[DeploymentStatus, ...]


async def show_models(
    engines: EngineDirectory[ServedEngine], embeddings: EngineDirectory[ServedEmbeddings]
) -> list[ModelStatus]:
    """Return every model that is known by name, sorted.

    No model is asked anything; servers that tell their load are asked for it, all at once and for seconds at most.
    """
    writing, embedding = set(engines.names), set(embeddings.names)
    models = [
        ModelStatus(
            name=name,
            writes=name in writing,
            embeds=name in embedding,
            deployments=tuple(_deployments(engines.find(name) if name in writing else embeddings.find(name))),
        )
        for name in sorted(writing | embedding)
    ]
    watches = {each.watch for model in models for each in model.deployments if each.watch is not None}
    await asyncio.gather(*(watch.refresh() for watch in watches))
    return models


def _deployments(engine: ServedEngine | ServedEmbeddings) -> Iterable[DeploymentStatus]:
    if not isinstance(engine, RoutedEngine | RoutedEmbeddings):
        yield DeploymentStatus(name=engine.name, model=engine.name, weight=1.0, tier=0, figures=engine.figures())
        return
    route = engine.route
    for place, tier in enumerate(route.alias.tiers):
        for share in tier:
            target = route.targets[share.name]
            gate = target.engine.gate
            yield DeploymentStatus(
                name=share.name,
                model=target.deployment.model,
                weight=share.weight,
                tier=place,
                figures=gate.figures(),
                watch=gate.watch,
            )
