import asyncio
from collections.abc import Sequence

import pytest

from tests.factories.memory_platform import CLOCK
from textnlp.application.group_calls import GroupedCalls
from textnlp.domain.errors import ErrorKind, TextNLPError


class Recorded:
    """Doubles numbers, slowly; remembers its groups; cannot stand thirteen."""

    def __init__(self, error: Exception | None = None) -> None:
        self.groups: list[list[int]] = []
        self._error = error

    async def __call__(self, items: Sequence[int]) -> list[int]:
        self.groups.append(list(items))
        await asyncio.sleep(0.01)
        if self._error is not None and 13 in items:
            raise self._error
        return [2 * item for item in items]


async def test_what_comes_while_a_group_is_worked_on_forms_the_next() -> None:
    call = Recorded()
    grouped = GroupedCalls(call, clock=CLOCK)
    early = [asyncio.create_task(grouped.submit(number)) for number in range(3)]
    await asyncio.sleep(0.005)
    late = [asyncio.create_task(grouped.submit(number)) for number in (3, 4)]
    assert await asyncio.gather(*early, *late) == [0, 2, 4, 6, 8]
    assert call.groups == [[0, 1, 2], [3, 4]]


async def test_an_item_that_cannot_be_done_spoils_it_for_no_other() -> None:
    grouped = GroupedCalls(Recorded(ValueError("unlucky")), clock=CLOCK)
    found = await asyncio.gather(*(grouped.submit(number) for number in (1, 13, 2)), return_exceptions=True)
    assert found[0::2] == [2, 4]
    assert isinstance(found[1], ValueError)


async def test_what_is_away_is_away_for_the_whole_group_at_once() -> None:
    call = Recorded(TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE))
    grouped = GroupedCalls(call, clock=CLOCK)
    found = await asyncio.gather(*(grouped.submit(number) for number in (1, 13, 2)), return_exceptions=True)
    assert {type(each) for each in found} == {TextNLPError}
    assert call.groups == [[1, 13, 2]]
    assert await grouped.submit(7) == 14


async def test_an_item_that_nobody_waits_for_any_more_is_left_out() -> None:
    call = Recorded()
    grouped = GroupedCalls(call, clock=CLOCK)
    first = asyncio.create_task(grouped.submit(1))
    await asyncio.sleep(0.005)
    gone, stays = asyncio.create_task(grouped.submit(2)), asyncio.create_task(grouped.submit(3))
    await asyncio.sleep(0)
    gone.cancel()
    assert await asyncio.gather(first, stays) == [2, 6]
    assert call.groups == [[1], [3]]


async def test_more_than_may_wait_is_refused_at_once() -> None:
    grouped = GroupedCalls(Recorded(), most_waiting=2, clock=CLOCK)
    waiting = [asyncio.create_task(grouped.submit(number)) for number in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(TextNLPError) as caught:
        await grouped.submit(3)
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert await asyncio.gather(*waiting) == [0, 2]
