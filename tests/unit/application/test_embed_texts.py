import asyncio

import pytest

from textnlp.adapters.engines.scripted_embeddings import ScriptedEmbeddings
from textnlp.application.embed_texts import embed_texts
from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings
from textnlp.domain.errors import ErrorKind, TextNLPError

TEXTS = tuple(f"text {number}" for number in range(25))


class Noting(ScriptedEmbeddings):
    """Notes what it is asked; fails at one text, and keeps the others waiting where that is wanted."""

    def __init__(self, *, fails_at: str = "") -> None:
        super().__init__(most_inputs=10)
        self.requests: list[EmbeddingRequest] = []
        self.cancelled = 0
        self.fails_at = fails_at

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        self.requests.append(request)
        if self.fails_at in request.inputs:
            raise TextNLPError("It went wrong.", kind=ErrorKind.UNAVAILABLE)
        if self.fails_at:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
        return await super().embed(request)


async def test_texts_are_asked_for_in_parts_of_what_a_call_holds_and_stay_in_order() -> None:
    engine = Noting()
    answer = await embed_texts(engine, EmbeddingRequest(model="m", inputs=TEXTS))
    assert [len(request.inputs) for request in engine.requests] == [10, 10, 5]
    alone = await ScriptedEmbeddings().embed(EmbeddingRequest(model="m", inputs=TEXTS))
    assert answer.vectors == alone.vectors
    assert answer.usage == alone.usage


async def test_all_parts_have_one_key_so_that_one_deployment_answers_them() -> None:
    engine = Noting()
    await embed_texts(engine, EmbeddingRequest(model="m", inputs=TEXTS))
    keys = {request.sticky_key for request in engine.requests}
    assert len(keys) == 1
    assert keys != {None}


async def test_one_part_that_fails_ends_the_others() -> None:
    engine = Noting(fails_at="text 13")
    with pytest.raises(TextNLPError, match="It went wrong"):
        await embed_texts(engine, EmbeddingRequest(model="m", inputs=TEXTS))
    assert engine.cancelled == 2
