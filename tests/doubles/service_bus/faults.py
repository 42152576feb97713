"""What the double can be told to do wrong, each a number of times, and how it refuses."""

from collections.abc import Callable
from dataclasses import dataclass, field

SERVER_BUSY = "com.microsoft:server-busy"
DETACH_FORCED = "amqp:link:detach-forced"
UNAUTHORIZED = "amqp:unauthorized-access"


class Refusal(Exception):  # noqa: N818  it is an answer, not a defect
    """Raised for a request that the broker refuses, with the AMQP condition and the status of a management answer."""

    def __init__(self, condition: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.condition = condition
        self.description = description
        self.status = 404 if condition == "amqp:not-found" else status


def _accept_any(_token: str) -> bool:
    return True


@dataclass(slots=True)
class Faults:
    """Faults that are still to happen.

    Attributes:
        busy_sends, busy_requests: transfers and management requests answered with server-busy.
        detach_on_send, detach_on_settle: links detached by force when a transfer or a settlement comes, before it
            has an effect.
        detach_on_receive: receiving links detached by force when they ask for messages.
        lost_settlements: settlements confirmed and then not done, so that the message is delivered once more.
        refused_links: links to messages refused with server-busy when they are opened.
        settle_delay_seconds: how long every answer to a settlement takes.
        accepts_token: tells whether a token is accepted.
    """

    busy_sends: int = 0
    busy_requests: int = 0
    detach_on_send: int = 0
    detach_on_settle: int = 0
    detach_on_receive: int = 0
    lost_settlements: int = 0
    refused_links: int = 0
    settle_delay_seconds: float = 0.0
    accepts_token: Callable[[str], bool] = field(default=_accept_any)

    def take(self, name: str) -> bool:
        """Whether the fault of this name happens now; counts it."""
        left = getattr(self, name)
        if left <= 0:
            return False
        setattr(self, name, left - 1)
        return True


def busy() -> Refusal:
    """Build the refusal of a server that has too much to do."""
    return Refusal(
        SERVER_BUSY, "The service was unable to process the request; please retry the operation.", status=503
    )
