"""What an endpoint's refusals mean: HTTP status and body to an error by kind."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

import msgspec

from textnlp.adapters.engines.openai_compatible.content_filter import verdicts_of_refusal
from textnlp.domain.admission.retry_after import retry_after_seconds
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.filter_verdict import FilterVerdict, told_stopped

_SHOWN_CHARACTERS = 400
_CONTEXT_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error", "string_above_max_length"})
_CONTEXT_WORDS = re.compile(
    r"maximum context length|context (?:length|window|size)|maximum model length", re.IGNORECASE
)
_FILTER_CODES = frozenset({"content_filter", "content_policy_violation", "responsibleaipolicyviolation"})
_QUOTA_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_ENQUEUED_CODES = frozenset({"token_limit_exceeded"})

ENQUEUED_TOKENS = "enqueued_tokens"
"""The limit's name where a provider lets no more tokens wait in batches."""

_KIND_BY_STATUS: Mapping[int, ErrorKind] = {
    HTTPStatus.UNAUTHORIZED: ErrorKind.UNAUTHENTICATED,
    HTTPStatus.PAYMENT_REQUIRED: ErrorKind.FORBIDDEN,
    HTTPStatus.FORBIDDEN: ErrorKind.FORBIDDEN,
    HTTPStatus.NOT_FOUND: ErrorKind.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: ErrorKind.NOT_FOUND,
    HTTPStatus.REQUEST_TIMEOUT: ErrorKind.TIMEOUT,
    HTTPStatus.CONFLICT: ErrorKind.UNAVAILABLE,
    HTTPStatus.GONE: ErrorKind.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ErrorKind.TOO_LARGE,
    HTTPStatus.FAILED_DEPENDENCY: ErrorKind.UNAVAILABLE,
    HTTPStatus.TOO_EARLY: ErrorKind.UNAVAILABLE,
    HTTPStatus.TOO_MANY_REQUESTS: ErrorKind.RATE_LIMITED,
}

_HINTS: Mapping[ErrorKind, str] = {
    ErrorKind.UNAUTHENTICATED: "Check the key: name the environment variable that holds it with --api-key-env.",
    ErrorKind.FORBIDDEN: "Check what the key may do, and the account's credit.",
    ErrorKind.NOT_FOUND: "Check the model's name and the base URL.",
    ErrorKind.CONTEXT_EXCEEDED: "Shorten the prompt, lower max_tokens, or use a model with a longer context.",
}


@dataclass(frozen=True, slots=True)
class _Said:
    """What the body of a refusal says, as far as it could be read."""

    message: str
    codes: frozenset[str] = frozenset()
    field: str | None = None
    verdicts: tuple[FilterVerdict, ...] = ()


def error_from_response(
    status: int,
    *,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    origin: str = "The endpoint",
) -> TextNLPError:
    """Make the error for a response that is no completion; `headers` must find names in any case."""
    said = _read_body(body)
    kind = _kind_of(status, said)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        target = _shortened(headers.get("Location", "nowhere"))
        message = f"{origin} answered {status}: it redirects to {target}."
        hint: str | None = "Redirects are not followed, so that no key leaves for another host: give that base URL."
    else:
        message = f"{origin} answered {status}: {said.message or _phrase(status)}{_stopped(said)}"
        hint = _HINTS.get(kind)
    facts = ErrorFacts(
        hint=hint,
        field=said.field,
        retry_after_seconds=retry_after_seconds(headers, now=now),
        limit_name=ENQUEUED_TOKENS if said.codes & _ENQUEUED_CODES else None,
        status_code=status,
        verdicts=said.verdicts,
    )
    return TextNLPError(message, kind=kind, facts=facts)


def error_from_event(error: object, *, origin: str = "The endpoint") -> TextNLPError:
    """Make the error for an error object that came inside an answer with status 200."""
    said = _said(error)
    code = cast("dict[str, Any]", error).get("code") if isinstance(error, dict) else None
    status = code if isinstance(code, int) and code >= HTTPStatus.BAD_REQUEST else HTTPStatus.INTERNAL_SERVER_ERROR
    kind = _kind_of(status, said)
    return TextNLPError(
        f"{origin} broke off: {said.message or _phrase(status)}{_stopped(said)}",
        kind=kind,
        facts=ErrorFacts(hint=_HINTS.get(kind), field=said.field, status_code=int(status), verdicts=said.verdicts),
    )


def _kind_of(status: int, said: _Said) -> ErrorKind:
    if said.codes & _QUOTA_CODES:
        return ErrorKind.FORBIDDEN
    if said.codes & _ENQUEUED_CODES:
        return ErrorKind.RATE_LIMITED
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        if said.codes & _FILTER_CODES:
            return ErrorKind.CONTENT_FILTERED
        is_about_input = status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
        if said.codes & _CONTEXT_CODES or (is_about_input and _CONTEXT_WORDS.search(said.message)):
            return ErrorKind.CONTEXT_EXCEEDED
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ErrorKind.UNAVAILABLE
    return _KIND_BY_STATUS.get(status, ErrorKind.INVALID_INPUT)


def _read_body(body: bytes) -> _Said:
    try:
        content: object = msgspec.json.decode(body)
    except msgspec.MsgspecError:
        return _Said(_shortened(body[: 4 * _SHOWN_CHARACTERS].decode("utf-8", "replace")))
    if isinstance(content, dict):
        fields = cast("dict[str, Any]", content)
        return _said(fields.get("error") or fields)
    return _said(content)


def _said(error: object) -> _Said:
    if not isinstance(error, dict):
        return _Said(_shortened(error if isinstance(error, str) else ""))
    fields = cast("dict[str, Any]", error)
    inner = fields.get("innererror")
    inner_code = cast("dict[str, Any]", inner).get("code") if isinstance(inner, dict) else None
    found = (fields.get("code"), fields.get("type"), inner_code)
    message = fields.get("message") or fields.get("detail") or ""
    shown = message if isinstance(message, str) else msgspec.json.encode(message).decode()
    param = fields.get("param")
    return _Said(
        _shortened(shown),
        codes=frozenset(code.lower() for code in found if isinstance(code, str)),
        field=param if isinstance(param, str) else None,
        verdicts=verdicts_of_refusal(fields),
    )


def _stopped(said: _Said) -> str:
    stopped = told_stopped(said.verdicts)
    return f" Stopped for {_shortened(stopped)}." if stopped else ""


def _shortened(text: str) -> str:
    """Put a text of foreign origin on one line of bounded length, without control characters."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= _SHOWN_CHARACTERS else line[:_SHOWN_CHARACTERS] + "…"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no reason given"
