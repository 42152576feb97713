"""Outcomes of rows, committed in groups."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from textnlp.application.settled_waiters import Settled, nothing_to_settle
from textnlp.domain.batches.model import LedgerCounts, RowOutcome
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId
from textnlp.ports.batch_ledger import BatchLedger
from textnlp.ports.clock import Clock

_FIRST_RETRY_SECONDS = 0.05
_LONGEST_RETRY_SECONDS = 1.0
GIVE_UP_SECONDS = 60.0
"""How long a ledger may be away before a recorder ends."""

GroupListener = Callable[[BatchId, Sequence[RowOutcome], LedgerCounts], Awaitable[None]]
"""Is told of every group that was committed, and of the counts after it."""


class OutcomeRecorder:
    """Commits outcomes to the ledger in groups: all that came in while the last group was written form the next.

    A group waits `linger_seconds` for company at most. `has_room` is False while `most_waiting` outcomes or more are
    not committed, which bounds both memory and what a crash can lose. A ledger that is away is tried again until
    `GIVE_UP_SECONDS` have passed, then `run` raises; recording is idempotent, so a group whose commit was not
    confirmed is simply recorded again.

    Args:
        settled: waited for before each group is recorded, so that no outcome is stored before the usage of the calls
            that brought it about: a process that dies in between has charged for calls, and asks their rows again.
    """

    def __init__(
        self,
        ledger: BatchLedger,
        *,
        clock: Clock,
        on_recorded: GroupListener,
        linger_seconds: float,
        most_waiting: int,
        settled: Settled = nothing_to_settle,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._on_recorded = on_recorded
        self._linger_seconds = linger_seconds
        self._most_waiting = most_waiting
        self._settled = settled
        self._waiting: dict[BatchId, list[RowOutcome]] = {}
        self._count = 0
        self._has_some = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._is_closing = False

    @property
    def has_room(self) -> bool:
        """Whether another row may be begun."""
        return self._count < self._most_waiting

    def add(self, batch_id: BatchId, outcome: RowOutcome) -> None:
        """Hand over an outcome; it is committed soon."""
        if not self._waiting:
            self._has_some.set()
        self._waiting.setdefault(batch_id, []).append(outcome)
        self._count += 1
        if not self.has_room:
            self._has_room.clear()

    async def room(self) -> None:
        """Return once there is room."""
        await self._has_room.wait()

    async def run(self) -> None:
        """Commit groups until the recorder is closed and empty."""
        while not (self._is_closing and not self._waiting):
            await self._has_some.wait()
            if not self._is_closing:
                await self._clock.sleep(self._linger_seconds)
            groups, self._waiting = self._waiting, {}
            if not self._is_closing:
                self._has_some.clear()
            for batch_id, outcomes in groups.items():
                counts = await self._record(batch_id, outcomes)
                self._count -= len(outcomes)
                if self.has_room:
                    self._has_room.set()
                await self._on_recorded(batch_id, outcomes, counts)

    def close(self) -> None:
        """Let `run` return when all that was added is committed."""
        self._is_closing = True
        self._has_some.set()

    async def _record(self, batch_id: BatchId, outcomes: list[RowOutcome]) -> LedgerCounts:
        deadline = self._clock.monotonic() + GIVE_UP_SECONDS
        wait = _FIRST_RETRY_SECONDS
        while True:
            try:
                await self._settled()
                return await self._ledger.record(batch_id, outcomes)
            except TextNLPError as error:
                if error.kind is not ErrorKind.UNAVAILABLE or self._clock.monotonic() > deadline:
                    raise
            await self._clock.sleep(wait)
            wait = min(_LONGEST_RETRY_SECONDS, wait * 2)
