import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from textnlp.adapters.row_operators.loop_thread import LoopThread
from textnlp.domain.errors import ErrorKind, TextNLPError


async def _named(answer: int) -> tuple[int, str]:
    await asyncio.sleep(0)
    return answer, threading.current_thread().name


async def _endless() -> None:
    await asyncio.sleep(3_600)


def test_threads_wait_for_one_loop_and_get_their_own_answers() -> None:
    loop = LoopThread()

    def wait(number: int) -> tuple[int, str]:
        return loop.wait_for(_named(number))

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(wait, range(20)))
    assert answers == [(number, "checks") for number in range(20)]
    loop.close()


def test_what_a_coroutine_raises_is_raised() -> None:
    async def fail() -> None:
        raise TextNLPError("no", kind=ErrorKind.NOT_FOUND)

    loop = LoopThread()
    with pytest.raises(TextNLPError, match="no"):
        loop.wait_for(fail())
    loop.close()


def test_waiting_ends_when_the_time_is_over_but_not_for_a_timeout_of_the_work() -> None:
    async def slow_part() -> None:
        async with asyncio.timeout(0):
            await asyncio.sleep(3_600)

    loop = LoopThread()
    with pytest.raises(TextNLPError) as caught:
        loop.wait_for(_endless(), seconds=0.01)
    assert caught.value.kind is ErrorKind.TIMEOUT
    with pytest.raises(TimeoutError):
        loop.wait_for(slow_part(), seconds=60)
    loop.close()


def test_closing_runs_the_last_work_there_and_ends_what_still_runs() -> None:
    loop = LoopThread()
    ended: list[str] = []
    begun = threading.Event()

    async def wait() -> None:
        begun.set()
        try:
            await asyncio.sleep(3_600)
        finally:
            ended.append("work")

    async def last() -> None:
        ended.append(threading.current_thread().name)

    async def begin() -> None:
        kept.append(asyncio.create_task(wait()))
        await asyncio.sleep(0)

    kept: list[asyncio.Task[None]] = []
    loop.wait_for(begin())
    assert begun.wait(10)
    loop.close(last=last)
    loop.close(last=last)
    assert ended == ["checks", "work"]
    with pytest.raises(TextNLPError) as caught:
        loop.wait_for(_named(1))
    assert caught.value.kind is ErrorKind.UNAVAILABLE


def test_closing_without_having_run_anything_runs_nothing() -> None:
    async def last() -> None:
        raise AssertionError

    LoopThread().close(last=last)
