import asyncio
import threading
from collections.abc import Callable

import pytest

from textnlp.adapters.engines.llama_run import LlamaRun
from textnlp.domain.errors import ErrorKind, TextNLPError

LONGEST_SECONDS = 10


class EndlessServer:
    """Writes pieces until it is told to stop, at most `most` of them."""

    def __init__(self, *, most: int = 1_000_000, fails: bool = False) -> None:
        self._most = most
        self._fails = fails
        self.thread: threading.Thread | None = None
        self.written = 0
        self.is_stopped = False
        self.may_write = threading.Event()
        self.may_write.set()

    def handle_chat_completions(self, prompt: bytes, callback: Callable[[bytes], bool]) -> None:
        self.thread = threading.current_thread()
        if self._fails:
            raise RuntimeError("out of memory")
        while self.written < self._most:
            assert self.may_write.wait(LONGEST_SECONDS)
            self.written += 1
            if callback(b"%b %d" % (prompt, self.written)):
                self.is_stopped = True
                return


def run_for(ended: list[LlamaRun] | None = None) -> LlamaRun:
    return LlamaRun(b"piece", on_end=(ended if ended is not None else []).append)


async def test_pieces_come_in_order_and_then_none() -> None:
    ended: list[LlamaRun] = []
    run = run_for(ended)
    run.start(EndlessServer(most=3))
    assert [await run.next_piece() for _ in range(4)] == [b"piece 1", b"piece 2", b"piece 3", None]
    await run.ended.wait()
    assert ended == [run]


async def test_it_is_written_in_a_thread_of_its_own() -> None:
    server = EndlessServer(most=1)
    run = run_for()
    run.start(server)
    await run.ended.wait()
    assert server.thread is not None
    assert server.thread is not threading.current_thread()
    assert not server.thread.daemon


async def test_stopping_ends_it_at_the_next_piece() -> None:
    server = EndlessServer()
    run = run_for()
    run.start(server)
    await run.next_piece()
    server.may_write.clear()
    run.stop()
    written = server.written
    server.may_write.set()
    async with asyncio.timeout(LONGEST_SECONDS):
        await run.ended.wait()
    assert server.is_stopped
    assert server.written <= written + 1


async def test_a_failure_of_llama_cpp_is_raised_where_the_answer_is_waited_for() -> None:
    ended: list[LlamaRun] = []
    run = run_for(ended)
    run.start(EndlessServer(fails=True))
    with pytest.raises(TextNLPError, match="out of memory") as caught:
        await run.next_piece()
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    await run.ended.wait()
    assert ended == [run]


def test_it_ends_by_itself_once_the_event_loop_is_gone() -> None:
    server = EndlessServer()

    async def leave() -> None:
        run = run_for()
        run.start(server)
        await run.next_piece()

    asyncio.run(leave())
    assert server.thread is not None
    server.thread.join(LONGEST_SECONDS)
    assert server.is_stopped
