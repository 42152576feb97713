"""What holds for requests for embeddings, and how they are divided."""

import dataclasses
from collections.abc import Sequence
from functools import reduce

from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.generation.model import Usage


def require_text(request: EmbeddingRequest, *, model: str) -> None:
    """Raise `INVALID_INPUT` for inputs given as tokens, which mean something to the model they were made for only."""
    if request.has_tokens:
        raise invalid_input(f"{model} takes texts: tokens of another vocabulary say nothing to it.", field="input")


def require_dimensions(request: EmbeddingRequest, *, model: str, dimensions: int) -> None:
    """Raise `INVALID_INPUT` for vectors of another length than the model's own."""
    if request.dimensions not in {None, dimensions}:
        message = f"The vectors of {model} have {dimensions} dimensions, and cannot be shortened without losing sense."
        raise invalid_input(message, field="dimensions")


def require_vectors(answer: Embeddings, request: EmbeddingRequest) -> None:
    """Raise `BAD_RESPONSE` unless there is one vector an input, all of one length, of the one asked for."""
    lengths = {len(vector) for vector in answer.vectors}
    if len(answer.vectors) != len(request.inputs):
        what = f"{len(answer.vectors)} vectors for {len(request.inputs)} inputs"
    elif len(lengths) != 1 or 0 in lengths:
        what = "vectors of different lengths" if lengths - {0} else "empty vectors"
    elif request.dimensions not in {None, *lengths}:
        what = f"vectors of {lengths.pop()} dimensions where {request.dimensions} were asked for"
    else:
        return
    raise TextNLPError(f"The model answered with {what}.", kind=ErrorKind.BAD_RESPONSE)


def divided(request: EmbeddingRequest, *, most_inputs: int) -> list[EmbeddingRequest]:
    """Return the request in parts of at most so many inputs each, in order."""
    inputs = request.inputs
    if len(inputs) <= most_inputs:
        return [request]
    return [
        dataclasses.replace(request, inputs=inputs[begin : begin + most_inputs])
        for begin in range(0, len(inputs), most_inputs)
    ]


def joined(answers: Sequence[Embeddings]) -> Embeddings:
    """Put the answers to the parts of a request together; usage and attempts are summed up.

    Raises `BAD_RESPONSE` where they come from different models, since their vectors cannot be compared.
    """
    if len(answers) == 1:
        return answers[0]
    models = sorted({answer.model for answer in answers})
    if len(models) > 1:
        message = f"The parts of the request were answered by different models, {' and '.join(models)}."
        raise TextNLPError(message, kind=ErrorKind.BAD_RESPONSE)
    return dataclasses.replace(
        answers[0],
        vectors=tuple(vector for answer in answers for vector in answer.vectors),
        usage=reduce(Usage.plus, (answer.usage for answer in answers)),
        attempts=sum(answer.attempts for answer in answers),
    )
