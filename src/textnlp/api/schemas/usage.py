"""Tokens, as responses tell them."""

from typing import Any, ClassVar

import msgspec

from textnlp.domain.generation.model import Usage


class UsageRead(msgspec.Struct, kw_only=True):
    """Tokens that an engine counted; cached and reasoning tokens are parts of the first two."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cached_tokens: int
    reasoning_tokens: int

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "prompt_tokens": 14,
        "completion_tokens": 21,
        "total_tokens": 35,
        "cached_tokens": 0,
        "reasoning_tokens": 0,
    }


def read_usage(usage: Usage) -> UsageRead:
    """Show usage."""
    return UsageRead(
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        total_tokens=usage.total_tokens,
        cached_tokens=usage.cached_tokens,
        reasoning_tokens=usage.reasoning_tokens,
    )
