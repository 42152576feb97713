"""Cost: the monthly budget, what is reserved, and when what nobody uses is switched off."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo


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
        time_zone: by its IANA name.
        keep_running_tag: tag of a cluster that says until which day, that one included, it is not switched off.
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
    keep_running_tag: str

    def __post_init__(self) -> None:
        """Refuse what Cost Management refuses."""
        if len(self.alerts) > 5:  # noqa: PLR2004  Cost Management's own limit
            raise ValueError(f"cost: {len(self.alerts)} alerts, a budget takes five at most")
        if not 0 <= self.reserved_percent <= 100:  # noqa: PLR2004  a percentage
            raise ValueError(f"cost: reserved_percent is {self.reserved_percent}, not a percentage")
        if self.shutdown_from == self.shutdown_until:
            raise ValueError(f"cost: off from {self.shutdown_from} until {self.shutdown_until} is never or always")

    @property
    def off_minutes(self) -> int:
        """Minutes of a day that non-production is off."""
        begins, ends = time.fromisoformat(self.shutdown_from), time.fromisoformat(self.shutdown_until)
        return ((ends.hour - begins.hour) * 60 + ends.minute - begins.minute) % _MINUTES_A_DAY

    def is_off(self, moment: datetime) -> bool:
        """Whether non-production is off at a moment, which knows its own time zone."""
        begins, ends = time.fromisoformat(self.shutdown_from), time.fromisoformat(self.shutdown_until)
        local = moment.astimezone(self._zone()).time()
        return begins <= local < ends if begins < ends else local >= begins or local < ends

    def back_at(self, day: date) -> datetime:
        """Return when non-production comes back on a day, in UTC."""
        local = datetime.combine(day, time.fromisoformat(self.shutdown_until), self._zone())
        return local.astimezone(UTC)

    def _zone(self) -> tzinfo:
        from zoneinfo import ZoneInfo  # noqa: PLC0415  reads how Python was built, which no process needs

        return ZoneInfo(self.time_zone)


_MINUTES_A_DAY = 24 * 60


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
    keep_running_tag="keep-running-until",
)
