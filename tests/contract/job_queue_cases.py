"""Queues to test: a small topology, and every adapter on it."""

import contextlib
import itertools
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from functools import partial

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.adapters.queues.postgres import PostgresJobQueue
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.ports.clock import Clock
from textnlp.ports.job_queue import JobQueue
from textnlp.topology.queues import Queue, Subscription, Topic

LOCK_SECONDS = 60
MAX_DELIVERIES = 3
TTL_SECONDS = 1_000
WINDOW_SECONDS = 100


@dataclass(frozen=True)
class SmallTopology:
    queues: tuple[Queue, ...]
    topics: tuple[Topic, ...]


TOPOLOGY = SmallTopology(
    queues=(
        Queue(
            name="orders",
            max_size_megabytes=1_024,
            time_to_live_seconds=TTL_SECONDS,
            lock_seconds=LOCK_SECONDS,
            lease_seconds=LOCK_SECONDS,
            max_delivery_count=MAX_DELIVERIES,
            duplicate_window_seconds=WINDOW_SECONDS,
        ),
        Queue(
            name="hints",
            max_size_megabytes=1_024,
            time_to_live_seconds=50,
            lock_seconds=LOCK_SECONDS,
            lease_seconds=LOCK_SECONDS,
            max_delivery_count=MAX_DELIVERIES,
            duplicate_window_seconds=0,
            dead_letters_on_expiration=False,
        ),
    ),
    topics=(
        Topic(
            name="events",
            subscriptions=(
                Subscription(name="done", filter_sql="Status = 'Completed'", time_to_live_seconds=500),
                Subscription(name="all", max_delivery_count=1),
            ),
        ),
    ),
)

_numbers = itertools.count()


def new_namespace() -> str:
    """Name a part of the database in which no test has been."""
    return f"test-{next(_numbers)}"


@contextlib.asynccontextmanager
async def memory_queue(clock: Clock) -> AsyncGenerator[JobQueue]:
    """A queue of its own in memory."""
    yield MemoryJobQueue(topology=TOPOLOGY, clock=clock)


@contextlib.asynccontextmanager
async def postgres_queue(
    url: str,
    clock: Clock,
    *,
    namespace: str | None = None,
    wait_seconds: float = 10.0,
) -> AsyncGenerator[JobQueue]:
    """A queue in PostgreSQL, of its own unless it shares a namespace with another."""
    database = PostgresDatabase(url, clock=SystemClock(), wait_seconds=wait_seconds)
    queue = PostgresJobQueue(
        database.connection,
        listen_dsn=DatabaseAddress(url).conninfo,
        topology=TOPOLOGY,
        clock=clock,
        namespace=namespace or new_namespace(),
    )
    try:
        yield queue
    finally:
        await queue.aclose()
        await database.aclose()


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """Promises of the port that an adapter says in its docstring it cannot keep.

    Attributes:
        tells_numbers: `send` returns the number of every message, and 0 for a duplicate.
        mixes_sessions: messages of sessions and others lie in one entity, and those of a session stay in order.
        keeps_numbers: a scheduled message keeps its number when it is due.
        sees_due_times: a receiver that waits knows when a scheduled message is due.
    """

    tells_numbers: bool = True
    mixes_sessions: bool = True
    keeps_numbers: bool = True
    sees_due_times: bool = True


EVERYTHING = Capabilities()
OF_SERVICE_BUS = Capabilities(tells_numbers=False, mixes_sessions=False, keeps_numbers=False, sees_due_times=False)

QueueOpener = Callable[[Clock], contextlib.AbstractAsyncContextManager[JobQueue]]


def queue_opener(adapter: str, url: Callable[[], str]) -> QueueOpener:
    """Return what opens a queue of an adapter; `url` is asked only where a database is needed."""
    return memory_queue if adapter == "memory" else partial(postgres_queue, url())


def message(body: str, **fields: object) -> OutgoingMessage:
    """Build a message from text."""
    return OutgoingMessage(body=body.encode(), **fields)  # pyright: ignore[reportArgumentType]  as the test says
