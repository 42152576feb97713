# Made from the OpenAPI document. To renew: make reference
"""Models that several resources have."""

import msgspec

from textnlp.client.open_enum import OpenEnum


class FinishReason(OpenEnum):
    """Why the model stopped; only `STOP` and `TOOL_CALLS` are whole answers."""

    CONTENT_FILTER = "content_filter"
    LENGTH = "length"
    STOP = "stop"
    TOOL_CALLS = "tool_calls"


class UsageRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Tokens that an engine counted; cached and reasoning tokens are parts of the first two."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cached_tokens: int
    reasoning_tokens: int
