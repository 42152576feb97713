import asyncio
import threading

import pytest

from textnlp.adapters.blobs.threads import CallThreads


async def test_a_call_runs_outside_the_loop_and_returns() -> None:
    threads = CallThreads("test")
    assert await threads.run(threading.get_ident) != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        await threads.run(lambda: 1 // 0)
    threads.close()


async def test_a_cancelled_caller_waits_for_its_call_to_end() -> None:
    threads = CallThreads("test")
    may_end = threading.Event()
    has_ended = threading.Event()

    def call() -> None:
        may_end.wait(5)
        has_ended.set()

    task = asyncio.create_task(threads.run(call))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert has_ended.is_set()
    threads.close()
