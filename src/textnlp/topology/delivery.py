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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CanaryGate:
    """What a change must show before it gets a larger share of the traffic.

    Attributes:
        most_error_percent: share of its calls that may fail through no fault of their callers.
        least_calls: with fewer than these nothing is decided.
        window_minutes: how far back calls are looked at.
    """

    most_error_percent: float
    least_calls: int
    window_minutes: int

    def __post_init__(self) -> None:
        """Refuse a gate that nothing, or anything, passes."""
        if not 0 < self.most_error_percent < 100 or self.least_calls <= 0 or self.window_minutes <= 0:  # noqa: PLR2004  percent
            raise ValueError("canary_gate: most_error_percent must lie between 0 and 100, the others above 0")


ENVIRONMENTS = (
    Environment(name="dev", namespace="development", is_production=False, region_count=1, shuts_down=True),
    Environment(name="prod", namespace="production", is_production=True, region_count=2, shuts_down=False),
)

CANARY_PERCENTAGES = (10, 25, 50)
"""Share of the traffic that a change takes, step by step, before it takes all."""

CANARY_GATE = CanaryGate(most_error_percent=1.0, least_calls=50, window_minutes=10)
