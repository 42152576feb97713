from tests.doubles.clock import ManualClock
from textnlp.adapters.queues.arrivals import Arrivals
from textnlp.adapters.queues.entities import Entities
from textnlp.adapters.queues.memory_stores import MemoryStores
from textnlp.adapters.queues.outgoing import prepare_messages
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import BATCH_PROCESSING_QUEUE


async def test_ids_are_forgotten_when_their_window_is_over() -> None:
    clock = ManualClock()
    entities = Entities(TOPOLOGY)
    stores = MemoryStores(entities, clock=clock, arrivals=Arrivals(clock))
    route = entities.route(BATCH_PROCESSING_QUEUE)
    sent = prepare_messages(route, [OutgoingMessage(body=b"", message_id="x")], now=clock.now())

    assert stores.remember(route, sent) == {"x"}
    assert stores.remember(route, sent) == set()
    await clock.advance(route.duplicate_window_seconds)
    assert stores.remember(route, sent) == {"x"}


def test_a_dead_letter_gets_a_number_above_all_others() -> None:
    clock = ManualClock()
    entities = Entities(TOPOLOGY)
    stores = MemoryStores(entities, clock=clock, arrivals=Arrivals(clock))
    route = entities.route(BATCH_PROCESSING_QUEUE)
    terms = entities.terms(BATCH_PROCESSING_QUEUE)
    for message in prepare_messages(route, [OutgoingMessage(body=b"")] * 2, now=clock.now()):
        stores.add_copies(stores.next_number(), message)
    store = stores.of(terms)
    died = store.messages[1]
    store.remove(died)
    stores.bury(terms, [died])

    assert list(store.messages) == [2]
    assert list(stores.of(entities.terms(str(terms.dead_letters))).messages) == [3]
