"""What is to be reserved: the declared part of the machines that run whatever the load is."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from textnlp.topology.cost import Cost
from textnlp.topology.node_pools import NodePool
from textnlp_infra.environments import Environment

MACHINES = "VirtualMachines"
"""What Azure calls reservations of machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Machines of one size in one region that are paid for years.

    Attributes:
        steady: machines of the size that always run there; `quantity` is the declared part of them, rounded down,
            since what is reserved is paid whether it runs or not.
        term: as Azure writes it, P3Y say.
        payment: `Upfront` or `Monthly`.
    """

    sku: str
    region: str
    steady: int
    quantity: int
    term: str
    payment: str

    def document(self, subscription_id: str) -> dict[str, Any]:
        """Return what Microsoft.Capacity is asked: for this subscription alone, and never renewed by itself."""
        place = f"/subscriptions/{subscription_id}"
        return {
            "sku": {"name": self.sku},
            "location": self.region,
            "properties": {
                "reservedResourceType": MACHINES,
                "billingScopeId": place,
                "term": self.term,
                "billingPlan": self.payment,
                "quantity": self.quantity,
                "displayName": f"textnlp-{self.region}-{self.sku}",
                "appliedScopeType": "Single",
                "appliedScopeProperties": {"subscriptionId": place},
                "reservedResourceProperties": {"instanceFlexibility": "On"},
                "renew": False,
            },
        }


def planned_reservations(environment: Environment, cost: Cost) -> tuple[Reservation, ...]:
    """Return what an environment should have reserved; nothing for one that shuts down, whose machines rest."""
    if environment.shuts_down:
        return ()
    steady: Counter[tuple[str, str]] = Counter()
    for region in environment.regions:
        for pool in environment.sizes.node_pools:
            steady[pool.machine_size, region.name] += _always_on(pool)
    return tuple(
        Reservation(
            sku=sku,
            region=region,
            steady=count,
            quantity=quantity,
            term=f"P{cost.reserved_years}Y",
            payment=cost.payment,
        )
        for (sku, region), count in steady.items()
        if (quantity := count * cost.reserved_percent // 100)
    )


def missing(
    planned: Iterable[Reservation], held: Iterable[Mapping[str, Any]], subscription_id: str
) -> list[Reservation]:
    """Return what is still to be bought beside the reservations that Azure lists as held."""
    counted: Counter[tuple[str, str]] = Counter()
    for document in held:
        if _counts(document, subscription_id):
            sku, region = str(document["sku"]["name"]).lower(), str(document.get("location")).lower()
            counted[sku, region] += int(document["properties"].get("quantity") or 0)
    wanted = ((item, item.quantity - counted[item.sku.lower(), item.region.lower()]) for item in planned)
    return [replace(item, quantity=rest) for item, rest in wanted if rest > 0]


_GONE = frozenset({"cancelled", "expired", "failed", "merged", "split"})


def _counts(document: Mapping[str, Any], subscription_id: str) -> bool:
    """Whether a reservation is alive and applies to machines of the subscription."""
    properties: Mapping[str, Any] = document.get("properties") or {}
    if properties.get("reservedResourceType") != MACHINES or "sku" not in document:
        return False
    if str(properties.get("provisioningState")).lower() in _GONE:
        return False
    if properties.get("appliedScopeType") != "Single":
        return properties.get("appliedScopeType") == "Shared"
    scope: Mapping[str, Any] = properties.get("appliedScopeProperties") or {}
    applied = [str(scope.get("subscriptionId")), *map(str, properties.get("appliedScopes") or [])]
    return f"/subscriptions/{subscription_id}".lower() in {each.lower() for each in applied}


def _always_on(pool: NodePool) -> int:
    return 0 if pool.is_spot else pool.min_count
