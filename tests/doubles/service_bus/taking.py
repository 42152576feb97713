"""What clients send: single messages and batches, all of a transfer or none."""

from typing import TYPE_CHECKING

from proton import Delivery

from tests.doubles.service_bus.delivering import condition
from tests.doubles.service_bus.envelope import read_envelope, split_batch
from tests.doubles.service_bus.faults import DETACH_FORCED, Refusal, busy
from tests.doubles.service_bus.hub import Hub

if TYPE_CHECKING:
    from tests.doubles.service_bus.connection import BrokerConnection


def take_in(hub: Hub, connection: "BrokerConnection", delivery: Delivery, raw: bytes, name: str) -> None:
    """Store the messages of a transfer, or refuse it."""
    if hub.faults.take("detach_on_send"):
        connection.detach(delivery.link, Refusal(DETACH_FORCED, "The link was detached by force."))
        return
    try:
        _require_acceptable(hub, raw)
        hub.broker.send(name, [read_envelope(part) for part in split_batch(raw)])
    except Refusal as refusal:
        delivery.local.condition = condition(refusal)
        delivery.update(Delivery.REJECTED)
    else:
        delivery.update(Delivery.ACCEPTED)
    delivery.settle()


def _require_acceptable(hub: Hub, raw: bytes) -> None:
    if hub.faults.take("busy_sends"):
        raise busy()
    if len(raw) > hub.max_message_bytes:
        raise Refusal("amqp:link:message-size-exceeded", f"The message exceeds {hub.max_message_bytes} bytes.")
