"""What route handlers stand on, and where they find it."""

from dataclasses import dataclass
from typing import Any

from textnlp.application.batch_intake import BatchIntake
from textnlp.application.batch_ports import BatchPorts
from textnlp.bootstrap.platform import Platform
from textnlp.topology.limits import Limits

_STATE_KEY = "services"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of the platform that requests use.

    Attributes:
        intake: reads uploaded files in the background.
        limits: sizes and times that requests keep to.
    """

    platform: Platform
    intake: BatchIntake
    limits: Limits

    @property
    def batch_ports(self) -> BatchPorts:
        """The ports of the use cases around batches."""
        return self.platform.batch_ports


def services_state(services: Services) -> dict[str, Any]:
    """Return the application state that `services_of` reads."""
    return {_STATE_KEY: services}


def services_of(scope: Any) -> Services:
    """Return the services of the application that handles `scope`."""
    return scope["litestar_app"].state[_STATE_KEY]
