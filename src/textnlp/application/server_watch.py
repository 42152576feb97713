"""Look at a model server's own queue while it is asked, so that no more is sent than it begins."""

import asyncio
import logging
import math

from textnlp.domain.admission.concurrency import AdaptiveConcurrency
from textnlp.domain.admission.server_load import ServerLoad
from textnlp.domain.admission.slots import SlotBook
from textnlp.domain.errors import TextNLPError
from textnlp.ports.clock import Clock
from textnlp.ports.load_source import LoadSource

READING_SECONDS = 1.0
"""Time between two readings; a reading is some kilobytes, and the limit is adjusted twice a second."""

_LOG = logging.getLogger(__name__)


class ServerWatch:
    """Reads the load of one server once a second while calls are in flight, and tells the adaptive limit.

    A server that does not tell its load is asked as one without a watch, and the log says so once.

    Args:
        source: where the load is read.
        clock: paces the readings.
        name: the deployment, for the log.
    """

    def __init__(self, source: LoadSource, *, clock: Clock, name: str) -> None:
        self._load: ServerLoad | None = None
        self._source = source
        self._clock = clock
        self._name = name
        self._read_at = -math.inf
        self._is_reading = asyncio.Lock()
        self._is_known_to_fail = False
        self._task: asyncio.Task[None] | None = None

    @property
    def load(self) -> ServerLoad | None:
        """What the last reading told; None where it failed, and before the first."""
        return self._load

    def look(self, concurrency: AdaptiveConcurrency, slots: SlotBook) -> None:
        """Have the server watched until none of `slots` is in use; harmless while it is."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch(concurrency, slots), name=f"load of {self._name}")

    async def refresh(self) -> None:
        """Read the load unless that was done within the last second."""
        async with self._is_reading:
            if self._clock.monotonic() - self._read_at >= READING_SECONDS:
                await self._read()

    def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _watch(self, concurrency: AdaptiveConcurrency, slots: SlotBook) -> None:
        while len(slots):
            await self.refresh()
            concurrency.on_load(self._load, in_flight=slots.counting)
            await self._clock.sleep(READING_SECONDS)

    async def _read(self) -> None:
        try:
            self._load = await self._source.read()
        except TextNLPError as error:
            self._load = None
            if not self._is_known_to_fail:
                _LOG.warning("The load of %s cannot be read: %s", self._name, error.full_text)
        self._is_known_to_fail = self._load is None
        self._read_at = self._clock.monotonic()
