"""What each route can refuse a call with, and what the answer then looks like."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import msgspec

from textnlp.api.oauth_errors import oauth_error_of, oauth_status_of
from textnlp.api.openapi import Description
from textnlp.api.problems import STATUSES, openai_error_of, openai_status_of, problem_of, status_of
from textnlp.api.schemas.oauth import OAuthErrorRead
from textnlp.api.schemas.openai_error import OpenAIErrorRead
from textnlp.api.schemas.problem import Problem
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.idempotency.rules import HEADER, MAX_KEY_CHARACTERS, key_in_use, key_reused
from textnlp.topology.limits import CALL_LIMITS, LIMITS, RATE_LIMIT
from textnlp.topology.scopes import WRITE

_REQUEST_ID = "req_01kx3v9qe8m2t6f0r7w4z1c5ny"
_RATE = next(limit for limit in CALL_LIMITS if limit.name == RATE_LIMIT)

_UNREADABLE = TextNLPError(
    "The body is not JSON: unexpected end of the text.",
    kind=ErrorKind.INVALID_INPUT,
    facts=ErrorFacts(line=3, column=1),
)
_WRONG_FIELD = TextNLPError(
    "Expected `float` <= 2.0.",
    kind=ErrorKind.INVALID_INPUT,
    facts=ErrorFacts(field="parameters.temperature"),
)
_WRONG_KEY = TextNLPError(
    f"{HEADER} has more than {MAX_KEY_CHARACTERS} characters.",
    kind=ErrorKind.INVALID_INPUT,
    facts=ErrorFacts(field=HEADER),
)

_KINDS_OF_GRANTED = (ErrorKind.UNAUTHENTICATED, ErrorKind.FORBIDDEN, ErrorKind.RATE_LIMITED, ErrorKind.UNAVAILABLE)
_KINDS_OF_GENERATING = (
    ErrorKind.NOT_FOUND,
    ErrorKind.CONTEXT_EXCEEDED,
    ErrorKind.CONTENT_FILTERED,
    ErrorKind.LIMIT_REACHED,
    ErrorKind.TIMEOUT,
    ErrorKind.DEPLOYMENT_AWAY,
    ErrorKind.BAD_RESPONSE,
    ErrorKind.SCHEMA_MISMATCH,
)

_ERRORS = MappingProxyType(
    {
        ErrorKind.UNAUTHENTICATED: ("The token expired at 2026-03-01 12:00:00 UTC.", ErrorFacts()),
        ErrorKind.FORBIDDEN: (f"The caller lacks {WRITE}.", ErrorFacts()),
        ErrorKind.NOT_FOUND: ("There is no such thing here.", ErrorFacts(hint="Names are compared exactly.")),
        ErrorKind.GONE: (
            "Version 1 was deleted by ann on 2026-03-02: Names slipped in.",
            ErrorFacts(hint="Its tombstone says what it held; name another version."),
        ),
        ErrorKind.CONFLICT: (
            "batch_01kx3v9qe8m2t6f0r7w4z1c5ny is running.",
            ErrorFacts(hint="Wait until it has ended."),
        ),
        ErrorKind.IDEMPOTENCY_KEY_IN_USE: (key_in_use().message, key_in_use().facts),
        ErrorKind.IDEMPOTENCY_KEY_REUSED: (key_reused().message, key_reused().facts),
        ErrorKind.TOO_LARGE: (
            f"The body is larger than {LIMITS.max_request_body_bytes:,} bytes.",
            ErrorFacts(hint="Send less in one request.", limit_name="max_body_bytes"),
        ),
        ErrorKind.CONTEXT_EXCEEDED: (
            "The conversation is longer than the model's context of 2,048 tokens.",
            ErrorFacts(hint="Shorten the prompt, or ask for fewer tokens."),
        ),
        ErrorKind.CONTENT_FILTERED: ("The provider's content filter stopped the answer.", ErrorFacts()),
        ErrorKind.RATE_LIMITED: (
            f"The limit '{_RATE.name}' of {_RATE.allowed:,} is used up.",
            ErrorFacts(hint="Wait 12 seconds.", limit_name=_RATE.name, retry_after_seconds=11.4),
        ),
        ErrorKind.LIMIT_REACHED: (
            "The call does not fit into the budget budget_01kx3v9qe8m2t6f0r7w4z1c5ny.",
            ErrorFacts(limit_name="budget_01kx3v9qe8m2t6f0r7w4z1c5ny"),
        ),
        ErrorKind.TIMEOUT: (f"There was no answer within {LIMITS.request_timeout_seconds} seconds.", ErrorFacts()),
        ErrorKind.UNAVAILABLE: (
            "The database cannot be reached.",
            ErrorFacts(hint="Try again shortly; textnlp doctor says more."),
        ),
        ErrorKind.DEPLOYMENT_AWAY: (
            "http://127.0.0.1:11434 has not answered for 120 seconds.",
            ErrorFacts(hint="Check that it runs."),
        ),
        ErrorKind.BAD_RESPONSE: ("The model answered with an empty text.", ErrorFacts()),
        ErrorKind.SCHEMA_MISMATCH: ("The answer does not satisfy the schema: 'stars' is missing.", ErrorFacts()),
        ErrorKind.INTERNAL: (
            "Something went wrong inside the platform.",
            ErrorFacts(hint=f"Its log tells what, under {_REQUEST_ID}."),
        ),
    },
)


_Shape = tuple[Callable[[TextNLPError], HTTPStatus], Callable[[TextNLPError], msgspec.Struct]]

_SHAPES: Mapping[type[msgspec.Struct], _Shape] = MappingProxyType(
    {
        Problem: (status_of, partial(problem_of, request_id=_REQUEST_ID)),
        OpenAIErrorRead: (openai_status_of, openai_error_of),
        OAuthErrorRead: (oauth_status_of, oauth_error_of),
    },
)
"""With which status, and as what, an error is answered, by the struct that errors of a route have."""


def error_responses(description: Description, *, has_path_parameters: bool) -> dict[str, dict[str, Any]]:
    """Return, by status, what the route's errors mean and an example of each; `schema` is left to the caller."""
    status_for, shown_for = _SHAPES[OAuthErrorRead if description.error_page is not None else description.error]
    responses: dict[str, dict[str, Any]] = {}
    for error in _errors(_kinds(description, has_path_parameters=has_path_parameters), description):
        status = status_for(error).value
        response = responses.setdefault(str(status), {"titles": [], "examples": {}})
        title = STATUSES[error.kind][1]
        if title not in response["titles"]:
            response["titles"].append(title)
        name = error.kind.value if error.facts.field is None else f"{error.kind.value}_field"
        response["examples"][name] = {"value": msgspec.to_builtins(shown_for(error))}
    return dict(sorted(responses.items()))


def _kinds(description: Description, *, has_path_parameters: bool) -> list[ErrorKind]:
    """List what can go wrong, as far as the description tells."""
    kinds: list[ErrorKind] = [*description.raises, ErrorKind.INTERNAL]
    if _has_fields(description) or description.takes_idempotency_key:
        kinds.append(ErrorKind.INVALID_INPUT)
    if description.body or description.fields:
        kinds.append(ErrorKind.TOO_LARGE)
    if description.grant is not None:
        kinds.extend(_KINDS_OF_GRANTED)
    if description.takes_idempotency_key:
        kinds += [ErrorKind.IDEMPOTENCY_KEY_IN_USE, ErrorKind.IDEMPOTENCY_KEY_REUSED]
    if has_path_parameters:
        kinds.append(ErrorKind.NOT_FOUND)
    if description.is_generating:
        kinds.extend(_KINDS_OF_GENERATING)
    return list(dict.fromkeys(kinds))


def _has_fields(description: Description) -> bool:
    return any((description.body, description.query, description.form, description.fields))


def _errors(kinds: Iterable[ErrorKind], description: Description) -> Iterable[TextNLPError]:
    for kind in kinds:
        if kind is not ErrorKind.INVALID_INPUT:
            message, facts = _ERRORS[kind]
            yield TextNLPError(message, kind=kind, facts=facts)
            continue
        yield _WRONG_FIELD if _has_fields(description) else _WRONG_KEY
        if description.body or description.fields:
            yield _UNREADABLE
