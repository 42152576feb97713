import asyncio

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.engines.scripted_embeddings import ScriptedEmbeddings
from textnlp.application.admission_gate import AdmissionGate
from textnlp.application.govern_embeddings import GovernedEmbeddings
from textnlp.application.route_calls import Route, Target
from textnlp.application.routed_embeddings import RoutedEmbeddings
from textnlp.domain.admission.limits import DeploymentLimits
from textnlp.domain.admission.retry import NO_RETRIES
from textnlp.domain.embedding.model import EmbeddingRequest
from textnlp.domain.errors import TextNLPError
from textnlp.domain.routing.model import Deployment, DeploymentShare, ModelAlias

REQUEST = EmbeddingRequest(model="near", inputs=("tea",))


def routed(clock: ManualClock, *engines: ScriptedEmbeddings, shares_all: bool = False) -> RoutedEmbeddings:
    targets = [
        Target(
            Deployment(name=engine.name, model=f"{engine.name}-model"),
            GovernedEmbeddings(
                engine,
                gate=AdmissionGate(limits=DeploymentLimits(max_concurrency=3), clock=clock),
                policy=NO_RETRIES,
                clock=clock,
            ),
        )
        for engine in engines
    ]
    shares = tuple(DeploymentShare(name=engine.name) for engine in engines)
    tiers = (shares,) if shares_all else tuple((share,) for share in shares)
    return RoutedEmbeddings(Route(ModelAlias(name="near", tiers=tiers), targets, clock=clock, deadline_seconds=5.0))


async def test_the_next_one_is_asked_by_its_own_model_name_and_named() -> None:
    first, second = ScriptedEmbeddings(name="first", most_inputs=7), ScriptedEmbeddings(name="second", most_inputs=9)
    clock = ManualClock()
    engine = routed(clock, first, second)
    assert (engine.name, engine.most_inputs, engine.max_concurrency) == ("near", 7, 3)
    assert (await engine.embed(REQUEST)).deployment == "first"
    await first.aclose()
    task = asyncio.create_task(engine.embed(REQUEST))
    await clock.advance(5.0)
    answer = await task
    assert (answer.deployment, answer.model) == ("second", "second-model")
    assert answer.attempts > 1
    await engine.check()
    await engine.aclose()
    with pytest.raises(TextNLPError):
        await engine.check()


async def test_equal_keys_go_to_the_same_one_and_all_get_some() -> None:
    engines = (ScriptedEmbeddings(name="a"), ScriptedEmbeddings(name="b"))
    engine = routed(ManualClock(), *engines, shares_all=True)
    requests = [EmbeddingRequest(model="near", inputs=("tea",), sticky_key=str(key)) for key in range(40)]
    places = [[(await engine.embed(request)).deployment for request in requests] for _ in range(2)]
    assert places[0] == places[1]
    assert set(places[0]) == {"a", "b"}
    assert engine.figures().answered == 80
