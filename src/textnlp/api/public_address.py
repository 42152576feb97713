"""Where browsers reach the platform."""

from typing import Any

from litestar import Request

from textnlp.api.dependencies import services_of
from textnlp.domain.errors import invalid_input


def public_address(request: Request[Any, Any, Any]) -> str:
    """Return scheme and authority, without a slash at the end: of the settings, else as the request was addressed.

    Raises `INVALID_INPUT` for a Host header that is no address.
    """
    told = services_of(request.scope).platform.gateway.public_url
    if told is not None:
        return told
    try:
        return str(request.base_url).rstrip("/")
    except ValueError as exc:
        raise invalid_input("The Host header is not the address of anything.") from exc


def is_secure(scope: Any) -> bool:
    """Whether browsers reach the platform over TLS."""
    told = services_of(scope).platform.gateway.public_url
    return scope["scheme"] == "https" if told is None else told.startswith("https://")
