"""What a platform answered instead of what was asked for, as the error that it stands for."""

from collections.abc import Mapping
from http import HTTPStatus

import httpx
import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_SHOWN_CHARACTERS = 200
_GATEWAY_STATUSES = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_KIND_OF_OPENAI_CODE = {
    "invalid_api_key": ErrorKind.UNAUTHENTICATED,
    "context_length_exceeded": ErrorKind.CONTEXT_EXCEEDED,
    "content_filter": ErrorKind.CONTENT_FILTERED,
    "rate_limit_exceeded": ErrorKind.RATE_LIMITED,
    "model_not_found": ErrorKind.NOT_FOUND,
}


class _Problem(msgspec.Struct):
    """A problem document of RFC 9457, with the members that the platform adds."""

    code: str
    detail: str
    hint: str | None = None
    field: str | None = None
    line: int | None = None
    column: int | None = None
    limit_name: str | None = None
    retry_after_seconds: float | None = None


class _OpenAIError(msgspec.Struct):
    message: str
    code: str
    param: str | None = None


class _OpenAIErrorDocument(msgspec.Struct):
    error: _OpenAIError


class Refusals:
    """Reads the errors of the platform at `server`; `address_hint` says how its user names another one."""

    def __init__(self, server: str, *, address_hint: str) -> None:
        self.server = server
        self._address_hint = address_hint

    def answered(self, body: bytes, *, status: int, headers: Mapping[str, str]) -> TextNLPError:
        """Return the error that a body tells of, or one that says that this is no platform's answer.

        A body is a problem document or OpenAI's error; where it says of no time to wait, the header Retry-After may.
        """
        after = _seconds(headers.get("retry-after", ""))
        return (
            _from_problem(body, status=status, after=after)
            or _from_openai(body, status=status, after=after)
            or self._foreign(body, status=status, after=after)
        )

    def in_stream(self, data: bytes) -> TextNLPError:
        """Return the error that an event of a stream tells of."""
        try:
            problem = bytes(msgspec.json.decode(data, type=dict[str, msgspec.Raw])["error"])
        except (msgspec.DecodeError, KeyError):
            problem = data
        status = int(HTTPStatus.OK)
        return _from_problem(problem, status=status) or self.answered(data, status=status, headers={})

    def unreachable(self, exc: httpx.HTTPError) -> TextNLPError:
        """Return the error for a platform that cannot be reached, or whose connection broke."""
        if isinstance(exc, httpx.ConnectError | httpx.ConnectTimeout):
            message = f"Nothing answers at {self.server}."
            hint = f"Start the platform with `textnlp up`, or name another one: {self._address_hint}."
        elif isinstance(exc, httpx.TimeoutException):
            message, hint = f"{self.server} did not answer in time.", "Try again, or look into its log."
        else:
            told = str(exc) or type(exc).__name__
            message, hint = f"The connection to {self.server} broke: {told}.", "Try again."
        return TextNLPError(message, kind=ErrorKind.UNAVAILABLE, facts=ErrorFacts(hint=hint))

    def cut_off(self) -> TextNLPError:
        """Return the error for a stream that stopped before its end."""
        return TextNLPError("The answer stopped before its end.", kind=ErrorKind.BAD_RESPONSE)

    def too_large(self, what: str, *, limit_bytes: int) -> TextNLPError:
        """Return the error for an answer that is larger than any of a platform."""
        message = f"{self.server} sent {what} of more than {limit_bytes:,} bytes."
        return TextNLPError(message, kind=ErrorKind.BAD_RESPONSE)

    def _foreign(self, body: bytes, *, status: int, after: float | None) -> TextNLPError:
        kind = ErrorKind.UNAVAILABLE if status in _GATEWAY_STATUSES else ErrorKind.BAD_RESPONSE
        shown = " ".join(body[: 8 * _SHOWN_CHARACTERS].decode("utf-8", "replace").split())[:_SHOWN_CHARACTERS]
        hint = f"Is a TextNLP platform at {self.server}? Name another one: {self._address_hint}."
        return TextNLPError(
            f"{self.server} answered {status}{': ' + shown if shown else ''}",
            kind=kind,
            facts=ErrorFacts(hint=hint, status_code=status, retry_after_seconds=after),
        )


def _from_problem(body: bytes, *, status: int, after: float | None = None) -> TextNLPError | None:
    try:
        problem = msgspec.json.decode(body, type=_Problem)
        kind = ErrorKind(problem.code)
    except ValueError:
        return None
    facts = ErrorFacts(
        hint=problem.hint,
        field=problem.field,
        line=problem.line,
        column=problem.column,
        limit_name=problem.limit_name,
        retry_after_seconds=after if problem.retry_after_seconds is None else problem.retry_after_seconds,
        status_code=status,
    )
    return TextNLPError(problem.detail, kind=kind, facts=facts)


def _from_openai(body: bytes, *, status: int, after: float | None) -> TextNLPError | None:
    try:
        error = msgspec.json.decode(body, type=_OpenAIErrorDocument).error
        kind = _KIND_OF_OPENAI_CODE.get(error.code) or ErrorKind(error.code)
    except ValueError:
        return None
    facts = ErrorFacts(field=error.param, status_code=status, retry_after_seconds=after)
    return TextNLPError(error.message, kind=kind, facts=facts)


def _seconds(header: str) -> float | None:
    """Return what Retry-After says in seconds; its other form, a date, is left unread."""
    return float(header) if header.isascii() and header.isdigit() else None
