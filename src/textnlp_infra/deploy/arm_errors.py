"""Errors of Azure Resource Manager, and of the way there, as the platform's own."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp_infra.deploy.subscription import Fault, RefusedError

if TYPE_CHECKING:
    from azure.mgmt.resource.deployments.models import ErrorResponse

_DEEPEST = 8


@contextmanager
def told(what: str, *, missing_is_fine: bool = False) -> Generator[None]:
    """Turn the libraries' errors into the platform's; `what` says what was refused."""
    from azure.core.exceptions import AzureError, HttpResponseError  # noqa: PLC0415  an extra

    try:
        yield
    except HttpResponseError as exc:
        if missing_is_fine and exc.status_code == 404:  # noqa: PLR2004  not found
            return
        raise RefusedError(what, _fault_of(exc)) from exc
    except AzureError as exc:
        raise TextNLPError(
            f"Azure Resource Manager cannot be reached: {type(exc).__name__}.",
            kind=ErrorKind.UNAVAILABLE,
            facts=ErrorFacts(hint="Check the network's way out, and run the command again."),
        ) from exc


def _fault_of(exc: Any) -> Fault:
    error = exc.error
    if error is None:
        return Fault(code=str(exc.status_code), message=str(exc.reason or "no reason was given"))
    return fault_in(error)


def fault_in(error: "ErrorResponse | Any", depth: int = 0) -> Fault:
    """Read an error; Azure puts errors of nested deployments as JSON into messages."""
    details: list[Any] = list(error.details or ()) if depth < _DEEPEST else []
    message = str(error.message or "")
    inner = _inner(message) if depth < _DEEPEST else None
    if inner is not None:
        return fault_in(inner, depth + 1)
    return Fault(
        code=str(error.code),
        message=message,
        target=error.target or None,
        details=tuple(fault_in(detail, depth + 1) for detail in details),
    )


def _inner(message: str) -> "ErrorResponse | None":
    from azure.mgmt.resource.deployments.models import ErrorResponse  # noqa: PLC0415  an extra

    try:
        document = json.loads(message)
        return ErrorResponse(document["error"])
    except (ValueError, TypeError, KeyError):
        return None
