"""What Advisor recommends, and the reservations that can be bought: documents of Microsoft.Advisor and .Capacity."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.resource_manager.refusal import Refusal

_ON_A_PAGE = 2


@dataclass(slots=True)
class Savings:
    """What is known about savings.

    Attributes:
        recommendations: documents of Advisor, of all categories.
        prices: of one machine for the whole term, by SKU.
        held: reservations that were bought, as they are listed.
        quoted: what was asked by the order id that was given for it.
        goes_to: where listings continue, None for here.
    """

    recommendations: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    prices: dict[str, int] = field(default_factory=dict[str, int])
    held: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    quoted: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    goes_to: str | None = None

    def recommend(self, resource_id: str, solution: str, *, category: str = "Cost", **more: str) -> None:
        """Recommend something about a resource; `more` are extended properties."""
        identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{resource_id} {solution}")
        properties: dict[str, Any] = {
            "category": category,
            "impact": "Medium",
            "impactedField": "Microsoft.Compute/virtualMachines",
            "impactedValue": resource_id.rpartition("/")[2],
            "shortDescription": {"problem": solution, "solution": solution},
            "resourceMetadata": {"resourceId": resource_id},
            "extendedProperties": more,
        }
        own = f"{resource_id}/providers/Microsoft.Advisor/recommendations/{identity}"
        self.recommendations.append({"id": own, "name": str(identity), "properties": properties})

    def page(self, address: str, query: Mapping[str, str | None]) -> dict[str, Any]:
        """Return a page of what is recommended in the category of the filter."""
        wanted = query.get("$filter")
        found = [
            item for item in self.recommendations if wanted in {None, f"Category eq '{item['properties']['category']}'"}
        ]
        start = int(query.get("$skiptoken") or 0)
        shown: dict[str, Any] = {"value": found[start : start + _ON_A_PAGE], "nextLink": None}
        if start + _ON_A_PAGE < len(found):
            asked = f"api-version={query['api-version']}&$skiptoken={start + _ON_A_PAGE}"
            shown["nextLink"] = f"{self.goes_to or address}?{asked}" + (f"&$filter={wanted}" if wanted else "")
        return shown

    def calculate(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return what an order would cost, under an id that it can be placed with."""
        sku = body["sku"]["name"]
        if sku not in self.prices:
            raise Refusal("InvalidSku", f"'{sku}' cannot be reserved in {body['location']}.")
        order = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{sku} {body['location']} {len(self.quoted)}"))
        self.quoted[order] = body
        total = {"amount": self.prices[sku] * body["properties"]["quantity"], "currencyCode": "USD"}
        return {"properties": {"billingCurrencyTotal": total, "reservationOrderId": order, "skuTitle": sku}}

    def purchase(self, order: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Buy what was quoted, and nothing else."""
        quoted = self.quoted.get(order)
        if quoted is None or {**quoted["properties"], "renew": False} != body["properties"]:
            raise Refusal("InvalidReservationOrderId", "The order is not the one that was calculated.")
        properties = {**body["properties"], "provisioningState": "Creating"}
        self.held.append({**body, "properties": properties})
        return {"name": order, "properties": {"provisioningState": "Creating"}}
