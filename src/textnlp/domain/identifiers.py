"""Identifiers: a prefix that says what a thing is, then 26 characters that sort by the time of creation."""

import secrets
from datetime import datetime
from typing import NewType

BatchId = NewType("BatchId", str)
ClaimId = NewType("ClaimId", str)
ClientId = NewType("ClientId", str)
BudgetId = NewType("BudgetId", str)
ChatCompletionId = NewType("ChatCompletionId", str)
GenerationId = NewType("GenerationId", str)
MessageId = NewType("MessageId", str)
RequestId = NewType("RequestId", str)
UsageId = NewType("UsageId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_CHARACTERS = 10
_RANDOM_CHARACTERS = 16


def new_batch_id(now: datetime) -> BatchId:
    """Make an id of the form `batch_<26 characters>` for a batch created at `now`."""
    return BatchId(_new_identifier("batch", now))


def new_claim_id(now: datetime) -> ClaimId:
    """Make an id of the form `claim_<26 characters>` for a call that claims an idempotency key at `now`."""
    return ClaimId(_new_identifier("claim", now))


def new_client_id(now: datetime) -> ClientId:
    """Make an id of the form `client_<26 characters>` for a client of the API registered at `now`."""
    return ClientId(_new_identifier("client", now))


def new_budget_id(now: datetime) -> BudgetId:
    """Make an id of the form `budget_<26 characters>` for a budget set first at `now`."""
    return BudgetId(_new_identifier("budget", now))


def new_chat_completion_id(now: datetime) -> ChatCompletionId:
    """Make an id of the form `chatcmpl-<26 characters>`, as OpenAI's clients know it."""
    return ChatCompletionId(f"chatcmpl-{_sortable(now)}")


def new_generation_id(now: datetime) -> GenerationId:
    """Make an id of the form `gen_<26 characters>` for a generation asked for at `now`."""
    return GenerationId(_new_identifier("gen", now))


def new_request_id(now: datetime) -> RequestId:
    """Make an id of the form `req_<26 characters>` for an HTTP request that brought none."""
    return RequestId(_new_identifier("req", now))


def new_usage_id(now: datetime) -> UsageId:
    """Make an id of the form `use_<26 characters>` for a call to a model that is charged from `now` on."""
    return UsageId(_new_identifier("use", now))


def _new_identifier(prefix: str, now: datetime) -> str:
    return f"{prefix}_{_sortable(now)}"


def _sortable(now: datetime) -> str:
    """Join milliseconds and 80 random bits in Crockford's base 32, as ULID does (github.com/ulid/spec)."""
    milliseconds = int(now.timestamp() * 1000)
    return _base32(milliseconds, _TIME_CHARACTERS) + _base32(secrets.randbits(80), _RANDOM_CHARACTERS)


def _base32(number: int, width: int) -> str:
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(width)))
