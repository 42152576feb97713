"""Turn any number of texts into vectors."""

import asyncio
import dataclasses
import secrets

from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings
from textnlp.domain.embedding.rules import divided, joined
from textnlp.ports.embedding_engine import EmbeddingEngine

_KEY_BYTES = 8


async def embed_texts(engine: EmbeddingEngine, request: EmbeddingRequest) -> Embeddings:
    """Return one vector an input, asked for in as many calls at once as the engine needs.

    Where the model is an alias, all parts ask the same deployment first, because only vectors of one model can be
    compared. Raises what the first failing part raised, and cancels the others; `BAD_RESPONSE` where different models
    answered.
    """
    parts = divided(request, most_inputs=engine.most_inputs)
    if len(parts) == 1:
        return await engine.embed(request)
    key = request.sticky_key or secrets.token_hex(_KEY_BYTES)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(engine.embed(dataclasses.replace(part, sticky_key=key)), name="embed part")
                for part in parts
            ]
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    return joined([task.result() for task in tasks])
