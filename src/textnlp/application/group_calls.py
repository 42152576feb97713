"""Make one call for many that come at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.clock import Clock

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_MOST_IN_A_GROUP = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter(Generic[_Item]):
    item: _Item
    future: asyncio.Future[Any]


class GroupedCalls(Generic[_Item, _Result]):
    """Makes `call` with a group of items: what came in while it worked on the last group forms the next.

    `call` returns one result an item, in order. What it raises everybody in the group is told, but for an error that
    one item alone may have caused: then each is tried by itself. Once `most_waiting` items wait, further ones are
    refused at once with `UNAVAILABLE`. Works within one event loop; its task runs only while there is something to do.
    """

    def __init__(
        self,
        call: Callable[[Sequence[_Item]], Awaitable[Sequence[_Result]]],
        *,
        clock: Clock,
        most_waiting: int = 10_000,
    ) -> None:
        self._clock = clock
        self._call = call
        self._most_waiting = most_waiting
        self._waiting: list[_Waiter[_Item]] = []
        self._task: asyncio.Task[None] | None = None

    async def submit(self, item: _Item) -> _Result:
        """Return the result for `item`; whoever stops waiting for it may still get it done."""
        if len(self._waiting) >= self._most_waiting:
            raise TextNLPError(
                f"{len(self._waiting)} calls wait for the database already.",
                kind=ErrorKind.UNAVAILABLE,
                facts=ErrorFacts(hint="Try again shortly; if it stays so, check the database with textnlp doctor."),
            )
        waiter = _Waiter(item, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="grouped calls")
        result: _Result = await waiter.future
        return result

    async def _work(self) -> None:
        while self._waiting:
            await self._clock.sleep(0)
            group, self._waiting = self._waiting[:_MOST_IN_A_GROUP], self._waiting[_MOST_IN_A_GROUP:]
            wanted = [waiter for waiter in group if not waiter.future.done()]
            if wanted:
                await self._make(wanted)

    async def _make(self, group: Sequence[_Waiter[_Item]]) -> None:
        try:
            results = await self._call([waiter.item for waiter in group])
        except Exception as exc:  # noqa: BLE001  whatever it is, those who wait have to hear of it
            if len(group) > 1 and not (isinstance(exc, TextNLPError) and exc.kind is ErrorKind.UNAVAILABLE):
                for waiter in group:
                    await self._make([waiter])
                return
            for waiter in group:
                if not waiter.future.done():
                    waiter.future.set_exception(exc)
            return
        for waiter, result in zip(group, results, strict=True):
            if not waiter.future.done():
                waiter.future.set_result(result)
