"""How well and how fast does the embedding model of the platform tell texts apart?

    python benchmarks/embeddings.py [--texts 512]

Prints for pairs of paraphrases how often a sentence is nearest to its own, and by how much; then texts and tokens a
second for sentences of about 25 tokens.
"""

import argparse
import asyncio
import time

from textnlp.adapters.telemetry.null import NullMeter
from textnlp.bootstrap.deployment_gates import DeploymentGates
from textnlp.bootstrap.engine_wiring import EngineWiring, declared_models
from textnlp.domain.embedding.model import EmbeddingRequest
from textnlp.settings import read_settings
from textnlp.topology.models import EMBEDDED_EMBEDDINGS

PAIRS = [
    ("A man is eating a meal.", "Someone is having food."),
    ("The kettle boils water quickly.", "Water heats up fast in this kettle."),
    ("How do I reset my password?", "I forgot my login secret and need a new one."),
    ("The invoice was paid late.", "Payment of the bill was overdue."),
    ("Doctors recommend daily exercise.", "Physicians advise working out every day."),
    ("The company fired its chief executive.", "The firm dismissed its CEO."),
    ("It rained all night in the city.", "There was constant rain overnight in town."),
    ("She adopted a small puppy.", "She took home a little dog."),
    ("The train was delayed by an hour.", "The railway service arrived sixty minutes behind schedule."),
    ("Prices rose sharply last month.", "Costs increased a lot in the past month."),
    ("The phone's battery dies too soon.", "This mobile runs out of charge quickly."),
    ("He solved the equation easily.", "The maths problem was simple for him."),
]
MODEL = EMBEDDED_EMBEDDINGS.name


async def measure(texts: int) -> None:
    settings = read_settings()
    gates = DeploymentGates(settings, meter=NullMeter())
    wiring = EngineWiring(settings=settings, catalog=declared_models(settings), gates=gates)
    engine = wiring.embeddings.find(MODEL)

    async def vectors(sentences: list[str]) -> list[list[float]]:
        answer = await engine.embed(EmbeddingRequest(model=MODEL, inputs=tuple(sentences), timeout_seconds=600))
        return [list(vector) for vector in answer.vectors]

    await engine.check()
    firsts, others = await vectors([one for one, _ in PAIRS]), await vectors([other for _, other in PAIRS])
    margins: list[float] = []
    for place, first in enumerate(firsts):
        near = [sum(a * b for a, b in zip(first, other, strict=True)) for other in others]
        margins.append(near[place] - max(value for index, value in enumerate(near) if index != place))
    right = sum(margin > 0 for margin in margins)
    print(f"{MODEL}: {right} of {len(PAIRS)} nearest to the paraphrase, mean margin {sum(margins) / len(margins):.3f}")
    sentences = [
        f"The kettle boils water quickly and is number {n} of the many that we have tried in this test."
        for n in range(texts)
    ]
    began_at = time.perf_counter()
    tokens = 0
    for begin in range(0, texts, engine.most_inputs):
        part = tuple(sentences[begin : begin + engine.most_inputs])
        answer = await engine.embed(EmbeddingRequest(model=MODEL, inputs=part, timeout_seconds=600))
        tokens += answer.usage.prompt_tokens
    seconds = time.perf_counter() - began_at
    print(f"{texts / seconds:.0f} texts a second, {tokens / seconds:.0f} tokens a second")
    await wiring.embeddings.aclose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=512)
    asyncio.run(measure(parser.parse_args().texts))
