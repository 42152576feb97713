import asyncio

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.backups import NIGHT, make_place
from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.hold_lease import LEASE_SECONDS, hold_lease
from textnlp.domain.backups.addresses import lease_path
from textnlp.domain.errors import ErrorKind, TextNLPError


async def settled() -> None:
    await asyncio.sleep(0.05)


async def refusal(place: BackupPlace) -> ErrorKind:
    with pytest.raises(TextNLPError) as caught:
        async with hold_lease(place):
            pass
    assert caught.value.facts.hint
    return caught.value.kind


async def test_one_at_a_time_holds_it_and_the_next_has_it_at_once() -> None:
    place = make_place()
    for _ in range(3):
        async with hold_lease(place) as lease:
            assert await refusal(place) is ErrorKind.CONFLICT
            await lease.renew()


async def test_it_is_given_back_where_the_block_fails() -> None:
    place = make_place()
    with pytest.raises(ZeroDivisionError):
        async with hold_lease(place):
            raise ZeroDivisionError
    async with hold_lease(place):
        pass


async def test_whoever_was_killed_keeps_others_out_for_two_minutes() -> None:
    clock = ManualClock(now=NIGHT)
    place = make_place(clock=clock)
    async with hold_lease(place):
        data = await place.store.get(lease_path(place.root))
    await place.store.put(lease_path(place.root), data)
    assert await refusal(place) is ErrorKind.CONFLICT
    await clock.advance(LEASE_SECONDS - 1)
    assert await refusal(place) is ErrorKind.CONFLICT
    await clock.advance(1)
    async with hold_lease(place):
        assert await refusal(place) is ErrorKind.CONFLICT


async def test_it_is_renewed_for_as_long_as_it_takes() -> None:
    clock = ManualClock(now=NIGHT)
    place = make_place(clock=clock)
    async with hold_lease(place):
        for _ in range(20):
            await settled()
            await clock.advance(LEASE_SECONDS / 4)
        await settled()
        assert await refusal(place) is ErrorKind.CONFLICT


async def test_whoever_stood_still_and_was_replaced_is_stopped() -> None:
    clock, reached = ManualClock(now=NIGHT), False
    place = make_place(clock=clock)

    async def stand_still() -> None:
        nonlocal reached
        async with hold_lease(place):
            await place.store.put(lease_path(place.root), b'{"holder":"other","expires_at":"2030-01-01T00:00:00Z"}')
            await settled()
            await clock.advance(LEASE_SECONDS / 4)
            await asyncio.sleep(5)
            reached = True

    with pytest.raises(TextNLPError, match="taken over") as caught:
        await stand_still()
    assert caught.value.kind is ErrorKind.CONFLICT
    assert not reached
    assert await refusal(place) is ErrorKind.CONFLICT


async def test_of_many_who_come_at_once_one_gets_it() -> None:
    place, held = make_place(), 0

    async def take() -> bool:
        nonlocal held
        try:
            async with hold_lease(place):
                held += 1
                assert held == 1
                await settled()
                held -= 1
        except TextNLPError:
            return False
        return True

    assert sum(await asyncio.gather(*(take() for _ in range(8)))) == 1


async def test_what_cannot_be_read_is_left_to_a_person() -> None:
    place = make_place()
    await place.store.put(lease_path(place.root), b"nothing")
    assert await refusal(place) is ErrorKind.CONFLICT


async def test_a_block_that_is_cancelled_from_outside_stays_cancelled() -> None:
    place = make_place()

    async def hold() -> None:
        async with hold_lease(place):
            await asyncio.sleep(60)

    task = asyncio.create_task(hold())
    await settled()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with hold_lease(place):
        pass
