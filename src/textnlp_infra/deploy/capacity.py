"""Reservations at Microsoft.Capacity: which are held, what more would cost, and buying them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from textnlp_infra.cost.reservation import Reservation, missing
from textnlp_infra.deploy.management_api import ManagementApi

API_VERSION = "2022-11-01"
_PROVIDER = "/providers/Microsoft.Capacity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What Azure asks for a reservation, for the whole term; it is bought under the order's id."""

    reservation: Reservation
    order_id: str
    amount: Decimal
    currency: str


async def quotes(planned: Sequence[Reservation], api: ManagementApi, subscription_id: str) -> list[Quote]:
    """Ask what the reservations that are not held yet would cost; nothing is bought."""
    held = [document async for document in api.pages(f"{_PROVIDER}/reservations", api_version=API_VERSION)]
    return [await _quote(item, api, subscription_id) for item in missing(planned, held, subscription_id)]


async def buy(quote: Quote, api: ManagementApi, subscription_id: str) -> str:
    """Buy what was quoted and return the state of the order; a second time for the same quote buys nothing more."""
    answer = await api.send(
        "PUT",
        f"{_PROVIDER}/reservationOrders/{quote.order_id}",
        quote.reservation.document(subscription_id),
        api_version=API_VERSION,
    )
    properties: Mapping[str, Any] = answer.get("properties") or {}
    return str(properties.get("provisioningState") or "unknown")


async def _quote(reservation: Reservation, api: ManagementApi, subscription_id: str) -> Quote:
    answer = await api.send(
        "POST", f"{_PROVIDER}/calculatePrice", reservation.document(subscription_id), api_version=API_VERSION
    )
    properties: Mapping[str, Any] = answer["properties"]
    total: Mapping[str, Any] = properties["billingCurrencyTotal"]
    return Quote(
        reservation=reservation,
        order_id=str(properties["reservationOrderId"]),
        amount=Decimal(str(total["amount"])),
        currency=str(total["currencyCode"]),
    )
