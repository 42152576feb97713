"""Vectors of many texts, for threads that wait for them."""

import contextlib
from collections.abc import Generator, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from textnlp.adapters.engines.embedded_embeddings import EmbeddedEmbeddings
from textnlp.adapters.row_operators.loop_thread import LoopThread
from textnlp.application.pull_model import pull_model
from textnlp.bootstrap.engine_wiring import embedding_store
from textnlp.domain.duplicates.text_index import Embed
from textnlp.domain.embedding.model import EmbeddingRequest
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.settings import Settings
from textnlp.topology.models import EMBEDDED_EMBEDDINGS

_CHARACTERS_A_TOKEN = 4


@contextlib.contextmanager
def text_embedder(settings: Settings) -> Generator[Embed]:
    """Return what embeds texts with the model that runs in this process, which is loaded for the first of them.

    Of a text longer than the model reads, the beginning is embedded; what a text gets does not depend on the others.
    """
    model = EMBEDDED_EMBEDDINGS
    engine = EmbeddedEmbeddings(
        partial(pull_model, embedding_store(settings), model=model),
        name=model.name,
        dimensions=model.embedding_dimensions,
        context_tokens=model.context_tokens,
    )
    loop = LoopThread()

    def embed_beginnings(texts: Sequence[str], characters: int) -> list[npt.NDArray[np.float32]]:
        inputs = tuple(text[:characters] for text in texts)
        answer = loop.wait_for(engine.embed(EmbeddingRequest(model=model.name, inputs=inputs)))
        return [np.frombuffer(vector, np.float32) for vector in answer.vectors]

    def embed_some(texts: Sequence[str]) -> list[npt.NDArray[np.float32]]:
        try:
            return embed_beginnings(texts, model.context_tokens * _CHARACTERS_A_TOKEN)
        except TextNLPError as error:
            if error.kind is not ErrorKind.CONTEXT_EXCEEDED:
                raise
        if len(texts) == 1:
            return embed_beginnings(texts, model.context_tokens // 2)
        return [vector for text in texts for vector in embed_some([text])]

    def embed(texts: Sequence[str]) -> npt.ArrayLike:
        most = engine.most_inputs
        parts = [embed_some(texts[first : first + most]) for first in range(0, len(texts), most)]
        return np.stack([vector for part in parts for vector in part])

    try:
        yield embed
    finally:
        loop.close(last=engine.aclose)
