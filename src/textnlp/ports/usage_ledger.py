"""The ledger of usage and money: what calls may use, what they used, and the budgets over both."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.identifiers import BudgetId
from textnlp.domain.usage.budget import Budget, BudgetStanding
from textnlp.domain.usage.entry import Reservation, UsageEntry
from textnlp.domain.usage.rules import Refusal
from textnlp.domain.usage.totals import Grouping, UsageTotal


class UsageLedger(Protocol):
    """Counts each call once towards every budget that it belongs to.

    A call counts in the period in which it was reserved, whenever it is settled. Whatever comes at once from however
    many processes, what is spent and reserved of a budget goes beyond its limit only by what calls used above their
    own reservations. Every method either changed everything or nothing, and repeating it changes nothing more; a
    ledger that cannot be reached raises `UNAVAILABLE`.
    """

    async def reserve(self, reservations: Sequence[Reservation]) -> list[Refusal]:
        """Set aside what calls may use, one after the other; return those that do not fit a budget.

        A refused reservation leaves nothing behind. One whose id is there already, settled or not, is let be.
        """
        ...

    async def settle(self, entries: Sequence[UsageEntry]) -> None:
        """Store what calls used in the place of what was set aside for them, be it alone or as part of a block.

        A call that is settled stays as it is. One whose reservation expired, or was never made, counts all the same.
        """
        ...

    async def release(self, reservations: Sequence[Reservation]) -> None:
        """Take back reservations of calls that were never made, and what is left of blocks.

        Those that are settled or gone are let be.
        """
        ...

    async def expire(self, now: datetime) -> int:
        """Take back all reservations whose time has passed, and return how many there were."""
        ...

    async def set_budget(self, budget: Budget, *, now: datetime) -> None:
        """Add a budget, or put it in the place of the one with its id.

        What the period that `now` is in has seen already counts towards it; a budget may so be exceeded when it is set.
        """
        ...

    async def budgets(self, tenant: str) -> list[Budget]:
        """List a tenant's budgets by id."""
        ...

    async def tenants_with_budgets(self) -> list[str]:
        """List the tenants that have a budget, sorted."""
        ...

    async def delete_budget(self, budget_id: BudgetId) -> None:
        """Remove a budget; raise `NOT_FOUND` where there is none."""
        ...

    async def standing(self, tenant: str, *, now: datetime) -> list[BudgetStanding]:
        """Return how each of a tenant's budgets stands in the period that `now` is in, by id."""
        ...

    async def totals(
        self,
        tenant: str,
        *,
        group_by: Grouping,
        since: datetime,
        until: datetime,
    ) -> list[UsageTotal]:
        """Add up the settled calls that were reserved from `since` to just before `until`, sorted by key.

        Calls outside batches come first where batches are asked for.
        """
        ...

    async def roll_up(self, until: datetime) -> list[UsageTotal]:
        """Add settled calls from before `until` to the hours they belong to; return what was added, by model.

        Totals stay what they are and get cheaper. A call that is settled later is added by a later roll-up.
        """
        ...
