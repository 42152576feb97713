"""Delivery: the environments, and the steps in which production takes a change."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Environment:
    """A whole platform of its own.

    Attributes:
        namespace: where its processes are in the cluster.
        region_count: how many of the declared regions it is built in, in their order.
        shuts_down: it is off during the declared hours.
    """

    name: str
    namespace: str
    is_production: bool
    region_count: int
    shuts_down: bool

    def __post_init__(self) -> None:
        """Refuse to switch production off."""
        if self.is_production and self.shuts_down:
            raise ValueError(f"environment '{self.name}': is production and must not shut down")


ENVIRONMENTS = (
    Environment(name="dev", namespace="development", is_production=False, region_count=1, shuts_down=True),
    Environment(name="prod", namespace="production", is_production=True, region_count=2, shuts_down=False),
)

CANARY_PERCENTAGES = (10, 25, 50)
"""Share of the traffic that a change takes, step by step, before it takes all."""
