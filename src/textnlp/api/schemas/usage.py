"""Tokens, as responses tell them."""

import msgspec

from textnlp.domain.generation.model import Usage


class UsageRead(msgspec.Struct, kw_only=True):
    """Tokens that an engine counted; cached and reasoning tokens are parts of the first two."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cached_tokens: int
    reasoning_tokens: int


def read_usage(usage: Usage) -> UsageRead:
    """Show usage."""
    return UsageRead(
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        total_tokens=usage.total_tokens,
        cached_tokens=usage.cached_tokens,
        reasoning_tokens=usage.reasoning_tokens,
    )
