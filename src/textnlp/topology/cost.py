"""Cost: the monthly budget, what is reserved, and when what nobody uses is switched off."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cost:
    """What the estate may cost, and by what means it stays below that.

    Attributes:
        monthly_budget: whole units of `currency`.
        alerts: at what percentage of money spent (`Actual`) or foreseen (`Forecasted`) people are told; five at most.
        contact_emails: who is told.
        reserved_percent: part of the steady machines that is reserved; pools that start from zero are not.
        reserved_years: term of the reservations.
        payment: when a reservation is paid.
        shutdown_from, shutdown_until: times of day in `time_zone` between which non-production is off.
    """

    monthly_budget: int
    currency: str
    alerts: tuple[tuple[str, int], ...]
    contact_emails: tuple[str, ...]
    reserved_percent: int
    reserved_years: int
    payment: str
    shutdown_from: str
    shutdown_until: str
    time_zone: str

    def __post_init__(self) -> None:
        """Refuse what Cost Management refuses."""
        if len(self.alerts) > 5:  # noqa: PLR2004  Cost Management's own limit
            raise ValueError(f"cost: {len(self.alerts)} alerts, a budget takes five at most")
        if not 0 <= self.reserved_percent <= 100:  # noqa: PLR2004  a percentage
            raise ValueError(f"cost: reserved_percent is {self.reserved_percent}, not a percentage")


COST = Cost(
    monthly_budget=50_000,
    currency="USD",
    alerts=(
        ("Actual", 80),
        ("Actual", 100),
        ("Forecasted", 100),
    ),
    contact_emails=("finance@textnlp.com",),
    reserved_percent=70,
    reserved_years=3,
    payment="Upfront",
    shutdown_from="18:00",
    shutdown_until="08:00",
    time_zone="Etc/UTC",
)
