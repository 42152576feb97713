"""The way out to receivers of webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverAnswer:
    """What a receiver answered.

    Attributes:
        response: the beginning of its body.
        retry_after_seconds: how long it asks to wait.
    """

    status_code: int
    response: str = ""
    retry_after_seconds: float | None = None


class WebhookTransport(Protocol):
    """Posts to URLs that strangers named, and reaches nothing but the open internet unless it is allowed to."""

    async def check(self, url: str) -> None:
        """Return when `url` may be posted to.

        Raises `INVALID_INPUT` naming the field `url`: for what its text tells, for a name that is not
        known, and for a name any of whose addresses is not public.
        """
        ...

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> ReceiverAnswer:
        """Post once, without following a redirect, and return the answer whatever its status.

        The same is refused as by `check`, and the connection goes to an address that was checked. Raises
        `UNAVAILABLE` when there is no connection or it breaks off, `TIMEOUT`, and `BAD_RESPONSE` for what is no HTTP.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections; closing twice is harmless."""
        ...
