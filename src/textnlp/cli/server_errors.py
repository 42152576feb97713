"""What a platform answered instead of what was asked for, as the error that it stands for."""

from http import HTTPStatus

import aiohttp
import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_SHOWN_CHARACTERS = 200
_GATEWAY_STATUSES = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})


class _Problem(msgspec.Struct):
    code: str
    detail: str
    hint: str | None = None
    field: str | None = None
    line: int | None = None
    column: int | None = None
    limit_name: str | None = None
    retry_after_seconds: float | None = None


def error_in(body: bytes, *, status: int, server: str) -> TextNLPError:
    """Return the error that a problem document tells of, or one that says that this is no platform's answer."""
    try:
        problem = msgspec.json.decode(body, type=_Problem)
        kind = ErrorKind(problem.code)
    except (msgspec.DecodeError, ValueError):
        return _foreign_answer(body, status=status, server=server)
    facts = ErrorFacts(
        hint=problem.hint,
        field=problem.field,
        line=problem.line,
        column=problem.column,
        limit_name=problem.limit_name,
        retry_after_seconds=problem.retry_after_seconds,
        status_code=status,
    )
    return TextNLPError(problem.detail, kind=kind, facts=facts)


def unreachable(exc: Exception, *, server: str) -> TextNLPError:
    """Return the error for a platform that cannot be reached, or whose connection broke."""
    if isinstance(exc, aiohttp.ClientConnectorError):
        message = f"Nothing answers at {server}."
        hint = "Start the platform with `textnlp up`, or name another one: --server URL, or TEXTNLP_SERVER."
    elif isinstance(exc, TimeoutError):
        message, hint = f"{server} did not answer in time.", "Try again, or look into its log."
    else:
        message, hint = f"The connection to {server} broke: {exc or type(exc).__name__}.", "Try again."
    return TextNLPError(message, kind=ErrorKind.UNAVAILABLE, facts=ErrorFacts(hint=hint))


def _foreign_answer(body: bytes, *, status: int, server: str) -> TextNLPError:
    kind = ErrorKind.UNAVAILABLE if status in _GATEWAY_STATUSES else ErrorKind.BAD_RESPONSE
    shown = " ".join(body.decode("utf-8", "replace").split())[:_SHOWN_CHARACTERS]
    return TextNLPError(
        f"{server} answered {status}{': ' + shown if shown else ''}",
        kind=kind,
        facts=ErrorFacts(
            hint=f"Is a TextNLP platform at {server}? Name another with --server URL.", status_code=status
        ),
    )
