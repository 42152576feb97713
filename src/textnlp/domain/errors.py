"""The one error of the platform, and the closed set of what can go wrong."""

from dataclasses import dataclass
from enum import StrEnum

from textnlp.domain.filter_verdict import FilterVerdict


class ErrorKind(StrEnum):
    """What happened, in the terms in which a caller decides what to do next.

    The value is the stable `code` that problem documents, `errors.jsonl` and exit messages carry.
    """

    INVALID_INPUT = "invalid_input"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    GONE = "gone"
    CONFLICT = "conflict"
    IDEMPOTENCY_KEY_IN_USE = "idempotency_key_in_use"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    TOO_LARGE = "too_large"
    CONTEXT_EXCEEDED = "context_exceeded"
    RATE_LIMITED = "rate_limited"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    CONTENT_FILTERED = "content_filtered"
    TRUNCATED = "truncated"
    SCHEMA_MISMATCH = "schema_mismatch"
    BAD_RESPONSE = "bad_response"
    DEPLOYMENT_AWAY = "deployment_away"
    DEAD_LETTERED = "dead_lettered"
    LIMIT_REACHED = "limit_reached"
    CANCELLED = "cancelled"
    INTERNAL = "internal"


RETRYABLE_KINDS = frozenset(
    {ErrorKind.RATE_LIMITED, ErrorKind.TIMEOUT, ErrorKind.UNAVAILABLE, ErrorKind.BAD_RESPONSE},
)
"""Kinds after which the same request may well succeed a moment later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorFacts:
    """The facts an error carries beside its sentence; each is None where it does not apply.

    Attributes:
        hint: What the reader can do next, as a sentence.
        field: The field of the input that is wrong, as a dotted path.
        line: 1-based line of the input.
        column: 1-based column of the input.
        retry_after_seconds: How long the other side asks to wait.
        limit_name: The limit that refused the call.
        status_code: The HTTP status that the other side answered.
        attempts: How many calls were made before the error was let stand.
        verdicts: What the provider's content filter found.
    """

    hint: str | None = None
    field: str | None = None
    line: int | None = None
    column: int | None = None
    retry_after_seconds: float | None = None
    limit_name: str | None = None
    status_code: int | None = None
    attempts: int = 1
    verdicts: tuple[FilterVerdict, ...] = ()


class TextNLPError(Exception):
    """Raised for everything that the platform knows can go wrong; `kind` says what, `facts` say where."""

    def __init__(self, message: str, *, kind: ErrorKind, facts: ErrorFacts | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.facts = facts or ErrorFacts()

    @property
    def is_retryable(self) -> bool:
        """Whether the same request may succeed a moment later."""
        return self.kind in RETRYABLE_KINDS

    @property
    def full_text(self) -> str:
        """The sentence and, where there is one, what to do next."""
        return f"{self.message} {self.facts.hint}" if self.facts.hint else self.message


def invalid_input(message: str, *, field: str | None = None, line: int | None = None) -> TextNLPError:
    """Build the error for input that its author has to correct."""
    return TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=field, line=line))


def not_found(message: str) -> TextNLPError:
    """Build the error for a thing that does not exist."""
    return TextNLPError(message, kind=ErrorKind.NOT_FOUND)
