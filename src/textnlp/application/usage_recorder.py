"""Usage of concurrent calls, committed in groups."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from textnlp.application.call_blocks import CallBlocks
from textnlp.application.settled_waiters import SettledWaiters, ledger_is_closed
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import UsageId
from textnlp.domain.usage.entry import Reservation, UsageEntry
from textnlp.ports.clock import Clock
from textnlp.ports.usage_ledger import UsageLedger

_LOG = logging.getLogger(__name__)
_FIRST_RETRY_SECONDS = 0.05
_LONGEST_RETRY_SECONDS = 1.0
_MOST_IN_A_GROUP = 1_000

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    """A call that may be made once its reservation is committed."""

    reservation: Reservation
    future: asyncio.Future[None]


class UsageRecorder:
    """Reserves and settles for many calls at once: what came in while the last group was written forms the next.

    A reservation is waited for, because no call is made before it is committed; calls of those who call often are
    drawn from blocks that are committed already. A settlement is not waited for: it is kept and tried again until the
    ledger takes it, and what a crash loses of it stays reserved until it expires. Whoever stores what a call brought
    waits for `settled` first, so that nothing is stored whose usage a crash can lose. Once `most_waiting` of both are
    not committed, further reservations are refused at once with `UNAVAILABLE`.

    Works within one event loop; its tasks run only while there is something to write.

    Args:
        gather_seconds: how long settlements gather after the last group of them, if nobody waits for them.

    Attributes:
        refused: calls that did not fit a budget so far.
    """

    def __init__(
        self,
        ledger: UsageLedger,
        *,
        clock: Clock,
        most_waiting: int = 10_000,
        gather_seconds: float = 0.0,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._most_waiting = most_waiting
        self._gather_seconds = gather_seconds
        self._blocks = CallBlocks(reserve=self._reserve_block, release=self._release, clock=clock)
        self._reserving: list[_Waiter] = []
        self._settling: list[UsageEntry] = []
        self._releasing: list[Reservation] = []
        self._settled = SettledWaiters()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.refused = 0

    @property
    def waiting(self) -> int:
        """Reservations and settlements that are not committed."""
        return len(self._reserving) + len(self._settling) + len(self._releasing)

    async def reserve(self, reservation: Reservation) -> UsageId | None:
        """Return once what the call may use is set aside: the block it is drawn from, or None where it stands alone.

        Raises `LIMIT_REACHED` with the budget as `limit_name` where it does not fit, and `UNAVAILABLE` where the
        ledger is away or too much waits for it. A caller that gives up leaves nothing reserved.
        """
        if self.waiting >= self._most_waiting:
            raise TextNLPError(
                f"{self.waiting} calls wait for the ledger of usage already.",
                kind=ErrorKind.UNAVAILABLE,
                facts=ErrorFacts(hint="Try again shortly; if it stays so, check the database with textnlp doctor."),
            )
        drawn_from = self._blocks.draw(reservation)
        if drawn_from is None:
            await self._reserve(reservation)
        return drawn_from

    async def _reserve(self, reservation: Reservation) -> None:
        waiter = _Waiter(reservation, asyncio.get_running_loop().create_future())
        self._reserving.append(waiter)
        self._ensure_running("reserve", self._write_reservations)
        try:
            await waiter.future
        except asyncio.CancelledError:
            if waiter.future.done() and not waiter.future.cancelled() and waiter.future.exception() is None:
                self._release(reservation)
            raise

    def settle(self, entry: UsageEntry) -> None:
        """Hand over what a call used; it is committed soon."""
        self._settling.append(entry)
        self._settled.hand_over()
        if entry.drawn_from is not None:
            self._blocks.end(entry.drawn_from)
        self._ensure_running("settle", self._write_settlements)

    async def settled(self) -> None:
        """Return once all that was handed over so far is committed, but for what the ledger can never store.

        Whoever calls this before it stores an answer can be killed at any moment without leaving an answer behind
        that was not charged for. Raises `UNAVAILABLE` once the recorder is closed.
        """
        await self._settled.wait()

    async def aclose(self, *, give_up_seconds: float = 10.0) -> None:
        """Return when all that was handed over is committed, or `give_up_seconds` have passed."""
        await self._blocks.aclose()
        ending = asyncio.ensure_future(self._clock.sleep(give_up_seconds))
        while (running := [task for task in self._tasks.values() if not task.done()]) and not ending.done():
            await asyncio.wait([*running, ending], return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(ending, *self._tasks.values(), return_exceptions=True)
        if self._settling:
            _LOG.warning("%d calls were not settled; what they reserved expires.", len(self._settling))
        self._settled.close()
        for waiter in self._reserving:
            if not waiter.future.done():
                waiter.future.set_exception(ledger_is_closed())

    def _ensure_running(self, name: str, write: Callable[[], Awaitable[None]]) -> None:
        task = self._tasks.get(name)
        if task is None or task.done():
            self._tasks[name] = asyncio.ensure_future(write())

    async def _reserve_block(self, block: Reservation) -> bool:
        try:
            await self._reserve(block)
        except Exception:  # noqa: BLE001  whoever reserves by itself hears of it
            return False
        return True

    def _release(self, reservation: Reservation) -> None:
        self._releasing.append(reservation)
        self._ensure_running("settle", self._write_settlements)

    async def _write_reservations(self) -> None:
        while self._reserving:
            await self._clock.sleep(0)
            group = self._reserving[:_MOST_IN_A_GROUP]
            wanted = [waiter for waiter in group if not waiter.future.done()]
            if wanted:
                await self._reserve_group(wanted)
            del self._reserving[: len(group)]

    async def _reserve_group(self, group: Sequence[_Waiter]) -> None:
        """Tell each call of a group whether it may be made; one that cannot be stored spoils it for no other."""
        try:
            refusals = await self._ledger.reserve([waiter.reservation for waiter in group])
        except Exception as exc:  # noqa: BLE001  whatever it is, those who wait have to hear of it
            if len(group) > 1 and not _is_away(exc):
                for waiter in group:
                    await self._reserve_group([waiter])
                return
            for waiter in group:
                if not waiter.future.done():
                    waiter.future.set_exception(exc)
            return
        self.refused += sum(refusal.reservation.calls == 1 for refusal in refusals)
        refused = {refusal.reservation.id: refusal for refusal in refusals}
        for waiter in group:
            refusal = refused.get(waiter.reservation.id)
            if not waiter.future.done():
                if refusal is None:
                    waiter.future.set_result(None)
                else:
                    waiter.future.set_exception(refusal.error())
            elif refusal is None:
                self._release(waiter.reservation)

    async def _write_settlements(self) -> None:
        while self._settling or self._releasing:
            await self._settled.gather(self._gather_seconds, clock=self._clock)
            released = len(self._releasing)
            for _ in range(0, len(self._settling), _MOST_IN_A_GROUP):
                self._settled.tell(await self._write_first(self._settling, self._ledger.settle))
            # After the settlements: a block is given back when those of its last calls are handed over.
            for _ in range(0, released, _MOST_IN_A_GROUP):
                await self._write_first(self._releasing, self._ledger.release)

    async def _write_first(self, items: list[_Item], write: Callable[[Sequence[_Item]], Awaitable[None]]) -> int:
        """Write the first of `items`, and return how many."""
        group = items[:_MOST_IN_A_GROUP]
        if group:
            await self._write(group, write)
            del items[: len(group)]
        return len(group)

    async def _write(self, group: Sequence[_Item], write: Callable[[Sequence[_Item]], Awaitable[None]]) -> None:
        """Write a group until the ledger has taken it; leave out, and log, what it cannot store."""
        try:
            await self._insist(group, write)
        except Exception as exc:  # noqa: BLE001  one call that cannot be stored must not hold up the others
            if len(group) == 1:
                _LOG.exception("The usage of a call cannot be stored.", exc_info=exc)
                return
            for item in group:
                await self._write([item], write)

    async def _insist(self, group: Sequence[_Item], write: Callable[[Sequence[_Item]], Awaitable[None]]) -> None:
        wait = _FIRST_RETRY_SECONDS
        while True:
            try:
                return await write(group)
            except TextNLPError as error:
                if not _is_away(error):
                    raise
            await self._clock.sleep(wait)
            wait = min(_LONGEST_RETRY_SECONDS, wait * 2)


def _is_away(exc: Exception) -> bool:
    return isinstance(exc, TextNLPError) and exc.kind is ErrorKind.UNAVAILABLE
