"""Tokens where nobody has counted them."""

from textnlp.domain.generation.model import GenerationRequest, Usage

_CHARACTERS_PER_TOKEN = 4
_COMPLETION_TOKENS_ASSUMED = 256


def estimate_tokens(characters: int) -> int:
    """Return about how many tokens a text of so many characters has: one for four, rounded up."""
    return -(-characters // _CHARACTERS_PER_TOKEN)


def estimate_usage(request: GenerationRequest) -> Usage:
    """Return what a request may use: its prompt by characters, and `max_tokens`, or 256 where none is set."""
    return Usage(
        prompt_tokens=estimate_tokens(sum(len(message.content) for message in request.messages)),
        completion_tokens=request.parameters.max_tokens or _COMPLETION_TOKENS_ASSUMED,
    )
