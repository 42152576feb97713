from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from textnlp.adapters.queues.service_bus_links import stop_credit

if TYPE_CHECKING:
    from azure.servicebus.aio import ServiceBusReceiver


class Link:
    """The part of the library's link that is asked for less."""

    def __init__(self, credit: int) -> None:
        self.current_link_credit = credit
        self.asked: list[dict[str, Any]] = []

    async def flow(self, **fields: Any) -> None:
        self.asked.append(fields)
        raise ConnectionError


async def test_a_link_with_credit_is_told_to_deliver_nothing_more_even_where_it_is_gone() -> None:
    link = Link(3)
    await stop_credit(cast("ServiceBusReceiver", SimpleNamespace(_handler=SimpleNamespace(_link=link))))
    assert link.asked == [{"link_credit": 0, "drain": True}]


async def test_a_link_without_credit_or_a_library_that_looks_different_is_left_alone() -> None:
    link = Link(0)
    await stop_credit(cast("ServiceBusReceiver", SimpleNamespace(_handler=SimpleNamespace(_link=link))))
    await stop_credit(cast("ServiceBusReceiver", SimpleNamespace()))
    assert link.asked == []
