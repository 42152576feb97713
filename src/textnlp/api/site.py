"""Pages that are served beside the API."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar.middleware import ASGIMiddleware
from litestar.types import BeforeMessageSendHookHandler, ControllerRouterHandler


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Pages, and what they need around them.

    Attributes:
        handlers: of the pages; a grant in their `described` is asked for by the API's own doorkeeper.
        fronts: stand before the doorkeeper.
        before_send: sees every message of every answer, an error's too.
    """

    handlers: Sequence[ControllerRouterHandler] = ()
    fronts: Sequence[ASGIMiddleware] = ()
    before_send: Sequence[BeforeMessageSendHookHandler] = ()


NO_SITE = Site()
"""The API alone."""
