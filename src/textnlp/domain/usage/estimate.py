"""Tokens where nobody has counted them."""

from textnlp.domain.embedding.model import EmbeddingInput, EmbeddingRequest
from textnlp.domain.generation.model import GenerationRequest, Usage

_CHARACTERS_PER_TOKEN = 4
_COMPLETION_TOKENS_ASSUMED = 256

ModelRequest = GenerationRequest | EmbeddingRequest
"""What a model can be asked for."""


def estimate_tokens(characters: int) -> int:
    """Return about how many tokens a text of so many characters has: one for four, rounded up."""
    return -(-characters // _CHARACTERS_PER_TOKEN)


def estimate_usage(request: ModelRequest) -> Usage:
    """Return what a request may use.

    A prompt counts by characters, and a completion as `max_tokens`, or 256 where none is set; texts to be embedded
    count by characters each, and have no completion.
    """
    if isinstance(request, EmbeddingRequest):
        return Usage(prompt_tokens=sum(_input_tokens(each) for each in request.inputs))
    return Usage(
        prompt_tokens=estimate_tokens(sum(len(message.content) for message in request.messages)),
        completion_tokens=request.parameters.max_tokens or _COMPLETION_TOKENS_ASSUMED,
    )


def _input_tokens(given: EmbeddingInput) -> int:
    return len(given) if isinstance(given, tuple) else estimate_tokens(len(given))
