"""What pages that are served beside the API need in front of its doorkeeper."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar.middleware import ASGIMiddleware
from litestar.types import BeforeMessageSendHookHandler


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What stands before the doorkeeper.

    Attributes:
        middleware: sees requests first, and may give them credentials.
        before_send: sees every message of every answer, an error's too.
    """

    middleware: Sequence[ASGIMiddleware] = ()
    before_send: Sequence[BeforeMessageSendHookHandler] = ()


NO_FRONT = Front()
"""Callers bring their credentials themselves."""
